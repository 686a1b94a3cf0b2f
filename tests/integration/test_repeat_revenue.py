"""Every row of repeated revenue of a simulated company against the plain-Python oracle."""

from __future__ import annotations

import duckdb

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import repeat
from tests.oracle.bills import Books

KEYS = ("month_start", "cut", "cut_id")


def test_repeat_revenue(simulated: Published) -> None:
    books = Books(simulated.command.warehouse)
    places = {
        row["client_id"]: (row["segment"], row["territory_id"])
        for row in books.query("select client_id, segment, territory_id from core.dim_clients")
    }
    expected = repeat.repeat_revenue(books, places)
    columns = repeat.Repeat._fields
    found = read_mart(simulated, "kpi_repeat_revenue", KEYS, columns)
    assert_same("kpi_repeat_revenue", columns, expected, found)


def test_both_kinds_of_revenue_add_up_to_net_revenue(simulated: Published) -> None:
    with duckdb.connect(str(simulated.database), read_only=True) as connection:
        net = connection.execute(
            "select period_start, cut, cut_id, net_revenue from marts.kpi_revenue_yoy"
            " where period_type = 'month'"
            " and cut in ('company', 'segment', 'territory', 'rep') and net_revenue <> 0"
        ).fetchall()
        parts = connection.execute(
            "select month_start, cut, cut_id, repeat_revenue + first_time_revenue"
            " from marts.kpi_repeat_revenue where repeat_revenue + first_time_revenue <> 0"
        ).fetchall()
    assert {row[:3]: row[3] for row in parts} == {row[:3]: row[3] for row in net}
