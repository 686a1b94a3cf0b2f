"""Every row of the work plans' marts of a simulated company against the plain-Python oracle."""

from __future__ import annotations

from datetime import date

import pytest

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import work
from tests.oracle.bills import Books


@pytest.fixture(scope="module")
def books(simulated: Published) -> Books:
    """What the simulated company's run landed."""
    return Books(simulated.command.warehouse)


def test_the_day_that_oracles_read_from_the_run_is_the_last_of_the_history(books: Books) -> None:
    assert books.as_of == date(2025, 12, 31)


def test_work_plan(books: Books, simulated: Published) -> None:
    columns = work.Work._fields
    keys = ("rep_id", "period_type", "period_start", "item")
    expected = work.work_plan(books)
    done = {key[3] for key, row in expected.items() if row.done}
    assert done == {"visits", "development", "lift", "collections"}
    assert_same(
        "kpi_work_plan", columns, expected, read_mart(simulated, "kpi_work_plan", keys, columns)
    )


def test_client_actions(books: Books, simulated: Published) -> None:
    columns = work.Action._fields
    window = SIMULATED_COMPANY.client_actions.result_window_days
    expected = work.client_actions(books, window)
    assert any(row.received for row in expected.values())
    found = read_mart(simulated, "kpi_client_actions", ("action_id",), columns)
    assert_same("kpi_client_actions", columns, expected, found)
