"""Every client's brief of a simulated company against the oracle and the marts it sums up."""

from __future__ import annotations

from datetime import date

import pytest

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import brief
from tests.oracle.bills import Books

AS_OF = date(2025, 12, 31)


@pytest.fixture(scope="module")
def books(simulated: Published) -> Books:
    """What the simulated company's run landed."""
    return Books(simulated.command.warehouse)


def test_what_a_visit_needs(books: Books, simulated: Published) -> None:
    columns = brief.Brief._fields
    found = read_mart(simulated, "kpi_client_brief", ("client_id",), columns)
    expected = {(client,): row for client, row in brief.briefs(books).items()}
    assert found.keys() <= expected.keys()
    left_out = [row for key, row in expected.items() if key not in found]
    assert not any(row.revenue_12_months or row.open_deals for row in left_out)
    assert any(row.deal_mix for row in expected.values())
    assert any(row.next_step for row in expected.values())
    assert_same("kpi_client_brief", columns, {key: expected[key] for key in found}, found)


def test_the_statement_is_that_of_the_receivables(simulated: Published) -> None:
    columns = ("outstanding_total", "open_invoices", "unapplied_cash")
    found = read_mart(simulated, "kpi_client_brief", ("client_id",), columns)
    owed = read_mart(
        simulated,
        "kpi_receivables",
        ("stated_on", "client_id"),
        ("outstanding_total", "n_open_invoices", "unapplied_cash"),
    )
    stated = {(client,): row for (day, client), row in owed.items() if day == AS_OF and row[1]}
    assert stated
    assert stated.keys() <= found.keys()
    assert_same("kpi_client_brief", columns, stated, {key: found[key] for key in stated})


def test_the_plan_is_that_of_the_client_plan(simulated: Published) -> None:
    columns = ("month_plan_low", "month_plan_high", "month_attainment")
    found = read_mart(simulated, "kpi_client_brief", ("client_id",), columns)
    plans = read_mart(
        simulated,
        "kpi_client_plan",
        ("level", "period_type", "period_start", "entity_id"),
        ("plan_low", "plan_high", "attainment"),
    )
    planned = {
        (key[3],): row
        for key, row in plans.items()
        if key[:3] == ("client", "month", date(2025, 12, 1)) and row[1]
    }
    assert planned
    assert_same("kpi_client_brief", columns, planned, {key: found[key] for key in planned})
