"""The SQL of the measures, at its limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.quality import measures
from tests.unit.quality.inputs import AS_OF_DATE, SOUND
from tests.unit.quality.warehouse import create_warehouse

INVOICES = "accounting.invoices"
CUSTOMERS = "accounting.customers"
TOTALS = "accounting.control_totals"


class Warehouse:
    """Contract tables in a file, and what a measure says of them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, script: str) -> None:
        self.connection.execute(script)

    def measure(self, query: str, table: str) -> tuple[bool, str, int | None]:
        cursor = self.connection.execute(query.format(batch=f"(SELECT * FROM {table})"))
        names = [column[0] for column in cursor.description or ()]
        ((is_within, observed, unexpected_count),) = cursor.fetchall()
        assert names == ["is_within", "observed", "unexpected_count"]
        return is_within, observed, unexpected_count


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    path = create_warehouse(tmp_path / "warehouse.duckdb", SOUND)
    with duckdb.connect(str(path)) as connection:
        yield Warehouse(connection)


def test_freshness_counts_the_limit_day_as_fresh(warehouse: Warehouse) -> None:
    # The newest invoice is of 5 June, 25 days before.
    assert warehouse.measure(measures.freshness("issued_on", AS_OF_DATE, 25), INVOICES) == (
        True,
        "newest is of 2025-06-05, 25 days old",
        None,
    )
    assert not warehouse.measure(measures.freshness("issued_on", AS_OF_DATE, 24), INVOICES)[0]


def test_future_rows_make_nothing_fresh(warehouse: Warehouse) -> None:
    warehouse.run(f"UPDATE {INVOICES} SET issued_on = DATE '2025-07-01'")
    assert warehouse.measure(measures.freshness("issued_on", AS_OF_DATE, 9999), INVOICES) == (
        False,
        "no dated row",
        None,
    )


def test_an_evening_call_on_the_day_is_fresh(warehouse: Warehouse) -> None:
    fresh, observed, _ = warehouse.measure(
        measures.freshness("occurred_at", AS_OF_DATE, 0), "crm.activities"
    )
    assert fresh, observed


@pytest.mark.parametrize("code", ["eur", "EURO", "EU", "E R", "€", ""])
def test_what_is_no_currency_code(warehouse: Warehouse, code: str) -> None:
    warehouse.connection.execute(
        f"UPDATE {INVOICES} SET currency = ? WHERE invoice_id = 'I0-0'", [code]
    )
    assert warehouse.measure(measures.currency_codes("currency"), INVOICES) == (
        False,
        f"1 of 72 values, such as {code}",
        1,
    )


def test_a_missing_currency_is_not_a_wrong_one(warehouse: Warehouse) -> None:
    warehouse.run(f"UPDATE {INVOICES} SET currency = NULL WHERE invoice_id = 'I0-0'")
    assert warehouse.measure(measures.currency_codes("currency"), INVOICES) == (
        True,
        "0 of 71 values",
        0,
    )


def test_a_document_without_lines_does_not_tie(warehouse: Warehouse) -> None:
    warehouse.run("DELETE FROM accounting.invoice_lines WHERE invoice_id IN ('I0-0', 'I0-1')")
    query = measures.untied_revenue(AS_OF_DATE, 0.01, 0.02)
    assert warehouse.measure(query, INVOICES) == (False, "2.78 % of revenue, 2 documents", 2)


@pytest.mark.parametrize(
    ("difference", "tolerance", "untied"),
    [
        ("0.0099", 0.01, 0),
        ("0.01", 0.01, 1),
        ("-0.01", 0.01, 1),
        # Without a tolerance, documents that tie exactly still tie.
        ("0", 0, 0),
        ("0.0001", 0, 1),
    ],
)
def test_a_difference_of_the_tolerance_does_not_tie(
    warehouse: Warehouse, difference: str, tolerance: float, untied: int
) -> None:
    warehouse.run(
        f"UPDATE {INVOICES} SET net_amount = 100 + {difference} WHERE invoice_id = 'I0-0'"
    )
    _, _, count = warehouse.measure(measures.untied_revenue(AS_OF_DATE, tolerance, 1), INVOICES)
    assert count == untied


