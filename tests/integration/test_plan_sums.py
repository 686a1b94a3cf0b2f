"""Plans of made-up companies: the run's own SQL adds up from the client and rep to the company.

Small companies that Hypothesis makes up: clients without owner, of several reps and of reps nobody
knows, months that sold less than nothing, reps who moved to another manager or left, quotas in
several currencies, and a run's day in the middle of a month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command_line import Published
from tests.integration.replay import (
    Model,
    build,
    compiled_models,
    create_like,
    empty_database,
    insert,
    read_table,
)
from tests.integration.warehouse import rows as rows_of_run
from tests.oracle import client_plan
from tests.oracle.client_plan import Amounts
from tests.oracle.dates import ONE_DAY, add_months, month_start
from tests.oracle.model import UNASSIGNED, ZERO, round_money
from tests.oracle.plan import MONTHS

#: The run's day in the compiled SQL, which each company puts its own in the place of.
COMPILED_DAY = "date '2014-06-30'"
YEAR_START = date(2014, 6, 1)
YEAR_MONTHS = [add_months(YEAR_START, number) for number in range(12)]
FAR = date(9999, 12, 31)
MODELS = (
    "int_client_assignments",
    "int_client_reps_today",
    "int_rep_chain",
    "int_seasonal_spread",
    "int_client_plan_months",
    "int_plan_periods",
    "int_client_plan_parts",
    "kpi_client_plan",
    "int_targets_dated",
    "int_plans_by_level",
    "kpi_plan_fact",
)
INPUTS = (
    "staging.stg_crm__account_assignments",
    "staging.stg_planning__sales_targets",
    "intermediate.int_accounts_survived",
    "intermediate.int_client_plans",
    "intermediate.int_exchange_rates_monthly",
    "intermediate.int_input_warnings",
    "intermediate.int_months",
    "intermediate.int_plan_months",
    "intermediate.int_rep_positions",
    "intermediate.int_revenue_daily",
    "marts.kpi_seasonality",
    "core.dim_clients",
    "core.dim_reps",
)
PERIODS = ("month", "quarter", "season", "year")
AMOUNTS = ("last_year_result", "plan_low", "plan", "plan_high")

CLIENTS = ("a", "c", "d", "e")
#: b was merged into a.
CLIENT_OF_ACCOUNT = {"a": "a", "b": "a", "c": "c", "d": "d", "e": "e"}
TERRITORIES = {"a": "north", "c": "north", "d": "south", "e": "unknown"}
SEGMENTS = {"a": "large", "c": "small", "d": "small", "e": "unknown"}
REPS = ("r1", "r2", "r3")
#: Whom each may stand below.
MANAGERS: dict[str, list[str | None]] = {
    **{rep_id: ["m1", "m2", "top", None] for rep_id in REPS},
    "m1": ["m2", "top", None],
    "m2": ["top", None],
    "top": [None],
}
RATES = {"USD": Decimal(1), "EUR": Decimal("1.23456789"), "GBP": Decimal("0.70000001")}


class Stretch(NamedTuple):
    """A time for which a rep stood below a manager, or below nobody."""

    manager_rep_id: str | None
    valid_from: date
    valid_to: date


class Assignment(NamedTuple):
    """A part of an account's credit; all of it where no share is given."""

    account_id: str
    rep_id: str
    credit_share: Decimal | None
    valid_from: date
    valid_to: date | None


class Quota(NamedTuple):
    """A target in its currency; the high end may be missing."""

    level: str
    entity_id: str
    period_type: str
    period_start: date
    currency: str
    low: Decimal
    high: Decimal | None


class Sale(NamedTuple):
    """A day's revenue of a client that a rep is credited with."""

    client_id: str
    rep_id: str
    day: date
    revenue: Decimal


class Company(NamedTuple):
    """What is planned, who stands where, and what was sold by the day."""

    as_of: date
    plans: dict[str, Amounts]
    owners: dict[str, str | None]
    assignments: list[Assignment]
    positions: dict[str, list[Stretch]]
    seasons: dict[tuple[str, int], Decimal]
    quotas: list[Quota]
    sales: list[Sale]

    def known_quotas(self, level: str) -> list[Quota]:
        """The quotas of a level that have begun."""
        return [row for row in self.quotas if row.level == level and row.period_start <= self.as_of]

    def line(self, rep_id: str, day: date) -> list[str]:
        """A rep and everyone above on a day, for as long as each has a place on it."""
        found: list[str] = []
        current: str | None = rep_id
        while current is not None:
            stretches = self.positions.get(current, [])
            manager: str | None = None
            for place, stretch in enumerate(stretches):
                # The first place also holds for the days before it.
                if (place == 0 or stretch.valid_from <= day) and day <= stretch.valid_to:
                    found.append(current)
                    manager = stretch.manager_rep_id
            current = manager
        return found


