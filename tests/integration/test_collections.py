"""Every row of the collections over a made-up company, and what they must add up to."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import payment_plan, receivables

AS_OF = date(2025, 12, 31)
DSO_DAYS = 90
#: Days back from the run's day and ahead of it.
PLAN_WINDOW = (90, 30)

#: The models of the room in their order, to be built again as of another day.
MODELS = (
    "int_payments",
    "int_receivable_documents",
    "int_receivable_balances",
    "int_receivable_days",
    "int_receivables_stated",
    "int_receivables_ledger",
    "int_payment_delays",
    "int_payments_planned",
    "kpi_receivables",
    "kpi_payment_plan_fact",
)
#: What speaks of no day itself: all it reads ends with the run's.
UNDATED = {"int_receivable_documents", "int_receivable_balances", "int_receivables_ledger"}
MIDDLE_OF_A_MONTH = date(2025, 8, 13)

#: What ledgers and clients do that the made-up company does not: no due day, no total, tax
#: unknown, payments in another currency, and a new promise before the old one is due.
LESS_TIDY = """
CREATE TABLE untidy_invoices AS SELECT * REPLACE (
    CASE WHEN hash(invoice_id) % 5 <> 0 THEN due_on END AS due_on,
    CASE WHEN hash(invoice_id) % 7 > 1 THEN total_amount END AS total_amount,
    CASE WHEN hash(invoice_id) % 7 > 0 THEN tax_amount END AS tax_amount
) FROM accounting.invoices;
CREATE TABLE untidy_payments AS SELECT * REPLACE (
    CASE WHEN hash(payment_id) % 50 = 0 THEN 'EUR' ELSE currency END AS currency
) FROM accounting.payments;
CREATE TABLE untidy_promises AS SELECT * FROM crm.payment_promises
UNION ALL BY NAME SELECT * REPLACE (
    promise_id || 'b' AS promise_id,
    created_at + to_days(CAST(hash(promise_id) % 9 AS INTEGER)) AS created_at,
    CAST(created_at AS DATE) + CAST(hash(promise_id) % 17 AS INTEGER) AS promised_on,
    CAST(amount / 3 AS DECIMAL(18, 4)) AS amount
) FROM crm.payment_promises;
INSERT INTO untidy_promises BY NAME SELECT
    'H' || invoice_id AS promise_id, invoice_id, rep_id, currency,
    CAST(net_amount AS DECIMAL(18, 4)) AS amount,
    issued_on + CAST(hash(invoice_id) % 40 AS INTEGER) AS promised_on,
    CAST(issued_on AS TIMESTAMP) + to_hours(9) AS created_at
FROM accounting.invoices WHERE hash(invoice_id) % 6 = 0;
CREATE OR REPLACE VIEW accounting.invoices AS SELECT * FROM untidy_invoices;
CREATE OR REPLACE VIEW accounting.payments AS SELECT * FROM untidy_payments;
CREATE OR REPLACE VIEW crm.payment_promises AS SELECT * FROM untidy_promises;
"""


@dataclass(frozen=True)
class Books:
    """What a company's ledger and CRM hold on a day."""

    as_of: date
    documents: list[receivables.Document]
    payments: list[receivables.Payment]
    promises: list[payment_plan.Promise]
    rates: dict[tuple[str, date], Decimal]
    reps: tuple[dict[str, str], dict[str, str]]


@dataclass
class Company:
    """A file that holds the marts, and the warehouse they were built in."""

    database: Path
    warehouse: Path
    as_of: date


