"""What is in focus in a simulated company, every row against the oracle.

Tiers, potentials and outlets are taken from their marts, which have oracles of their own.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.integration.warehouse import rows
from tests.oracle import focus
from tests.oracle.bills import Books

AS_OF = date(2025, 12, 31)


def test_the_focus_list(simulated: Published) -> None:
    books = Books(simulated.command.warehouse)
    chosen = SIMULATED_COMPANY.focus_list
    settings = focus.Settings(
        Fraction(str(chosen.reach_share)),
        chosen.minimum_like_outlets,
        Fraction(str(chosen.lift_below_share)),
        chosen.drop_months,
        Fraction(str(chosen.untapped_headroom_share)),
    )
    potentials = read_mart(
        simulated,
        "kpi_client_potential",
        ("client_id", "fiscal_year"),
        ("potential", "headroom"),
    )
    newest = max(year for _, year in potentials)
    tiers = read_mart(
        simulated,
        "kpi_client_tiers",
        ("client_id",),
        ("territory_id", "segment", "tier", "revenue_12_months"),
    )
    known = {
        client: (name or territory, band or "unknown")
        for client, territory, name, band in rows(
            simulated,
            "select client_id, territory_id, territory_name, size_band from core.dim_clients",
        )
    }
    clients = {
        client: focus.Client(
            territory,
            known[client][0],
            (segment, known[client][1]),
            tier,
            revenue,
            *potentials.get((client, newest), (None, None)),
        )
        for (client,), (territory, segment, tier, revenue) in tiers.items()
    }
    regions = [
        focus.Region(region, month, last_day, needed, feasible, average)
        for (region, month), (last_day, needed, feasible, average) in read_mart(
            simulated,
            "kpi_outlet_allocation",
            ("region", "month_start"),
            ("period_end", "new_outlets_needed", "feasible_new_outlets", "average_outlet_sales"),
        ).items()
        if last_day >= AS_OF
    ]
    losses = focus.losses(books, settings.drop_months)
    expected = {
        (item,): row
        for item, row in focus.focus_list(clients, regions, losses, settings, AS_OF).items()
    }
    assert {row.kind for row in expected.values()} == {
        "open_outlet",
        "strengthen_client",
        "lift_outlet",
        "drop_outlet",
        "untapped_territory",
    }
    columns = focus.Item._fields
    found = read_mart(simulated, "kpi_focus_list", ("item_id",), columns)
    assert_same("kpi_focus_list", columns, expected, found)
