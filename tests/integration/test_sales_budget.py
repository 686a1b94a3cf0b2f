"""Every row of the budget's marts of a simulated company against the plain-Python oracle."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import budget
from tests.oracle.bills import Books

SETTINGS = SIMULATED_COMPANY.budget.model_dump(mode="json")
FIRST_MONTH = SIMULATED_COMPANY.fiscal_year_first_month


@pytest.fixture(scope="module")
def books(simulated: Published) -> Books:
    """What the simulated company's run landed."""
    return Books(simulated.command.warehouse)


def test_sales_budget(books: Books, simulated: Published) -> None:
    columns = budget.MonthOfCosts._fields
    keys = ("month_start", "category", "is_recurring")
    expected = budget.sales_budget(books, SETTINGS, FIRST_MONTH)
    assert expected
    found = read_mart(simulated, "kpi_sales_budget", keys, columns)
    assert_same("kpi_sales_budget", columns, expected, found)


def test_plan_return(books: Books, simulated: Published) -> None:
    columns = budget.PlanReturn._fields
    expected = budget.plan_return(books, SETTINGS, FIRST_MONTH)
    assert expected
    found = read_mart(simulated, "kpi_plan_return", ("fiscal_year",), columns)
    assert_same("kpi_plan_return", columns, expected, found)


def test_every_cost_is_in_the_budget_once(books: Books, simulated: Published) -> None:
    """No type of cost is configured away, so all that was booked is all that was spent."""
    booked = sum(
        (
            books.worth(row["amount"], row["currency"], row[day]) or Decimal(0)
            for table, day in (("sales_expenses", "spent_on"), ("rep_costs", "month"))
            for row in books.rows(f"accounting.{table}")
        ),
        Decimal(0),
    )
    with duckdb.connect(str(simulated.database), read_only=True) as connection:
        spent = connection.execute("select sum(actual) from marts.kpi_sales_budget").fetchone()
    assert spent == (booked,)