def test_a_share_at_its_limit_passes(warehouse: Warehouse) -> None:
    # 18 of 72 equal invoices are of each customer.
    warehouse.run(f"DELETE FROM {CUSTOMERS} WHERE customer_id = 'K1'")
    for limit, expected in ((0.25, True), (0.2499, False)):
        assert warehouse.measure(
            measures.revenue_without_customer(AS_OF_DATE, limit), INVOICES
        ) == (expected, "25.0 % of revenue, 18 documents", 18)


@pytest.mark.parametrize(
    "change",
    ["status = 'draft'", "status = 'voided'", "issued_on = DATE '2025-07-01'"],
)
def test_what_does_not_count_is_not_revenue(warehouse: Warehouse, change: str) -> None:
    warehouse.run(f"DELETE FROM {CUSTOMERS} WHERE customer_id = 'K1'")
    warehouse.run(f"UPDATE {INVOICES} SET {change} WHERE customer_id = 'K1'")
    query = measures.revenue_without_customer(AS_OF_DATE, 0)
    assert warehouse.measure(query, INVOICES) == (True, "0.0 % of revenue, 0 documents", 0)


def test_currencies_are_weighted_by_documents_not_added_up(warehouse: Warehouse) -> None:
    # Half the documents in yen, a thousand times the figures, all of them known.
    warehouse.run(f"DELETE FROM {CUSTOMERS} WHERE customer_id = 'K1'")
    warehouse.run(
        f"UPDATE {INVOICES} SET currency = 'JPY', net_amount = 100000 "
        "WHERE customer_id IN ('K3', 'K4')"
    )
    _, observed, _ = warehouse.measure(measures.revenue_without_customer(AS_OF_DATE, 1), INVOICES)
    assert observed == "25.0 % of revenue, 18 documents"


def test_no_documents_are_no_problem_of_reconciliation(warehouse: Warehouse) -> None:
    warehouse.run(f"DELETE FROM {INVOICES}")
    query = measures.untied_revenue(AS_OF_DATE, 0.01, 0)
    assert warehouse.measure(query, INVOICES) == (True, "0.0 % of revenue, 0 documents", 0)


@pytest.mark.parametrize(
    ("column", "customer"),
    [("crm_account_id", "K1"), ("tax_id", "K2"), ("domain", "K3"), ("customer_name", "K4")],
)
def test_each_way_to_an_account(warehouse: Warehouse, column: str, customer: str) -> None:
    """K1 leads there by a merged account, K2 to K4 by tax id, domain and name."""
    query = measures.revenue_without_account(AS_OF_DATE, 0)
    assert warehouse.measure(query, CUSTOMERS)[0]
    warehouse.run(f"UPDATE {CUSTOMERS} SET {column} = 'nothing' WHERE customer_id = '{customer}'")
    assert warehouse.measure(query, CUSTOMERS) == (False, "25.0 % of revenue, 18 documents", 18)


def test_control_totals_name_the_largest_difference(warehouse: Warehouse) -> None:
    warehouse.run(f"UPDATE {TOTALS} SET amount = 801 WHERE month = DATE '2025-01-01'")
    warehouse.run(f"UPDATE {TOTALS} SET amount = 700 WHERE month = DATE '2025-02-01'")
    assert warehouse.measure(measures.control_totals(AS_OF_DATE, 0.01), TOTALS) == (
        False,
        "2 of 9 months differ, most 2025-02 with a total of 700.0000 and documents of 800.0000",
        2,
    )


def test_credit_notes_lower_revenue_whatever_their_sign(warehouse: Warehouse) -> None:
    warehouse.run(
        f"""
        UPDATE {INVOICES} SET document_type = 'credit_note' WHERE invoice_id = 'I0-0';
        UPDATE {INVOICES} SET document_type = 'credit_note', net_amount = -100
        WHERE invoice_id = 'I0-1';
        UPDATE {TOTALS} SET amount = 400 WHERE month = DATE '2024-10-01'
        """
    )
    is_within, observed, _ = warehouse.measure(measures.control_totals(AS_OF_DATE, 0.01), TOTALS)
    assert is_within, observed


