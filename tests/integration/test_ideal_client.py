"""What the best clients have in common: every group of a simulated company against the oracle.

A client's value and tier are taken from their marts, which have oracles of their own.
"""

from __future__ import annotations

from datetime import date

import pytest

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.integration.warehouse import rows
from tests.oracle import ideal
from tests.oracle.bills import Books

AS_OF = date(2025, 12, 31)
KEYS = ("cut", *ideal.TRAITS)


@pytest.fixture(scope="module")
def profiles(simulated: Published) -> list[ideal.Profile]:
    """The clients that ever bought, from leads, delays and the marts of value and tier."""
    books = Books(simulated.command.warehouse)
    first_lead: dict[str, date] = {}
    for lead in books.rows("crm.leads"):
        client = books.clients.get(lead["account_id"])
        if client is not None and lead["created_at"].date() <= AS_OF:
            created_on = lead["created_at"].date()
            first_lead[client] = min(first_lead.get(client, created_on), created_on)
    delays: dict[str, int] = dict(
        rows(
            simulated,
            """
            select client_id, median_delay from intermediate.int_payment_delays
            where known_from <= date '2025-12-31' and coalesce(known_before, date '9999-12-31')
                > date '2025-12-31'
            """,
        )
    )
    size_bands: dict[str, str] = {
        row["account_id"]: row["size_band"] for row in books.rows("crm.accounts")
    }
    tiers = read_mart(simulated, "kpi_client_tiers", ("client_id",), ("tier",))
    values = read_mart(
        simulated,
        "kpi_client_value",
        ("client_id",),
        (
            "segment",
            "territory_id",
            "acquisition_channel",
            "first_purchase_on",
            "historic_revenue",
            "historic_margin",
            "expected_ltv",
            "is_lost",
        ),
    )
    found = []
    for (client,), (
        segment,
        territory,
        channel,
        first_on,
        revenue,
        margin,
        expected_ltv,
        is_lost,
    ) in values.items():
        if first_on is None:
            continue
        lead_on = first_lead.get(client)
        found.append(
            ideal.Profile(
                {
                    "segment": segment,
                    "size_band": size_bands.get(client) or "unknown",
                    "territory_id": territory,
                    "acquisition_channel": channel,
                },
                revenue=revenue,
                margin=margin,
                expected_ltv=expected_ltv,
                is_lost=is_lost,
                is_top_tier=tiers[client,] == ("tier 1",),
                days_to_first_order=(
                    (first_on - lead_on).days if lead_on and lead_on <= first_on else None
                ),
                payment_delay_days=delays.get(client),
            )
        )
    return found


def test_every_group(profiles: list[ideal.Profile], simulated: Published) -> None:
    columns = ideal.Group._fields
    expected = ideal.groups(profiles, SIMULATED_COMPANY.ideal_client.minimum_clients)
    assert {group.is_small_base for group in expected.values()} == {True, False}
    assert any(group.median_days_to_first_order for group in expected.values())
    assert_same(
        "kpi_ideal_client",
        columns,
        expected,
        read_mart(simulated, "kpi_ideal_client", KEYS, columns),
    )


def test_every_cut_holds_the_same_clients_and_money(simulated: Published) -> None:
    found = read_mart(simulated, "kpi_ideal_client", KEYS, ("clients", "historic_revenue"))
    sums = {
        cut: tuple(
            sum(row[place] for key, row in found.items() if key[0] == cut) for place in (0, 1)
        )
        for cut in ideal.CUTS
    }
    assert len(set(sums.values())) == 1, sums
