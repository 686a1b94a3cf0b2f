"""Receivables of made-up ledgers: the run's own SQL against its identities and the oracle.

Small ledgers that Hypothesis makes up: credit notes of either sign with and without the invoice
they credit, part payments and too much paid, cash that names no document, documents that do not
count, several currencies, no due day, and what is dated after the run's day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.command_line import Published
from tests.integration.replay import (
    Model,
    assert_agree,
    build,
    compiled_models,
    create_like,
    empty_database,
    insert,
    read_table,
)
from tests.oracle import receivables, recurring
from tests.oracle.dates import month_end, months_between
from tests.oracle.model import ZERO

#: The run's day in the compiled SQL, which each ledger puts its own in the place of.
COMPILED_DAY = "date '2014-06-30'"
FIRST_MONTH = date(2013, 7, 1)
REPORTING_CURRENCY = "USD"
DSO_DAYS = 90
MODELS = (
    "int_documents",
    "int_payments",
    "int_receivable_documents",
    "int_receivable_balances",
    "int_receivable_days",
    "int_receivables_stated",
    "int_receivables_ledger",
    "kpi_receivables",
)
INPUTS = (
    "staging.stg_accounting__invoices",
    "staging.stg_accounting__invoice_lines",
    "staging.stg_accounting__payments",
    "staging.stg_accounting__exchange_rates",
    "staging.stg_accounting__control_totals",
    "staging.stg_crm__accounts",
    "intermediate.int_customers_matched",
    "intermediate.int_exchange_rates_monthly",
    "intermediate.int_inputs_present",
    "intermediate.int_input_warnings",
    "intermediate.int_months",
    "core.dim_clients",
    "core.dim_reps",
)

#: Two customers of the ledger are one client; nobody knows the customer "ghost".
CLIENT_OF_CUSTOMER = {"c1": "a", "c2": "a", "c3": "b"}
TERMS_DAYS = {"a": 30, "b": None}
CUSTOMERS = [*CLIENT_OF_CUSTOMER, "ghost"]


class Posted(NamedTuple):
    """A document as the ledger has it, its amounts in its currency."""

    customer_id: str
    document_type: str
    currency: str
    status: str
    net: Decimal
    tax: Decimal | None
    total: Decimal | None
    issued_on: date
    due_on: date | None
    credits: int | None


class Paid(NamedTuple):
    """A payment; ``document`` is the place of the document it names, if it names one."""

    customer_id: str
    currency: str
    amount: Decimal
    paid_on: date
    document: int | None


class Ledger(NamedTuple):
    """What the books hold, some of it after the day they are looked at."""

    as_of: date
    documents: list[Posted]
    payments: list[Paid]
    quotes: dict[tuple[str, date], Decimal]


DAYS = st.dates(FIRST_MONTH, date(2014, 8, 15)).flatmap(
    lambda day: st.sampled_from([day, month_end(day)])
)
CUSTOMER_IDS = st.sampled_from(CUSTOMERS)
#: Hundredths of the smallest money there is come too, since values are rounded to four places.
AMOUNTS = st.integers(1, 60_000).map(lambda cents: Decimal(cents) / 100) | st.integers(
    1, 30_000
).map(lambda units: Decimal(units).scaleb(-4))

STATUSES = st.sampled_from(["open", "open", "open", "paid", "paid", "draft", "voided"])


@st.composite
def posted(draw: st.DrawFn, currencies: list[str], n_documents: int) -> Posted:
    """A document; of a credit note, all amounts are below zero or none is."""
    document_type = draw(st.sampled_from(["invoice", "invoice", "invoice", "credit_note"]))
    sign = draw(st.sampled_from([1, -1])) if document_type == "credit_note" else 1
    net = sign * draw(AMOUNTS | st.just(ZERO))
    tax = draw(st.none() | st.just(ZERO) | AMOUNTS.map(lambda amount: sign * amount))
    issued_on = draw(DAYS)
    return Posted(
        draw(CUSTOMER_IDS),
        document_type,
        draw(st.sampled_from(currencies)),
        draw(STATUSES),
        net,
        tax,
        draw(st.sampled_from([None, net + (tax or ZERO)])),
        issued_on,
        draw(st.none() | st.integers(-5, 120).map(lambda days: issued_on + timedelta(days))),
        draw(st.none() | st.integers(0, n_documents - 1)),
    )


@st.composite
def credit_notes(draw: st.DrawFn, credited: Posted, place: int) -> Posted:
    """A note of a document's client and currency that gives back all of it, or another sum."""
    return credited._replace(
        document_type="credit_note",
        status=draw(STATUSES),
        net=draw(st.sampled_from([credited.net, -credited.net]) | AMOUNTS),
        tax=None,
        total=None,
        issued_on=credited.issued_on + timedelta(draw(st.integers(-10, 100))),
        credits=place,
    )


