"""The plan of every client of a made-up company against the oracle, on every level and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.company import load_company
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.integration.warehouse import rows
from tests.oracle import client_plan
from tests.oracle.client_plan import Amounts, Growth, PlannedClient, Settings

COLUMNS = ("last_year_result", "plan_low", "plan", "plan_high")
KEYS = ("level", "entity_id", "period_type", "period_start")
#: The simulated company's fiscal year, which begins in April, as of the last day of 2025.
AS_OF = date(2025, 12, 31)
YEAR_START = date(2025, 4, 1)
MONTHS = [date(2025, month, 1) for month in range(4, 13)] + [
    date(2026, month, 1) for month in (1, 2, 3)
]


def periods_of(month: date) -> list[tuple[str, date]]:
    """The fiscal periods a month lies in: quarters and the two half-year seasons from April."""
    place = MONTHS.index(month)
    return [
        ("month", month),
        ("quarter", MONTHS[place // 3 * 3]),
        ("season", MONTHS[place // 6 * 6]),
        ("year", YEAR_START),
    ]


def planned_clients(published: Published) -> list[PlannedClient]:
    """The clients with their years' revenue, summed here from the days."""
    years: dict[tuple[str, int], Decimal] = {}
    for client_id, fiscal_year, revenue in rows(
        published,
        """
        select client_id, year(issued_on + interval 9 month) - 1, sum(net_revenue)
        from intermediate.int_revenue_daily group by all
        """,
    ):
        years[client_id, fiscal_year] = revenue
    return [
        PlannedClient(
            client_id,
            segment,
            territory_id,
            years.get((client_id, 2024)),
            years.get((client_id, 2023)),
            potential,
            is_estimated,
        )
        for client_id, segment, territory_id, potential, is_estimated in rows(
            published,
            f"""
            select clients.client_id, clients.segment, clients.territory_id,
                potentials.potential, potentials.is_wallet_estimated
            from core.dim_clients as clients
            inner join marts.kpi_client_potential as potentials using (client_id)
            where potentials.year_start = date '{YEAR_START}'
            """,
        )
    ]


def growth_assumptions(published: Published) -> dict[tuple[str, str], Growth]:
    """The newest of each scope on the year's first day."""
    found: dict[tuple[str, str], Growth] = {}
    for scope, scope_id, sales, price in rows(
        published,
        f"""
        select scope, scope_id, sales_growth, price_growth from planning.growth_assumptions
        where valid_from <= date '{YEAR_START}' order by valid_from
        """,
    ):
        found[scope, "all" if scope == "company" else scope_id] = Growth(sales, price)
    return found


def reps_of_clients(
    published: Published, clients: list[PlannedClient]
) -> dict[str, list[tuple[str, Decimal, Decimal]]]:
    """Whose client each is today, by assignment, else owner, with cumulated shares."""
    assigned: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for client_id, rep_id, share in rows(
        published,
        f"""
        select coalesce(survivors.client_id, assignments.account_id), assignments.rep_id,
            coalesce(assignments.credit_share, 1)
        from crm.account_assignments as assignments
        left join intermediate.int_accounts_survived as survivors using (account_id)
        where assignments.valid_from <= date '{AS_OF}'
            and coalesce(assignments.valid_to, date '9999-12-31') >= date '{AS_OF}'
        """,
    ):
        assigned[client_id][rep_id] += share
    owners = dict(rows(published, "select account_id, owner_rep_id from crm.accounts"))
    return {
        client.client_id: client_plan.credit_parts(
            assigned.get(client.client_id)
            or {owners.get(client.client_id) or "unassigned": Decimal(1)}
        )
        for client in clients
    }


def managers_above(published: Published) -> dict[str, list[str]]:
    """Who stands above each rep today; a manager's own sales are the team's too."""
    above = dict(
        rows(
            published,
            f"""
            select rep_id, manager_rep_id from crm.reps
            where coalesce(valid_to, date '9999-12-31') >= date '{AS_OF}'
                and valid_from <= date '{AS_OF}'
            """,
        )
    )
    managers = {manager for manager in above.values() if manager}
    lines: dict[str, list[str]] = {}
    for rep_id in above:
        line, current = [], rep_id
        while current is not None:
            if current in managers:
                line.append(current)
            current = above.get(current)
        lines[rep_id] = line
    return lines