@pytest.mark.parametrize(
    "change",
    [
        # The running month is not over,
        f"INSERT INTO {TOTALS} BY NAME SELECT DATE '2025-07-01' AS month, 'revenue' AS measure, "
        "5 AS amount, 'EUR' AS currency",
        # this one is from before the extracts begin,
        f"INSERT INTO {TOTALS} BY NAME SELECT DATE '2024-09-01' AS month, 'revenue' AS measure, "
        "5 AS amount, 'EUR' AS currency",
        # this is no revenue,
        f"INSERT INTO {TOTALS} BY NAME SELECT DATE '2025-05-01' AS month, 'payments' AS measure, "
        "5 AS amount, 'EUR' AS currency",
        # and these cannot be compared without rates.
        f"UPDATE {INVOICES} SET currency = 'USD', net_amount = 1 WHERE invoice_id = 'I0-0'",
        f"UPDATE {TOTALS} SET currency = 'USD', amount = 1 WHERE month = DATE '2025-01-01'",
    ],
)
def test_totals_that_say_nothing_of_the_documents(warehouse: Warehouse, change: str) -> None:
    warehouse.run(change)
    is_within, observed, _ = warehouse.measure(measures.control_totals(AS_OF_DATE, 0.01), TOTALS)
    assert is_within, observed


def test_a_total_of_a_month_without_documents_differs(warehouse: Warehouse) -> None:
    warehouse.run(f"DELETE FROM {INVOICES} WHERE invoice_id LIKE 'I3-%'")
    assert not warehouse.measure(measures.control_totals(AS_OF_DATE, 0.01), TOTALS)[0]


@pytest.mark.parametrize(
    ("amount", "is_usual"), [("500", True), ("501", False), ("20", True), ("19.99", False)]
)
def test_newest_month_revenue_may_be_five_times_more_or_less(
    warehouse: Warehouse, amount: str, is_usual: bool
) -> None:
    warehouse.run(f"UPDATE {INVOICES} SET net_amount = {amount} WHERE invoice_id LIKE 'I8-%'")
    assert warehouse.measure(measures.newest_month_revenue(AS_OF_DATE), INVOICES)[0] is is_usual


def test_newest_month_invoices_are_counted_not_credit_notes(warehouse: Warehouse) -> None:
    warehouse.run(
        f"UPDATE {INVOICES} SET document_type = 'credit_note' "
        "WHERE invoice_id LIKE 'I8-%' AND invoice_id <> 'I8-0'"
    )
    assert warehouse.measure(measures.newest_month_invoices(AS_OF_DATE), INVOICES) == (
        False,
        "2025-06 is 0.13 times its usual",
        None,
    )


def test_a_running_month_is_not_held_against_whole_ones(warehouse: Warehouse) -> None:
    warehouse.run(f"DELETE FROM {INVOICES} WHERE invoice_id LIKE 'I8-%' AND invoice_id <> 'I8-0'")
    query = measures.newest_month_revenue(dt.date(2025, 6, 29))
    assert warehouse.measure(query, INVOICES)[1] == "2025-05 is 1.0 times its usual"


@pytest.mark.parametrize(("deleted", "months"), [("I[012]-.*", 5), (".*", 0)])
def test_too_little_history_is_said_not_judged(
    warehouse: Warehouse, deleted: str, months: int
) -> None:
    warehouse.run(f"UPDATE {INVOICES} SET net_amount = 9999 WHERE invoice_id LIKE 'I8-%'")
    warehouse.run(f"DELETE FROM {INVOICES} WHERE regexp_full_match(invoice_id, '{deleted}')")
    assert warehouse.measure(measures.newest_month_revenue(AS_OF_DATE), INVOICES) == (
        True,
        f"too little history, {months} months",
        None,
    )
