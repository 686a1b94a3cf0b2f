"""Revenue of made-up ledgers: every cut of every mart adds up to one total.

The run's own SQL from the documents to the marts, on small ledgers that Hypothesis makes up: lines
that do not tie, credit notes of either sign, products, reps and customers nobody knows, shared
credit, owners who changed, a currency without a rate, and a run's day in the middle of a month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
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
from tests.oracle import recurring
from tests.oracle.dates import ONE_DAY, add_months, month_end, months_between
from tests.oracle.model import ZERO, round_money

#: The run's day in the compiled SQL, which each ledger puts its own in the place of.
COMPILED_DAY = "date '2014-06-30'"
FIRST_MONTH = date(2012, 4, 1)
REPORTING_CURRENCY = "USD"
FAR = date(9999, 12, 31)
MODELS = (
    "int_documents",
    "int_document_reps",
    "fct_revenue_lines",
    "int_revenue_daily",
    "int_revenue_monthly",
    "int_revenue_prior_to_date",
    "int_period_months",
    "dim_products",
    "int_revenue_parts",
    "int_revenue_parts_to_date",
    "int_revenue_compared",
    "int_revenue_compared_by_category",
    "int_data_horizon",
    "int_purchase_days",
    "int_client_purchases",
    "kpi_revenue_yoy",
    "kpi_new_business",
    "kpi_repeat_revenue",
    "kpi_seasonality",
)
INPUTS = (
    "staging.stg_accounting__invoices",
    "staging.stg_accounting__invoice_lines",
    "staging.stg_accounting__products",
    "staging.stg_crm__reps",
    "intermediate.int_account_owners",
    "intermediate.int_client_assignments",
    "intermediate.int_contract_spans",
    "intermediate.int_customers_matched",
    "intermediate.int_exchange_rates_monthly",
    "intermediate.int_inputs_present",
    "intermediate.int_input_warnings",
    "intermediate.int_months",
    "core.dim_clients",
    "core.dim_reps",
)
YOY_CUTS = {
    *("company", "client", "rep", "territory", "segment"),
    *("acquisition_channel", "product_category"),
}
CUTS = {"company", "segment", "territory", "rep"}
EFFECTS = (
    *("price_effect", "volume_effect", "mix_effect", "new_client_effect"),
    *("lost_client_effect", "exchange_rate_effect", "unsplit_effect"),
)

#: Two customers of the ledger are one client; nobody knows the customer "ghost".
CLIENT_OF_CUSTOMER = {"c1": "a", "c2": "a", "c3": "b", "ghost": "unmatched-ghost"}
PLACES = {
    "a": ("large", "north", "web"),
    "b": ("small", "south", "web"),
    "unmatched-ghost": ("unknown", "unknown", "unknown"),
}
KNOWN_REPS = ("r1", "r2")
REPS = (*KNOWN_REPS, "nobody knows", "unassigned")


class Line(NamedTuple):
    """A line, its amount in the document's currency."""

    product_id: str | None
    quantity: Decimal | None
    net: Decimal


class Posted(NamedTuple):
    """A document; its lines need not add up to it."""

    customer_id: str
    rep_id: str | None
    document_type: str
    currency: str
    status: str
    net: Decimal
    issued_on: date
    lines: list[Line]

    def is_counted(self, as_of: date) -> bool:
        """Whether it is revenue by the day."""
        return self.status not in ("draft", "voided") and self.issued_on <= as_of


class Shared(NamedTuple):
    """A part of a client's credit for a time."""

    client_id: str
    rep_id: str
    credit_share: Decimal
    valid_from: date
    valid_to: date