def rows_of(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a file."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def built_again(simulated: Published, folder: Path, as_of: date) -> Company:
    """The run's own SQL over a less tidy copy of its inputs, as of a day before."""
    target = simulated.command.data_dir / "warehouse" / "dbt"
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    compiled = {result["unique_id"].split(".")[-1]: result for result in results}
    warehouse = folder / "warehouse.duckdb"
    shutil.copy(simulated.command.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(LESS_TIDY)
        connection.execute("DELETE FROM intermediate.int_documents WHERE issued_on > ?", [as_of])
        for name in MODELS:
            code = compiled[name]["compiled_code"]
            assert (f"date '{AS_OF}'" in code) == (name not in UNDATED)
            connection.execute(
                f"CREATE OR REPLACE TABLE {compiled[name]['relation_name']} AS "
                + code.replace(f"date '{AS_OF}'", f"date '{as_of}'")
            )
    return Company(warehouse, warehouse, as_of)


@pytest.fixture(scope="module", params=["as published", "untidy, in the middle of a month"])
def company(
    simulated: Published, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Company:
    """The company as its run left it, and as of a day on which a month has not ended."""
    if request.param == "as published":
        warehouse = simulated.command.warehouse
        return Company(simulated.database, warehouse, AS_OF)
    return built_again(simulated, tmp_path_factory.mktemp("untidy"), MIDDLE_OF_A_MONTH)


@pytest.fixture(scope="module")
def books(company: Company) -> Books:
    """Contract rows; clients, rates and reps of documents are proven elsewhere."""
    client_of = dict(
        rows_of(
            company.warehouse,
            "select customer_id, client_id from intermediate.int_customers_matched",
        )
    )
    return Books(
        company.as_of,
        documents_of(company, client_of),
        [
            receivables.Payment(payment_id, client_of[customer_id], *rest)
            for payment_id, customer_id, *rest in rows_of(
                company.warehouse,
                "select payment_id, customer_id, invoice_id, currency, paid_on, amount"
                f" from accounting.payments where paid_on <= date '{company.as_of}'",
            )
        ],
        [
            payment_plan.Promise(*row)
            for row in rows_of(
                company.warehouse,
                "select promise_id, invoice_id, promised_on, amount, currency, created_at"
                " from crm.payment_promises",
            )
        ],
        {
            (currency, month): rate
            for currency, month, rate in rows_of(
                company.warehouse,
                "select currency, month_start, exchange_rate"
                " from intermediate.int_exchange_rates_monthly",
            )
        },
        (
            dict(
                rows_of(
                    company.warehouse,
                    "select invoice_id, rep_id from intermediate.int_document_reps"
                    " where is_primary",
                )
            ),
            dict(
                rows_of(
                    company.warehouse,
                    "select client_id, owner_rep_id from core.dim_clients"
                    " where owner_rep_id is not null",
                )
            ),
        ),
    )


def documents_of(company: Company, client_of: dict[str, str]) -> list[receivables.Document]:
    """Documents of the ledger that count, signed."""
    terms = dict(
        rows_of(company.warehouse, "select account_id, payment_terms_days from crm.accounts")
    )
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
        company.warehouse,
        "select invoice_id, customer_id, document_type, currency, issued_on, due_on, net_amount,"
        " tax_amount, total_amount, status, credited_invoice_id from accounting.invoices"
        f" where issued_on <= date '{company.as_of}' and status not in ('draft', 'voided')",
    ):
        is_credit_note = document_type == "credit_note"
        gross = total if total is not None else net + (tax or 0)
        client_id = client_of[customer_id]
        found.append(
            receivables.Document(
                invoice_id,
                client_id,
                is_credit_note,
                currency,
                issued_on,
                due_on or issued_on + timedelta(days=terms.get(client_id) or 0),
                -abs(gross) if is_credit_note else gross,
                status,
                credited_invoice_id,
            )
        )
    return found


def test_every_row_of_the_receivables(company: Company, books: Books) -> None:
    columns = receivables.Receivables._fields
    expected = receivables.receivables(
        books.documents, books.payments, books.rates, books.as_of, DSO_DAYS
    )
    found = read_mart(company, "kpi_receivables", ("stated_on", "client_id"), columns)
    assert_same("kpi_receivables", columns, expected, found)


def test_every_row_of_the_payment_plan(company: Company, books: Books) -> None:
    columns = payment_plan.PlanFact._fields
    expected = payment_plan.plan_fact(
        books.documents,
        books.payments,
        books.promises,
        books.rates,
        books.reps,
        books.as_of,
        PLAN_WINDOW,
    )
    assert any(row.planned_promised for row in expected.values())
    assert any(day > books.as_of for day, _, _ in expected)
    keys = ("planned_for", "client_id", "rep_id")
    found = read_mart(company, "kpi_payment_plan_fact", keys, columns)
    assert_same("kpi_payment_plan_fact", columns, expected, found)


def test_rows_add_up_and_roll_forward(company: Company) -> None:
    broken = rows_of(
        company.database,
        """
        select stated_on, client_id from marts.kpi_receivables
        where
            not_due + days_1_30 + days_31_60 + days_61_90 + days_over_90
            + unapplied_cash + open_credit_notes <> outstanding_total
            or opening + credit_sales - collected <> outstanding_total
        """,
    )
    assert not broken


def test_what_is_open_in_one_currency_is_documents_less_payments(
    company: Company, books: Books
) -> None:
    """Where nothing is converted, to the last place."""
    documents = [d for d in books.documents if d.currency == "EUR"]
    payments = [p for p in books.payments if p.currency == "EUR"]
    expected = sum(d.total for d in documents) - sum(p.amount for p in payments)
    items = [d.invoice_id for d in documents] + [p.payment_id for p in payments]
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        found = connection.execute(
            """
            select sum(outstanding) from intermediate.int_receivable_balances
            where next_change_on is null and list_contains(?, item_id)
            """,
            [items],
        ).fetchall()
    assert found == [(expected,)]


def test_paid_of_the_plan_is_what_receivables_collected(company: Company) -> None:
    """Of the two whole months the window holds, or of a whole and a begun one."""
    first = company.as_of.replace(day=1, month=company.as_of.month - 1)
    between = f"between date '{first}' and date '{company.as_of}'"
    of_plan = rows_of(
        company.database,
        "select date_trunc('month', planned_for) as month, client_id, sum(paid)"
        f" from marts.kpi_payment_plan_fact where planned_for {between}"
        " group by all having sum(paid) <> 0 order by all",
    )
    of_receivables = rows_of(
        company.database,
        "select date_trunc('month', stated_on) as month, client_id, collected"
        f" from marts.kpi_receivables where stated_on {between} and collected <> 0"
        " order by all",
    )
    assert of_plan == of_receivables
    assert len(of_plan) > 50


def test_the_ledger_ties_but_for_exchange_differences(simulated: Published) -> None:
    """Totals of the ledger are of postings at their day's rate, in cents."""
    warehouse = simulated.command.warehouse
    totals = dict(
        rows_of(
            warehouse,
            "select last_day(month), amount from accounting.control_totals"
            " where measure = 'receivables'",
        )
    )
    stated = dict(
        rows_of(
            simulated.database,
            "select stated_on, sum(outstanding_total) from marts.kpi_receivables"
            " group by stated_on",
        )
    )
    told_apart = dict(
        rows_of(
            warehouse,
            "select stated_on, exchange_difference from intermediate.int_receivables_ledger",
        )
    )
    # The difference of the two rates of every posting, here of whole days and currencies.
    expected = dict(
        rows_of(
            warehouse,
            """
            with documents as (
                select
                    currency, issued_on as day, document_type = 'credit_note' as is_note,
                    sum(if(is_note, -abs(total_amount), total_amount)) as asked
                from accounting.invoices where status in ('open', 'paid') group by all
            ), postings as (
                select currency, day, asked as amount from documents
                union all select currency, paid_on, -amount from accounting.payments
            ), quotes as (
                select from_currency as currency, rate_on as day, rate
                from accounting.exchange_rates
                union all select 'EUR', day, 1 from (select distinct day from postings)
            )
            select month_end, sum(amount * rate) from postings
            join quotes using (currency, day)
            join intermediate.int_months on day <= month_end
            where month_end <= date '2025-12-31'
            group by month_end
            """,
        )
    )
    assert len(totals) == 60
    for day, total in totals.items():
        # Cents of each posting are rounded, and the ledger's rates are longer than quoted.
        assert abs(stated[day] + told_apart[day] - total) < Decimal("0.10")
        assert abs(float(expected[day]) - float(total)) < 5
    assert any(abs(difference) > 1 for difference in told_apart.values())


def test_no_row_is_called_untied_that_ties(simulated: Published) -> None:
    [(untied, rows)] = rows_of(
        simulated.database,
        "select count(*) filter (reliability_reasons like '%receivables_do_not_tie%'), count(*)"
        " from marts.kpi_receivables",
    )
    assert (untied, rows > 0) == (0, True)


def test_rows_are_called_untied_where_documents_changed(company: Company) -> None:
    """The untidy company's control totals are of what it was before."""
    is_untied = rows_of(
        company.database,
        "select reliability_reasons like '%receivables_do_not_tie%' from marts.kpi_receivables"
        " where stated_on = (select max(stated_on) from marts.kpi_receivables)"
        " group by all",
    )
    assert is_untied == [(company.as_of != AS_OF,)]
