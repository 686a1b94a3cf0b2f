"""Every row of the collections over a made-up company, and what they must add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import payment_plan, receivables
from tests.oracle.dates import month_end

AS_OF = date(2025, 12, 31)
DSO_DAYS = 90
#: Days back from the run's day and ahead of it.
PLAN_WINDOW = (90, 30)


@dataclass
class PublishedFile:
    """Where the marts are."""

    database: Path


def rows_of(simulated: Published, query: str) -> list[tuple[Any, ...]]:
    """Rows of the warehouse."""
    warehouse = simulated.command.data_dir / "warehouse" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def marts_of(simulated: Published, query: str) -> list[tuple[Any, ...]]:
    """Rows of the published file."""
    with duckdb.connect(str(simulated.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def client_of(simulated: Published) -> dict[str, str]:
    """The client of each customer, which is proven elsewhere."""
    return dict(
        rows_of(simulated, "select customer_id, client_id from intermediate.int_customers_matched")
    )


@pytest.fixture(scope="module")
def rates(simulated: Published) -> dict[tuple[str, date], Decimal]:
    """Monthly rates by currency, which are proven elsewhere."""
    return {
        (currency, month): rate
        for currency, month, rate in rows_of(
            simulated,
            "select currency, month_start, exchange_rate"
            " from intermediate.int_exchange_rates_monthly",
        )
    }


@pytest.fixture(scope="module")
def documents(simulated: Published, client_of: dict[str, str]) -> list[receivables.Document]:
    """Documents of the ledger that count, signed."""
    terms = dict(rows_of(simulated, "select account_id, payment_terms_days from crm.accounts"))
    found = []
    for (
        invoice_id,
        customer_id,
        document_type,
        currency,
        issued_on,
        due_on,
        net,
        tax,
        total,
        status,
        credited_invoice_id,
    ) in rows_of(
        simulated,
        "select invoice_id, customer_id, document_type, currency, issued_on, due_on, net_amount,"
        " tax_amount, total_amount, status, credited_invoice_id from accounting.invoices",
    ):
        if status in ("draft", "voided") or issued_on > AS_OF:
            continue
        is_credit_note = document_type == "credit_note"
        gross = total if total is not None else net + (tax or 0)
        client_id = client_of[customer_id]
        late = date.fromordinal(issued_on.toordinal() + (terms.get(client_id) or 0))
        found.append(
            receivables.Document(
                invoice_id,
                client_id,
                is_credit_note,
                currency,
                issued_on,
                due_on or late,
                -abs(gross) if is_credit_note else gross,
                status,
                credited_invoice_id,
            )
        )
    return found


@pytest.fixture(scope="module")
def payments(simulated: Published, client_of: dict[str, str]) -> list[receivables.Payment]:
    """Payments up to the run's day."""
    return [
        receivables.Payment(payment_id, client_of[customer_id], *rest)
        for payment_id, customer_id, *rest in rows_of(
            simulated,
            "select payment_id, customer_id, invoice_id, currency, paid_on, amount"
            f" from accounting.payments where paid_on <= date '{AS_OF}'",
        )
    ]


def test_every_row(
    simulated: Published,
    documents: list[receivables.Document],
    payments: list[receivables.Payment],
    rates: dict[tuple[str, date], Decimal],
) -> None:
    columns = receivables.Receivables._fields
    expected = receivables.receivables(documents, payments, rates, AS_OF, DSO_DAYS)
    marts = PublishedFile(simulated.database)
    found = read_mart(marts, "kpi_receivables", ("stated_on", "client_id"), columns)
    assert_same("kpi_receivables", columns, expected, found)


def test_rows_add_up_and_roll_forward(simulated: Published) -> None:
    broken = marts_of(
        simulated,
        """
        select stated_on, client_id from marts.kpi_receivables
        where
            not_due + days_1_30 + days_31_60 + days_61_90 + days_over_90
            + unapplied_cash + open_credit_notes <> outstanding_total
            or opening + credit_sales - collected <> outstanding_total
        """,
    )
    assert not broken