class Ledger(NamedTuple):
    """What the books hold, and who owns the clients from the first and from another day."""

    as_of: date
    documents: list[Posted]
    shares: list[Shared]
    owners: dict[str, tuple[str | None, str | None, date]]
    quotes: dict[tuple[str, date], Decimal]

    def revenue_by_day(self) -> dict[date, Decimal]:
        """Net revenue of the company, each row of a document rounded to four places."""
        rates = self.rates()
        sums: dict[date, Decimal] = defaultdict(Decimal)
        for row in self.documents:
            rate = rates.get((row.currency, row.issued_on.replace(day=1)))
            if row.is_counted(self.as_of) and rate is not None:
                sign = -1 if row.document_type == "credit_note" and row.net > 0 else 1
                amounts = [line.net for line in row.lines]
                for amount in (*amounts, row.net - sum(amounts)):
                    sums[row.issued_on] += round_money(sign * amount * rate)
        return sums

    def rates(self) -> dict[tuple[str, date], Decimal]:
        """The rate of every currency and month; none of XXX, and of EUR not before a quote."""
        return recurring.carried_forward(self.quotes, REPORTING_CURRENCY, FIRST_MONTH, self.as_of)

    def first_day(self) -> date | None:
        """The day of the first document that counts."""
        return min((d.issued_on for d in self.documents if d.is_counted(self.as_of)), default=None)


MONEY = st.integers(-600_000, 3_000_000).map(lambda units: Decimal(units).scaleb(-4))
#: The same months of three years come often, since years are compared.
DAYS = st.dates(FIRST_MONTH, date(2014, 8, 31)) | st.builds(
    date, st.sampled_from([2012, 2013, 2014]), st.sampled_from([4, 6]), st.sampled_from([1, 12, 30])
)
LINES = st.builds(
    Line,
    st.sampled_from([None, "p1", "p1", "p2", "p3", "unknown to the list"]),
    st.none() | st.integers(-2, 20).map(Decimal),
    MONEY,
)


@st.composite
def posted(draw: st.DrawFn) -> Posted:
    """A document whose lines add up to it, or do not, or which has none."""
    lines = draw(st.lists(LINES, max_size=3))
    net = sum((line.net for line in lines), ZERO)
    return Posted(
        draw(st.sampled_from(list(CLIENT_OF_CUSTOMER))),
        draw(st.sampled_from([None, None, *REPS[:-1]])),
        draw(st.sampled_from(["invoice", "invoice", "invoice", "credit_note"])),
        draw(st.sampled_from([REPORTING_CURRENCY, REPORTING_CURRENCY, "EUR", "XXX"])),
        draw(st.sampled_from(["open", "open", "open", "paid", "paid", "paid", "draft", "voided"])),
        draw(st.just(net) | MONEY),
        draw(DAYS),
        lines,
    )


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Books as of the end, the middle and other months of the fiscal year, which June begins."""
    as_of = draw(
        st.sampled_from(
            [date(2014, 6, 30), date(2014, 6, 12), date(2014, 5, 31), date(2014, 2, 28)]
        )
    )
    shares = st.builds(
        Shared,
        st.sampled_from(["a", "b"]),
        st.sampled_from(REPS[:-1]),
        st.sampled_from([Decimal("0.33333333"), Decimal("0.5"), Decimal(1), Decimal(3)]),
        st.sampled_from([FIRST_MONTH, date(2013, 6, 12)]),
        st.sampled_from([date(2013, 6, 11), FAR]),
    ).filter(lambda share: share.valid_from <= share.valid_to)
    owner = st.none() | st.sampled_from(REPS[:-1])
    rates = st.integers(50_000_000, 200_000_000).map(lambda units: Decimal(units).scaleb(-8))
    quoted = st.sampled_from(list(months_between(FIRST_MONTH, as_of)))
    return Ledger(
        as_of,
        draw(st.lists(posted(), min_size=1, max_size=14)),
        draw(st.lists(shares, max_size=5, unique_by=lambda share: share[:2])),
        {client_id: (draw(owner), draw(owner), draw(DAYS)) for client_id in ("a", "b")},
        draw(st.dictionaries(st.tuples(st.just("EUR"), quoted), rates, max_size=6)),
    )


@pytest.fixture(scope="module")
def models(published: Published) -> list[Model]:
    """The models from the documents to the marts as the run compiled them, in their order."""
    return compiled_models(published, MODELS)


@pytest.fixture(scope="module")
def database(published: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_database() as connection:
        create_like(connection, published, INPUTS)
        connection.execute("CREATE TABLE calendar AS FROM intermediate.int_months")
        insert(
            connection,
            "calendar",
            rows_of_run(
                published,
                f"select * from intermediate.int_months where month_start >= '{FIRST_MONTH}'",
            ),
        )
        insert(connection, "intermediate.int_inputs_present", [(True, True)])
        insert(
            connection,
            "staging.stg_accounting__products",
            [("p1", "tools"), ("p2", "tools"), ("p3", None)],
            ("product_id", "category"),
        )
        insert(connection, "staging.stg_crm__reps", [(rep,) for rep in KNOWN_REPS], ("rep_id",))
        insert(connection, "core.dim_reps", [(rep, rep) for rep in REPS], ("rep_id", "rep_name"))
        insert(
            connection,
            "intermediate.int_customers_matched",
            [(key, client, key != "ghost") for key, client in CLIENT_OF_CUSTOMER.items()],
            ("customer_id", "client_id", "is_matched"),
        )
        insert(
            connection,
            "core.dim_clients",
            [(client_id, client_id, *places) for client_id, places in PLACES.items()],
            ("client_id", "client_name", "segment", "territory_id", "acquisition_channel"),
        )
        yield connection


def fill(database: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Put a ledger in the place of the models' inputs."""
    insert(
        database,
        "staging.stg_accounting__invoices",
        [(str(place), *row[:-1]) for place, row in enumerate(ledger.documents)],
        (
            *("invoice_id", "customer_id", "rep_id", "document_type", "currency", "status"),
            *("net_amount", "issued_on"),
        ),
    )
    insert(
        database,
        "staging.stg_accounting__invoice_lines",
        [
            (str(place), number, *line)
            for place, row in enumerate(ledger.documents)
            for number, line in enumerate(row.lines, start=1)
        ],
        ("invoice_id", "line_number", "product_id", "quantity", "net_amount"),
    )
    insert(database, "intermediate.int_client_assignments", ledger.shares, Shared._fields)
    insert(
        database,
        "intermediate.int_account_owners",
        [
            row
            for client_id, (first, second, day) in ledger.owners.items()
            for row in (
                (client_id, first, date(1900, 1, 1), day - ONE_DAY),
                (client_id, second, day, FAR),
            )
        ],
        ("account_id", "owner_rep_id", "valid_from", "valid_to"),
    )
    insert(
        database,
        "intermediate.int_exchange_rates_monthly",
        [(currency, month, rate) for (currency, month), rate in ledger.rates().items()],
        ("currency", "month_start", "exchange_rate"),
    )
    database.execute("DELETE FROM intermediate.int_months")
    database.execute(
        "INSERT INTO intermediate.int_months FROM calendar WHERE month_start <= ?", [ledger.as_of]
    )