MONEY = st.integers(0, 9_000_000).map(lambda units: Decimal(units).scaleb(-4))
SIGNED = st.integers(-900_000, 3_000_000).map(lambda units: Decimal(units).scaleb(-4))
SHARES = st.sampled_from([None, *map(Decimal, ("0", "0.3", "0.33333333", "0.5", "1", "7"))])
DAYS = st.dates(date(2014, 3, 1), date(2015, 1, 31))
CREDITED = st.sampled_from([*REPS, "m1", "nobody knows"])


@st.composite
def stretches(draw: st.DrawFn, rep_id: str) -> list[Stretch]:
    """One place or two after each other, with or without an end."""
    managers = st.sampled_from(MANAGERS[rep_id])
    ends = sorted(draw(st.sets(DAYS, max_size=2)))
    if draw(st.booleans()):
        ends.append(FAR)
    starts = [date(2014, 4, 1), *(end + ONE_DAY for end in ends[:-1])]
    return [
        Stretch(draw(managers), start, end)
        for start, end in zip(starts, ends, strict=False)
        if start <= end
    ]


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    """A quota of a rep, now and then of a manager or the company."""
    level, entity = draw(
        st.sampled_from([*[("rep", rep) for rep in (*REPS, "m1")] * 2, ("manager", "m1")])
        | st.just(("company", "all"))
    )
    low = draw(MONEY)
    return Quota(
        level,
        entity,
        draw(st.sampled_from(list(MONTHS))),
        add_months(date(2014, 3, 1), draw(st.integers(0, 8))),
        draw(st.sampled_from(list(RATES))),
        low,
        draw(st.none() | MONEY.map(lambda more: low + more)),
    )


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """A company as of the end, the middle and other months of its fiscal year."""
    as_of = draw(
        st.sampled_from([date(2014, 6, 12), date(2014, 6, 30), date(2014, 9, 17), YEAR_START])
    )
    assignments = st.builds(
        Assignment,
        st.sampled_from([*CLIENT_OF_ACCOUNT, "a", "b"]),
        st.sampled_from(["r1", "r2", "nobody knows"]),
        SHARES,
        st.sampled_from([date(2014, 3, 1), date(2014, 6, 12)]),
        st.sampled_from([None, date(2014, 6, 11), date(2014, 6, 30)]),
    )
    sales = st.builds(
        Sale,
        st.sampled_from(CLIENTS),
        CREDITED | st.just(UNASSIGNED),
        st.dates(date(2014, 3, 1), as_of),
        SIGNED,
    )
    sold_months = st.tuples(st.sampled_from(sorted({*SEGMENTS.values()})), st.integers(1, 12))
    return Company(
        as_of,
        draw(
            st.dictionaries(
                st.sampled_from(CLIENTS), st.tuples(MONEY, MONEY, MONEY, MONEY), max_size=4
            )
        ),
        {client_id: draw(st.none() | CREDITED) for client_id in CLIENTS},
        draw(st.lists(assignments, max_size=8, unique_by=lambda row: (*row[:2], row.valid_from))),
        {rep_id: draw(stretches(rep_id)) for rep_id in MANAGERS},
        draw(st.dictionaries(sold_months, SIGNED, max_size=12)),
        draw(st.lists(quotas(), max_size=10, unique_by=lambda row: row[:4])),
        draw(st.lists(sales, max_size=12)),
    )


@pytest.fixture(scope="module")
def models(published: Published) -> list[Model]:
    """The models of plans as the run compiled them, in their order."""
    return compiled_models(published, MODELS)


@pytest.fixture(scope="module")
def periods(published: Published) -> dict[date, dict[str, date]]:
    """The start of the fiscal periods each month of the year is in; not each is in a season."""
    columns = ", ".join(f"{period}_start" for period in PERIODS)
    return {
        row[0]: {period: start for period, start in zip(PERIODS, row, strict=True) if start}
        for row in rows_of_run(published, f"select {columns} from intermediate.int_plan_months")
    }