def test_the_ledger_ties_but_for_exchange_differences(
    simulated: Published,
    documents: list[receivables.Document],
    payments: list[receivables.Payment],
) -> None:
    """Totals of the ledger are of postings at their day's rate, in cents."""
    quoted = {
        (currency, day): rate
        for currency, day, rate in rows_of(
            simulated, "select from_currency, rate_on, rate from accounting.exchange_rates"
        )
    }

    def posted(currency: str, day: date, amount: Decimal) -> Decimal:
        rate = Decimal(1) if currency == "EUR" else quoted[currency, day]
        return round(amount * rate, 2)

    changes = [(d.issued_on, posted(d.currency, d.issued_on, d.total)) for d in documents]
    changes += [(p.paid_on, -posted(p.currency, p.paid_on, p.amount)) for p in payments]
    months = rows_of(
        simulated,
        "select month, amount from accounting.control_totals where measure = 'receivables'",
    )
    assert len(months) == 60
    stated = {
        day: (total, difference)
        for day, total, difference in marts_of(
            simulated,
            "select stated_on, sum(outstanding_total), max(ledger_difference)"
            " from marts.kpi_receivables group by stated_on",
        )
    }
    told_apart = dict(
        rows_of(
            simulated,
            "select stated_on, exchange_difference from intermediate.int_receivables_ledger",
        )
    )
    for month, amount in months:
        day = month_end(month)
        as_posted = sum(change for on, change in changes if on <= day)
        total, difference = stated[day]
        # Rates are quoted in eight places; the ledger's are longer.
        assert abs(as_posted - amount) < Decimal("0.10")
        assert abs(difference) < Decimal("0.10")
        assert abs(total + told_apart[day] - amount) < Decimal("0.10")
    assert any(abs(difference) > 1 for difference in told_apart.values())


def test_the_ledger_ties_exactly_where_nothing_is_converted(
    documents: list[receivables.Document],
    payments: list[receivables.Payment],
    simulated: Published,
) -> None:
    """Open items of one currency are its documents less its payments, to the last place."""
    euros = sum((d.total for d in documents if d.currency == "EUR"), Decimal(0)) - sum(
        (p.amount for p in payments if p.currency == "EUR"), Decimal(0)
    )
    [(found,)] = rows_of(
        simulated,
        """
        with euros as (
            select invoice_id as item_id from accounting.invoices where currency = 'EUR'
            union all
            select payment_id from accounting.payments where currency = 'EUR'
        )
        select sum(outstanding) from intermediate.int_receivable_balances
        semi join euros using (item_id)
        where next_change_on is null
        """,
    )
    assert found == euros


def test_no_row_is_called_untied(simulated: Published) -> None:
    [(untied, rows)] = marts_of(
        simulated,
        "select count(*) filter (reliability_reasons like '%receivables_do_not_tie%'), count(*)"
        " from marts.kpi_receivables",
    )
    assert (untied, rows > 0) == (0, True)


@pytest.fixture(scope="module")
def promises(simulated: Published) -> list[payment_plan.Promise]:
    """Promises the CRM holds."""
    return [
        payment_plan.Promise(*row)
        for row in rows_of(
            simulated,
            "select promise_id, invoice_id, promised_on, amount, currency, created_at"
            " from crm.payment_promises",
        )
    ]


def test_every_row_of_the_payment_plan(
    simulated: Published,
    documents: list[receivables.Document],
    payments: list[receivables.Payment],
    promises: list[payment_plan.Promise],
    rates: dict[tuple[str, date], Decimal],
) -> None:
    """Reps of documents, proven elsewhere, are read as they are."""
    reps = (
        dict(
            rows_of(
                simulated,
                "select invoice_id, rep_id from intermediate.int_document_reps where is_primary",
            )
        ),
        dict(
            rows_of(
                simulated,
                "select client_id, owner_rep_id from core.dim_clients"
                " where owner_rep_id is not null",
            )
        ),
    )
    columns = payment_plan.PlanFact._fields
    expected = payment_plan.plan_fact(
        documents, payments, promises, rates, reps, AS_OF, PLAN_WINDOW
    )
    assert any(row.planned_promised for row in expected.values())
    assert any(day > AS_OF for day, _, _ in expected)
    found = read_mart(
        PublishedFile(simulated.database),
        "kpi_payment_plan_fact",
        ("planned_for", "client_id", "rep_id"),
        columns,
    )
    assert_same("kpi_payment_plan_fact", columns, expected, found)


def test_paid_of_the_plan_is_what_receivables_collected(simulated: Published) -> None:
    """Of the two whole months the window holds."""
    of_plan = marts_of(
        simulated,
        "select date_trunc('month', planned_for) as month, client_id, sum(paid)"
        " from marts.kpi_payment_plan_fact"
        f" where planned_for between date '2025-11-01' and date '{AS_OF}'"
        " group by all having sum(paid) <> 0 order by all",
    )
    of_receivables = marts_of(
        simulated,
        "select date_trunc('month', stated_on) as month, client_id, collected"
        " from marts.kpi_receivables"
        f" where stated_on between date '2025-11-01' and date '{AS_OF}' and collected <> 0"
        " order by all",
    )
    assert of_plan == of_receivables
    assert len(of_plan) > 50
