"""Every row of the outlets' mart of a simulated company against the plain-Python oracle."""

from __future__ import annotations

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import outlets
from tests.oracle.bills import Books


def test_outlet_allocation(simulated: Published) -> None:
    columns = outlets.Allocation._fields
    expected = outlets.allocations(Books(simulated.command.warehouse))
    assert expected
    found = read_mart(simulated, "kpi_outlet_allocation", ("region", "month_start"), columns)
    assert_same("kpi_outlet_allocation", columns, expected, found)