@pytest.fixture(scope="module")
def database(published: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_database() as connection:
        create_like(connection, published, INPUTS)
        insert(
            connection,
            "intermediate.int_plan_months",
            rows_of_run(published, "select * from intermediate.int_plan_months"),
        )
        insert(
            connection,
            "intermediate.int_accounts_survived",
            list(CLIENT_OF_ACCOUNT.items()),
            ("account_id", "client_id"),
        )
        insert(
            connection,
            "intermediate.int_exchange_rates_monthly",
            [
                (currency, add_months(date(2014, 1, 1), number), rate)
                for currency, rate in RATES.items()
                for number in range(12)
            ],
            ("currency", "month_start", "exchange_rate"),
        )
        insert(
            connection,
            "core.dim_reps",
            [(rep_id, f"Rep {rep_id}") for rep_id in MANAGERS],
            ("rep_id", "rep_name"),
        )
        yield connection


def sold_by_segment(company: Company) -> dict[tuple[str, int], Decimal]:
    """Revenue by segment and month of the year, and of all; every month where there is any."""
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for (segment, month), amount in company.seasons.items():
        sums[segment, month] += amount
        sums["all", month] += amount
    return {
        (segment, month): sums.get((segment, month), ZERO)
        for segment in {segment for segment, _ in sums}
        for month in range(1, 13)
    }


def fill(database: duckdb.DuckDBPyConnection, company: Company) -> None:
    """Put a company in the place of the models' inputs."""
    insert(
        database,
        "staging.stg_crm__account_assignments",
        company.assignments,
        Assignment._fields,
    )
    insert(
        database,
        "staging.stg_planning__sales_targets",
        company.quotas,
        (*Quota._fields[:-2], "target_low", "target_high"),
    )
    insert(
        database,
        "intermediate.int_client_plans",
        [
            (client_id, SEGMENTS[client_id], *amounts, ZERO, 0)
            for client_id, amounts in company.plans.items()
        ],
        (
            *("client_id", "segment", "base_revenue", "plan_low", "plan", "plan_high"),
            *("flagged_share", "flag_mask"),
        ),
    )
    insert(
        database,
        "intermediate.int_rep_positions",
        [(rep_id, *row) for rep_id, found in company.positions.items() for row in found],
        ("rep_id", *Stretch._fields),
    )
    insert(
        database,
        "intermediate.int_revenue_daily",
        [(*row, month_start(row.day), abs(row.revenue), ZERO, 0) for row in company.sales],
        (
            *("client_id", "rep_id", "issued_on", "net_revenue", "month_start"),
            *("absolute_revenue", "flagged_revenue", "flag_mask"),
        ),
    )
    sold = sold_by_segment(company)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for (segment, _), amount in sold.items():
        totals[segment] += amount
    insert(
        database,
        "marts.kpi_seasonality",
        [(*key, amount, totals[key[0]]) for key, amount in sold.items()],
        ("segment", "month_of_year", "net_revenue", "years_revenue"),
    )
    insert(
        database,
        "core.dim_clients",
        [
            (client_id, SEGMENTS[client_id], TERRITORIES[client_id], company.owners[client_id])
            for client_id in CLIENTS
        ],
        ("client_id", "segment", "territory_id", "owner_rep_id"),
    )


def reps_today(company: Company) -> dict[str, list[tuple[str, Decimal, Decimal]]]:
    """Each client's reps on the day: those it is assigned to, else its owner, else nobody."""
    shares: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in company.assignments:
        share = Decimal(1) if row.credit_share is None else row.credit_share
        if share > 0 and row.valid_from <= company.as_of <= (row.valid_to or FAR):
            shares[CLIENT_OF_ACCOUNT[row.account_id]][row.rep_id] += share
    return {
        client_id: client_plan.credit_parts(
            shares.get(client_id) or {company.owners[client_id] or UNASSIGNED: Decimal(1)}
        )
        for client_id in CLIENTS
    }


def managers_today(company: Company) -> dict[str, list[str]]:
    """Who of those with somebody below stands above each rep, the rep too."""
    lines = {rep_id: company.line(rep_id, company.as_of) for rep_id in MANAGERS}
    managers = {above for line in lines.values() for above in line[1:]}
    return {
        rep_id: [above for above in line if above in managers] for rep_id, line in lines.items()
    }


def expected_client_plan(
    company: Company, periods: Mapping[date, Mapping[str, date]]
) -> dict[tuple[Any, ...], Amounts]:
    """The oracle's plan by level, entity and period."""
    seasons = client_plan.cumulated_seasons(sold_by_segment(company), YEAR_MONTHS)
    if "all" not in seasons:
        seasons["all"] = [
            client_plan.rounded(Decimal(number) / 12, client_plan.SHARE_PLACES)
            for number in range(1, 13)
        ]
    months = client_plan.month_plans(
        {
            client_id: amounts
            for client_id, amounts in company.plans.items()
            if amounts[0] > 0 or amounts[2] > 0
        },
        SEGMENTS,
        seasons,
        YEAR_MONTHS,
    )
    entities = client_plan.by_entity(
        months, TERRITORIES, reps_today(company), managers_today(company)
    )
    sums: dict[tuple[Any, ...], Amounts] = {}
    for (level, entity, month), amounts in entities.items():
        for period in periods[month].items():
            key = (level, entity, *period)
            base, low, plan, high = map(sum, zip(sums.get(key, (ZERO,) * 4), amounts, strict=True))
            sums[key] = (Decimal(base), Decimal(low), Decimal(plan), Decimal(high))
    return sums


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(company=companies())
def test_plans_add_up_to_the_company(
    database: duckdb.DuckDBPyConnection,
    models: list[Model],
    periods: dict[date, dict[str, date]],
    company: Company,
) -> None:
    fill(database, company)
    build(database, models, COMPILED_DAY, company.as_of)
    assert_client_plans_add_up(database, company, periods)
    assert_quotas_add_up(database, company)


def assert_client_plans_add_up(
    database: duckdb.DuckDBPyConnection,
    company: Company,
    periods: Mapping[date, Mapping[str, date]],
) -> None:
    """Every level is the same plan, cut in another way, and each row the oracle's."""
    found = read_table(
        database,
        "marts.kpi_client_plan",
        ("level", "entity_id", "period_type", "period_start"),
        (*AMOUNTS, "fact"),
    )
    sums: dict[tuple[Any, ...], dict[str, list[Decimal]]] = defaultdict(
        lambda: defaultdict(lambda: [ZERO] * len(AMOUNTS))
    )
    for (level, _, *period), amounts in found.items():
        if level != "manager":
            of_level = sums[tuple(period)]
            of_level[level] = [
                so_far + amount
                for so_far, amount in zip(of_level[level], amounts[:-1], strict=True)
            ]
    for when, by_level in sums.items():
        assert len(by_level) == len(client_plan.LEVELS) - 1, when
        assert len({tuple(of_level) for of_level in by_level.values()}) == 1, when
    for client_id, planned in company.plans.items():
        if planned[0] > 0 or planned[2] > 0:
            assert found["client", client_id, "year", YEAR_START][:-1] == planned
    sold = sum((row.revenue for row in company.sales if row.day >= YEAR_START), ZERO)
    company_row = found.get(("company", "all", "year", YEAR_START))
    assert company_row is None or company_row[-1] == sold
    assert {key: row[:-1] for key, row in found.items()} == expected_client_plan(company, periods)


def converted(quota: Quota) -> tuple[Decimal, Decimal]:
    """Both ends in the reporting currency."""
    high = quota.low if quota.high is None else quota.high
    return (
        round_money(quota.low * RATES[quota.currency]),
        round_money(high * RATES[quota.currency]),
    )


def revenue_of(
    company: Company, level: str, entity: str, first: date, last: date, is_derived: bool
) -> Decimal:
    """What an entity sold from the first to the last day, a manager with the team of each day."""

    def is_theirs(sale: Sale) -> bool:
        if level == "company":
            return not is_derived or sale.rep_id != UNASSIGNED
        if level == "rep":
            return sale.rep_id == entity
        return entity in company.line(sale.rep_id, sale.day)

    return sum((s.revenue for s in company.sales if first <= s.day <= last and is_theirs(s)), ZERO)


def expected_quotas(company: Company) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Quotas that were set, and sums of the reps' for who has none."""
    summed: dict[tuple[str, str, str, date], list[Quota]] = defaultdict(list)
    for quota in company.known_quotas("rep"):
        period = (quota.period_type, quota.period_start)
        summed["company", "all", *period].append(quota)
        for above in company.line(quota.entity_id, quota.period_start):
            summed["manager", above, *period].append(quota)
    teams = {
        key: parts
        for key, parts in summed.items()
        if key[0] == "company" or any(part.entity_id != key[1] for part in parts)
    }
    plans: dict[tuple[str, str, str, date], tuple[Sequence[Quota], bool]] = {
        key: (parts, True) for key, parts in teams.items()
    }
    for level in ("rep", "manager", "company"):
        for quota in company.known_quotas(level):
            plans[quota[:4]] = ([quota], False)
    found = {}
    for (level, entity, period_type, start), (parts, is_derived) in plans.items():
        last = add_months(start, MONTHS[period_type]) - timedelta(days=1)
        found[level, entity, period_type, start] = (
            is_derived,
            sum((converted(part)[0] for part in parts), ZERO),
            sum((converted(part)[1] for part in parts), ZERO),
            revenue_of(company, level, entity, start, last, is_derived),
        )
    return found


def assert_quotas_add_up(database: duckdb.DuckDBPyConnection, company: Company) -> None:
    """The company's plan is its reps', and a manager's that of the team of the first day."""
    found = read_table(
        database,
        "marts.kpi_plan_fact",
        ("level", "entity_id", "period_type", "period_start"),
        ("is_derived", "plan_low", "plan_high", "fact"),
    )
    assert found == expected_quotas(company)