def between(revenue: Mapping[date, Decimal], first: date, last: date) -> Decimal:
    return sum((amount for day, amount in revenue.items() if first <= day <= last), ZERO)


def sums_of_cuts(
    database: duckdb.DuckDBPyConnection,
    mart: str,
    period: tuple[str, ...],
    columns: tuple[str, ...],
) -> dict[tuple[Any, ...], dict[str, tuple[Decimal, ...]]]:
    """By period and cut the sums of a mart's columns; an unknown amount adds nothing."""
    sums: dict[tuple[Any, ...], dict[str, tuple[Decimal, ...]]] = defaultdict(dict)
    for (*when, cut, _), row in read_table(
        database, f"marts.{mart}", (*period, "cut", "cut_id"), columns
    ).items():
        so_far = sums[tuple(when)].get(cut, (ZERO,) * len(columns))
        sums[tuple(when)][cut] = tuple(a + (b or ZERO) for a, b in zip(so_far, row, strict=True))
    return sums


def one_total(
    sums: Mapping[tuple[Any, ...], Mapping[str, tuple[Decimal, ...]]], cuts: set[str]
) -> dict[tuple[Any, ...], tuple[Decimal, ...]]:
    """Each period's sums; fails on a period of which a cut is missing or sums to another."""
    for period, by_cut in sums.items():
        assert by_cut.keys() == cuts, period
        assert len(set(by_cut.values())) == 1, (period, by_cut)
    return {period: by_cut["company"] for period, by_cut in sums.items()}


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(ledger=ledgers())
def test_every_cut_of_revenue_adds_up_to_one_total(
    database: duckdb.DuckDBPyConnection,
    models: list[Model],
    ledger: Ledger,
) -> None:
    fill(database, ledger)
    build(database, models, COMPILED_DAY, ledger.as_of)
    revenue = ledger.revenue_by_day()
    assert_compared_revenue(database, ledger, revenue)
    assert_new_and_repeat_revenue(database, ledger, revenue)
    assert_seasons(database, ledger, revenue)


