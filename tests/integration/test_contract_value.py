"""What is signed with every client of a simulated company, against the oracle."""

from __future__ import annotations

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle.bills import Books
from tests.oracle.contract_value import contract_values


def test_total_contract_value(simulated: Published) -> None:
    columns = ("total_contract_value", "contract_value_to_come")
    found = read_mart(simulated, "kpi_client_value", ("client_id",), columns)
    months = SIMULATED_COMPANY.client_value.open_ended_months
    values = contract_values(Books(simulated.command.warehouse), months)
    expected = {key: values.get(key[0], (None, None)) for key in found}
    assert len(values) > 10
    assert values.keys() <= {client for (client,) in found}
    assert any(total > to_come > 0 for total, to_come in values.values())
    assert_same("kpi_client_value", columns, expected, found)
