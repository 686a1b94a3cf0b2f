"""Which checks a table gets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from dagster_project.company import Company, load_company
from dagster_project.ingestion.contract import CONTRACT
from dagster_project.quality import suites
from dagster_project.quality.checks import Check, Severity
from dagster_project.quality.suites import input_checks

AS_OF_DATE = dt.date(2025, 6, 30)
CONFIG = Path(__file__).parents[3] / "config" / "company.yml"


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(CONFIG)


def checks_of(
    company: Company, *tables: str, previous_row_counts: Mapping[str, int] | None = None
) -> dict[tuple[str, str], Check]:
    checks = input_checks(
        mapped_tables=tables,
        company=company,
        as_of_date=AS_OF_DATE,
        previous_row_counts=previous_row_counts or {},
    )
    by_name = {(check.table, check.name): check for check in checks}
    assert len(by_name) == len(checks), "a name stands for one check of its table"
    return by_name


def test_only_mapped_tables_are_judged(company: Company) -> None:
    assert {table for table, _ in checks_of(company, "crm.reps", "accounting.payments")} == {
        "crm.reps",
        "accounting.payments",
    }
    assert checks_of(company) == {}


def test_every_table_is_judged_in_the_order_of_the_contract(company: Company) -> None:
    tables = [table for table, _ in checks_of(company, *reversed(list(CONTRACT)))]
    assert list(dict.fromkeys(tables)) == list(CONTRACT)


def test_named_tables_are_in_the_contract_and_dated() -> None:
    for table in (*suites.FRESH_TABLES, *suites.PAST_TABLES):
        assert CONTRACT[table].period_column is not None
    assert set(suites.POSSIBLY_EMPTY_TABLES) <= set(CONTRACT)


def test_every_currency_column_is_judged(company: Company) -> None:
    judged = {
        (table, name.removesuffix("_is_iso_4217"))
        for table, name in checks_of(company, *CONTRACT)
        if name.endswith("_is_iso_4217")
    }
    assert judged == {
        (table.name, column.name)
        for table in CONTRACT.values()
        for column in table.columns
        if "currency" in column.name
    }


def test_an_empty_table_is_critical_unless_nothing_may_have_happened(company: Company) -> None:
    checks = checks_of(company, "accounting.invoices", "crm.account_merges")
    assert checks["accounting.invoices", "table_has_rows"].severity is Severity.CRITICAL
    assert checks["crm.account_merges", "table_has_rows"].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("previous", "limits"),
    [
        # A change by max_row_count_change_share, 0.5, is still believed.
        (70, {"min_value": 35, "max_value": 105}),
        (7, {"min_value": 4, "max_value": 10}),
    ],
)
def test_row_count_follows_the_load_before(
    company: Company, previous: int, limits: dict[str, int]
) -> None:
    checks = checks_of(company, "crm.reps", previous_row_counts={"crm.reps": previous})
    assert checks["crm.reps", "row_count_is_steady"].expectation.kwargs == limits


@pytest.mark.parametrize("counts", [{}, {"crm.reps": 0}, {"crm.leads": 9}])
def test_row_count_without_a_load_before_is_not_judged(
    company: Company, counts: dict[str, int]
) -> None:
    assert ("crm.reps", "row_count_is_steady") not in checks_of(
        company, "crm.reps", previous_row_counts=counts
    )


def test_a_wide_limit_never_asks_for_less_than_no_rows(company: Company) -> None:
    wide = company.model_copy(
        update={"checks": company.checks.model_copy(update={"max_row_count_change_share": 3.0})}
    )
    checks = checks_of(wide, "crm.reps", previous_row_counts={"crm.reps": 10})
    assert checks["crm.reps", "row_count_is_steady"].expectation.kwargs == {
        "min_value": 0,
        "max_value": 40,
    }


def test_a_promise_may_lie_in_the_future(company: Company) -> None:
    names = {name for _, name in checks_of(company, "crm.payment_promises", "crm.contracts")}
    assert not {name for name in names if name.endswith("_is_not_in_future")}


def test_reconciliation_needs_both_sides(company: Company) -> None:
    alone = {
        name
        for table in ("accounting.invoices", "accounting.customers", "accounting.control_totals")
        for _, name in checks_of(company, table)
    }
    together = {
        name
        for _, name in checks_of(
            company,
            "crm.accounts",
            "accounting.invoices",
            "accounting.invoice_lines",
            "accounting.customers",
            "accounting.control_totals",
        )
    }
    reconciliations = {
        "invoices_tie_to_lines",
        "invoices_have_known_customers",
        "customers_lead_to_accounts",
        "revenue_ties_to_control_totals",
    }
    assert reconciliations <= together
    assert not reconciliations & alone


def test_every_remedy_is_a_sentence(company: Company) -> None:
    for check in checks_of(company, *CONTRACT).values():
        assert check.remedy.endswith(".")
        assert check.remedy[0].isupper()
        # Great Expectations renders texts as templates, in which $ means a parameter.
        assert "$" not in check.remedy + check.expected
