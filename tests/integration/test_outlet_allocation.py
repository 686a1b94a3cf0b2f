"""Every row of the outlets' mart of a simulated company against the plain-Python oracle."""

from __future__ import annotations

from datetime import date

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import outlets
from tests.oracle.planning_contract import Contract


def test_outlet_allocation(simulated: Published) -> None:
    warehouse = simulated.command.data_dir / "warehouse" / "warehouse.duckdb"
    columns = outlets.Allocation._fields
    expected = outlets.allocations(Contract(warehouse, date(2025, 12, 31)))
    assert expected
    found = read_mart(simulated, "kpi_outlet_allocation", ("region", "month_start"), columns)
    assert_same("kpi_outlet_allocation", columns, expected, found)