@pytest.fixture(scope="module")
def expected(simulated: Published) -> dict[tuple[Any, ...], Amounts]:
    """The oracle's plan by level, entity and period."""
    company = load_company(simulated.command.config_dir / "company.yml")
    settings = Settings(
        company.client_plan.compound,
        Decimal(str(company.client_plan.range_below)),
        Decimal(str(company.client_plan.range_above)),
        company.potential.minimum_like_clients,
    )
    clients = planned_clients(simulated)
    parents = dict(rows(simulated, "select territory_id, parent_territory_id from crm.territories"))
    plans = client_plan.year_plans(clients, growth_assumptions(simulated), parents, settings)
    segments = {client.client_id: client.segment for client in clients}
    revenue: Mapping[tuple[str, int], Decimal] = {
        (segment, month): amount
        for segment, month, amount in rows(
            simulated,
            f"""
            select clients.segment, month(daily.issued_on), sum(daily.net_revenue)
            from intermediate.int_revenue_daily as daily
            inner join core.dim_clients as clients using (client_id)
            where daily.issued_on >= date '2021-04-01' and daily.issued_on < date '{YEAR_START}'
            group by all
            """,
        )
    }
    months = client_plan.month_plans(
        plans, segments, client_plan.cumulated_seasons(revenue, MONTHS), MONTHS
    )
    entities = client_plan.by_entity(
        months,
        {client.client_id: client.territory_id for client in clients},
        reps_of_clients(simulated, clients),
        managers_above(simulated),
    )
    sums: dict[tuple[Any, ...], Amounts] = {}
    for (level, entity, month), amounts in entities.items():
        for period in periods_of(month):
            key = (level, entity, *period)
            row = sums.get(key, (Decimal(0),) * 4)
            base, low, plan, high = (a + b for a, b in zip(row, amounts, strict=True))
            sums[key] = (base, low, plan, high)
    return sums


def test_every_plan_is_the_oracles(
    simulated: Published, expected: dict[tuple[Any, ...], Amounts]
) -> None:
    found = read_mart(simulated, "kpi_client_plan", KEYS, COLUMNS)
    assert {key[0] for key in found} == set(client_plan.LEVELS)
    assert_same("kpi_client_plan", COLUMNS, expected, found)


def test_plans_add_up_from_the_client_to_the_company(simulated: Published) -> None:
    """To the last place, whatever the shares of credit and the seasons."""
    sums = rows(
        simulated,
        """
        select period_type, period_start, level, sum(plan_low), sum(plan), sum(plan_high),
            sum(last_year_result)
        from marts.kpi_client_plan where level <> 'manager' group by all
        """,
    )
    by_period: dict[tuple[Any, ...], set[tuple[Any, ...]]] = defaultdict(set)
    for period_type, period_start, _, *amounts in sums:
        by_period[period_type, period_start].add(tuple(amounts))
    assert len(by_period) == 12 + 4 + 2 + 1
    assert [period for period, amounts in by_period.items() if len(amounts) != 1] == []


def test_the_company_is_the_director_and_what_nobody_is_assigned(simulated: Published) -> None:
    """The top of the chain has the whole team's plan, each client once."""
    found = dict(
        rows(
            simulated,
            """
            select entity_id, plan from marts.kpi_client_plan
            where period_type = 'year' and (
                level = 'company' or (level = 'rep' and entity_id = 'unassigned')
                or (level = 'manager' and entity_id in (
                    select rep_id from crm.reps where role = 'commercial_director'
                ))
            )
            """,
        )
    )
    company = found.pop("all")
    assert company == sum(found.values())


def test_facts_are_the_revenue_of_the_year_so_far(simulated: Published) -> None:
    facts = rows(
        simulated,
        "select level, sum(fact) from marts.kpi_client_plan"
        " where period_type = 'year' and level in ('company') group by level",
    )
    revenue = rows(
        simulated,
        f"select sum(net_revenue) from core.fct_revenue_lines where issued_on >= '{YEAR_START}'",
    )
    assert facts[0][1] == revenue[0][0]


@given(
    amount=st.decimals(min_value=-(10**9), max_value=10**9, places=4),
    cuts=st.lists(st.decimals(min_value=-1, max_value=2, places=8), max_size=12),
)
def test_parts_of_any_amount_add_up_to_it(amount: Decimal, cuts: list[Decimal]) -> None:
    """The oracle's own law, on which exact sums rest: shares may be negative or above one."""
    ends = [Decimal(0), *cuts, Decimal(1)]
    parts = [client_plan.part(amount, *pair) for pair in pairwise(ends)]
    assert sum(parts) == amount