@st.composite
def paid(draw: st.DrawFn, currencies: list[str], documents: list[Posted]) -> Paid:
    """A payment of a whole document, of a part or too much of it, or of none."""
    place = draw(st.none() | st.integers(0, len(documents) - 1)) if documents else None
    if place is None or draw(st.sampled_from([False, False, False, True])):
        customer_id, currency = draw(CUSTOMER_IDS), draw(st.sampled_from(currencies))
        amount, paid_on = draw(AMOUNTS), draw(DAYS)
        amount *= draw(st.sampled_from([1, 1, -1]))
        return Paid(customer_id, currency, amount, paid_on, place)
    document = documents[place]
    whole = abs(document.net + (document.tax or ZERO))
    amount = draw(st.sampled_from([whole, whole, -whole]) | AMOUNTS)
    paid_on = document.issued_on + timedelta(draw(st.integers(-10, 200)))
    return Paid(document.customer_id, document.currency, amount, paid_on, place)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Books in one currency, in which sums need no rates, or in three."""
    as_of = draw(st.sampled_from([date(2014, 6, 30), date(2014, 6, 12), date(2014, 2, 28)]))
    currencies = draw(st.sampled_from([[REPORTING_CURRENCY], [REPORTING_CURRENCY, "EUR", "GBP"]]))
    n_documents = draw(st.integers(0, 7))
    documents = [draw(posted(currencies, n_documents)) for _ in range(n_documents)]
    for place in draw(st.sets(st.integers(0, n_documents - 1), max_size=3)) if documents else ():
        documents.append(draw(credit_notes(documents[place], place)))
    rates = st.integers(50_000_000, 200_000_000).map(lambda units: Decimal(units).scaleb(-8))
    quoted = [FIRST_MONTH, *draw(st.sets(st.sampled_from(list(months_of(as_of))), max_size=5))]
    return Ledger(
        as_of,
        documents,
        draw(st.lists(paid(currencies, documents), max_size=9)),
        {(currency, month): draw(rates) for currency in ("EUR", "GBP") for month in quoted},
    )


def months_of(as_of: date) -> Iterator[date]:
    return months_between(FIRST_MONTH, as_of)


def client_of(customer_id: str) -> str:
    return CLIENT_OF_CUSTOMER.get(customer_id, f"unmatched-{customer_id}")


def rates_of(ledger: Ledger) -> dict[tuple[str, date], Decimal]:
    return recurring.carried_forward(ledger.quotes, REPORTING_CURRENCY, FIRST_MONTH, ledger.as_of)


def counted(ledger: Ledger) -> list[receivables.Document]:
    """The documents that count by the run's day, as the oracle takes them."""
    return [
        receivables.Document(
            str(place),
            client_of(row.customer_id),
            row.document_type == "credit_note",
            row.currency,
            row.issued_on,
            row.due_on
            or row.issued_on + timedelta(TERMS_DAYS.get(client_of(row.customer_id)) or 0),
            asked(row),
            row.status,
            None if row.credits is None else str(row.credits),
        )
        for place, row in enumerate(ledger.documents)
        if row.status not in ("draft", "voided") and row.issued_on <= ledger.as_of
    ]


def asked(row: Posted) -> Decimal:
    """What a document asks for with its tax; a credit note gives it back, whatever its sign."""
    gross = row.net + (row.tax or ZERO) if row.total is None else row.total
    return -abs(gross) if row.document_type == "credit_note" else gross


def received(ledger: Ledger) -> list[receivables.Payment]:
    """The payments by the run's day; what is paid on a credit note is paid back."""
    found = []
    for place, row in enumerate(ledger.payments):
        named = None if row.document is None else ledger.documents[row.document]
        is_back = named is not None and named.document_type == "credit_note"
        if row.paid_on <= ledger.as_of:
            found.append(
                receivables.Payment(
                    str(place),
                    client_of(row.customer_id),
                    None if row.document is None else str(row.document),
                    row.currency,
                    row.paid_on,
                    -abs(row.amount) if is_back else row.amount,
                )
            )
    return found


@pytest.fixture(scope="module")
def models(published: Published) -> list[Model]:
    """The models of receivables as the run compiled them, in their order."""
    return compiled_models(published, MODELS)


