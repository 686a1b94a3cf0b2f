"""Every rep's results of a simulated company, in every period, against the oracle."""

from __future__ import annotations

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import rep_performance
from tests.oracle.bills import Books
from tests.oracle.dates import Calendar
from tests.oracle.people import People

FISCAL_YEAR_FIRST_MONTH = 4


def test_what_every_rep_brought_and_did(simulated: Published) -> None:
    warehouse = simulated.command.warehouse
    expected = rep_performance.performance(
        Books(warehouse),
        People(warehouse, Calendar(FISCAL_YEAR_FIRST_MONTH, {})),
        FISCAL_YEAR_FIRST_MONTH,
    )
    assert any(row.coaching_effect and row.coaching_effect_of_peers for row in expected.values())
    assert any(row.win_rate_by_value for row in expected.values())
    columns = rep_performance.Performance._fields
    keys = ("period_type", "period_start", "rep_id")
    found = read_mart(simulated, "kpi_rep_performance", keys, columns)
    # A plan or last year's revenue alone has a row too, and so has coaching alone none.
    nothing = {key: row for key, row in found.items() if key not in expected}
    assert not any(any(part for part in row) for row in nothing.values())
    given = {key: row for key, row in expected.items() if any(row[:8])}
    assert_same("kpi_rep_performance", columns, given, {key: found[key] for key in given})