def assert_compared_revenue(
    database: duckdb.DuckDBPyConnection, ledger: Ledger, revenue: Mapping[date, Decimal]
) -> None:
    """Revenue of now and of a year before, and of every row the parts of the difference."""
    first_day = ledger.first_day()
    totals = one_total(
        sums_of_cuts(
            database,
            "kpi_revenue_yoy",
            ("period_type", "period_start", "period_end"),
            ("net_revenue", "prior_revenue"),
        ),
        YOY_CUTS,
    )
    for (_, start, end), (now, prior) in totals.items():
        is_partial = end > ledger.as_of
        prior_end = add_months(ledger.as_of if is_partial else end + ONE_DAY, -12)
        if not is_partial:
            prior_end -= ONE_DAY
        assert now == between(revenue, start, end)
        if first_day and add_months(end + ONE_DAY, -12) > first_day:
            assert prior == between(revenue, add_months(start, -12), prior_end)
    of_months = [now for (period_type, *_), (now, _) in totals.items() if period_type == "month"]
    assert sum(of_months, ZERO) == sum(revenue.values(), ZERO)
    for key, (difference, *effects) in read_table(
        database,
        "marts.kpi_revenue_yoy",
        ("period_type", "period_start", "cut", "cut_id"),
        ("difference", *EFFECTS),
    ).items():
        # What has no rate on either side is no effect of anything.
        if difference is not None:
            assert sum((effect or ZERO for effect in effects), ZERO) == difference, key


def assert_new_and_repeat_revenue(
    database: duckdb.DuckDBPyConnection, ledger: Ledger, revenue: Mapping[date, Decimal]
) -> None:
    """Both ways of telling old from new revenue split the same total."""
    new_business = one_total(
        sums_of_cuts(
            database,
            "kpi_new_business",
            ("period_type", "period_start", "period_end"),
            ("new_revenue", "standing_revenue", "new_clients"),
        ),
        CUTS,
    )
    for (_, start, end), (new, standing, _) in new_business.items():
        assert new + standing == between(revenue, start, end)
    buyers = {
        CLIENT_OF_CUSTOMER[row.customer_id]
        for row in ledger.documents
        if row.is_counted(ledger.as_of) and row.document_type == "invoice" and row.net > 0
    }
    first_purchases = [n for (kind, *_), (*_, n) in new_business.items() if kind == "month"]
    assert sum(first_purchases, ZERO) == len(buyers)

    repeat = one_total(
        sums_of_cuts(
            database,
            "kpi_repeat_revenue",
            ("month_start",),
            ("repeat_revenue", "first_time_revenue"),
        ),
        CUTS,
    )
    for (month,), (again, first_time) in repeat.items():
        assert again + first_time == between(revenue, month, month_end(month))
    for totals in (new_business, {("month", *key): row for key, row in repeat.items()}):
        of_months = [row[0] + row[1] for (kind, *_), row in totals.items() if kind == "month"]
        assert sum(of_months, ZERO) == sum(revenue.values(), ZERO)


def assert_seasons(
    database: duckdb.DuckDBPyConnection, ledger: Ledger, revenue: Mapping[date, Decimal]
) -> None:
    """Whole fiscal years of data, by segment and by month of the year; none where no rate is."""
    found = read_table(
        database,
        "marts.kpi_seasonality",
        ("segment", "month_of_year"),
        ("net_revenue", "years_revenue"),
    )
    by_segment: dict[str, Decimal] = defaultdict(Decimal)
    for (segment, _), (amount, _) in found.items():
        by_segment[segment] += amount
    for (segment, _), (_, years_revenue) in found.items():
        assert (years_revenue or ZERO) == by_segment[segment]
    first_day = ledger.first_day()
    whole_years = [
        (date(year, 6, 1), date(year + 1, 5, 31))
        for year in (2012, 2013)
        if first_day and date(year, 6, 1) >= first_day and date(year + 1, 5, 31) <= ledger.as_of
    ]
    expected = sum((between(revenue, *year) for year in whole_years), ZERO)
    of_all = by_segment.pop("all", ZERO)
    assert of_all == sum(by_segment.values(), ZERO) == expected