@pytest.fixture(scope="module")
def database(published: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_database() as connection:
        create_like(connection, published, INPUTS)
        insert(connection, "intermediate.int_inputs_present", [(False, True)])
        insert(
            connection,
            "staging.stg_crm__accounts",
            list(TERMS_DAYS.items()),
            ("account_id", "payment_terms_days"),
        )
        yield connection


def fill(database: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Put a ledger in the place of the models' inputs."""
    insert(
        database,
        "staging.stg_accounting__invoices",
        [
            (str(place), *row[:-1], None if row.credits is None else str(row.credits))
            for place, row in enumerate(ledger.documents)
        ],
        (
            *("invoice_id", "customer_id", "document_type", "currency", "status", "net_amount"),
            *("tax_amount", "total_amount", "issued_on", "due_on", "credited_invoice_id"),
        ),
    )
    insert(
        database,
        "staging.stg_accounting__payments",
        [
            (str(place), *row[:-1], None if row.document is None else str(row.document))
            for place, row in enumerate(ledger.payments)
        ],
        ("payment_id", "customer_id", "currency", "amount", "paid_on", "invoice_id"),
    )
    # A customer the CRM does not have is there once a document names it.
    known = CLIENT_OF_CUSTOMER.keys() | {row.customer_id for row in ledger.documents}
    insert(
        database,
        "intermediate.int_customers_matched",
        [(c, client_of(c), c in CLIENT_OF_CUSTOMER) for c in sorted(known)],
        ("customer_id", "client_id", "is_matched"),
    )
    insert(
        database,
        "intermediate.int_exchange_rates_monthly",
        [(currency, month, rate) for (currency, month), rate in rates_of(ledger).items()],
        ("currency", "month_start", "exchange_rate"),
    )
    insert(
        database,
        "intermediate.int_months",
        [(month, month_end(month)) for month in months_of(ledger.as_of)],
        ("month_start", "month_end"),
    )


def assert_rows_add_up(rows: dict[tuple[Any, ...], receivables.Receivables]) -> None:
    """Every row into its parts, and from one statement to the client's next."""
    latest: dict[str, Decimal] = defaultdict(Decimal)
    days = sorted({day for day, _ in rows})
    for day in days:
        for client_id in {client_id for _, client_id in rows}:
            row = rows.get((day, client_id))
            if row is None:
                assert latest[client_id] == 0, (day, client_id)
                continue
            parts = (
                *(row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.days_over_90),
                *(row.unapplied_cash, row.open_credit_notes),
            )
            assert sum(parts) == row.outstanding_total, (day, client_id)
            assert row.opening == latest[client_id], (day, client_id)
            assert row.opening + row.credit_sales - row.collected == row.outstanding_total
            latest[client_id] = row.outstanding_total


def assert_documents_less_payments(
    ledger: Ledger, rows: dict[tuple[Any, ...], receivables.Receivables]
) -> None:
    """Where nothing is converted, clients owe what was asked less what was paid."""
    for day in {day for day, _ in rows}:
        owed: dict[str, Decimal] = defaultdict(Decimal)
        for document in counted(ledger):
            if document.issued_on <= day:
                owed[document.client_id] += document.total
        holders = {document.invoice_id: document.client_id for document in counted(ledger)}
        for payment in received(ledger):
            if payment.paid_on <= day:
                owed[holders.get(payment.invoice_id or "", payment.client_id)] -= payment.amount
        stated = {client: row.outstanding_total for (on, client), row in rows.items() if on == day}
        assert {k: v for k, v in owed.items() if v} == {k: v for k, v in stated.items() if v}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@example(
    # Given back of tax alone: its net amount has no sign.
    ledger=Ledger(
        date(2014, 2, 28),
        [
            Posted(
                *("c1", "credit_note", REPORTING_CURRENCY, "open", ZERO, Decimal(5), None),
                *(date(2014, 1, 31), None, None),
            )
        ],
        [Paid("c3", REPORTING_CURRENCY, Decimal(1), date(2014, 1, 31), None)],
        {},
    )
)
@example(
    # Paid in full and credited after: the client's credit, not cash that waits for an invoice.
    ledger=Ledger(
        date(2014, 2, 28),
        [
            Posted(
                *("c1", "invoice", REPORTING_CURRENCY, "paid", Decimal(100), None, None),
                *(date(2013, 12, 1), None, None),
            ),
            Posted(
                *("c1", "credit_note", REPORTING_CURRENCY, "open", Decimal(20), None, None),
                *(date(2014, 1, 31), None, 0),
            ),
        ],
        [Paid("c1", REPORTING_CURRENCY, Decimal(100), date(2013, 12, 31), 0)],
        {},
    )
)
@example(
    # Cash and cash paid back, of other customers of one client: both stand, and cancel out.
    ledger=Ledger(
        date(2014, 2, 28),
        [],
        [
            Paid("c1", REPORTING_CURRENCY, Decimal(5), date(2013, 8, 31), None),
            Paid("c2", REPORTING_CURRENCY, Decimal(-5), date(2013, 9, 1), None),
        ],
        {},
    )
)
@given(ledger=ledgers())
def test_receivables_of_any_ledger(
    database: duckdb.DuckDBPyConnection, models: list[Model], ledger: Ledger
) -> None:
    fill(database, ledger)
    build(database, models, COMPILED_DAY, ledger.as_of)
    columns = receivables.Receivables._fields
    found = {
        key: receivables.Receivables._make(row)
        for key, row in read_table(
            database, "marts.kpi_receivables", ("stated_on", "client_id"), columns
        ).items()
    }

    assert_rows_add_up(found)
    currencies = {row.currency for row in ledger.documents} | {
        row.currency for row in ledger.payments
    }
    if received(ledger) and currencies == {REPORTING_CURRENCY}:
        assert_documents_less_payments(ledger, found)
    in_total: dict[date, Decimal] = defaultdict(Decimal)
    for (day, _), row in found.items():
        in_total[day] += row.outstanding_total
    for (day,), (amount,) in read_table(
        database, "intermediate.int_receivables_ledger", ("stated_on",), ("receivables",)
    ).items():
        assert amount == in_total[day], day

    assert_agree(
        receivables.receivables(
            counted(ledger), received(ledger), rates_of(ledger), ledger.as_of, DSO_DAYS
        ),
        found,
    )
