"""The presets, over the samples of their systems."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_ROOT
from tests.unit.ingestion.site import Site

EXAMPLES = PROJECT_ROOT / "config" / "examples"


@pytest.fixture
def sample(tmp_path: Path) -> Site:
    """A company whose extracts are the samples of systems, mapped as the examples do."""
    site = Site(tmp_path)
    site.extracts_dir = PROJECT_ROOT / "data" / "systems"
    site.sources_dir = EXAMPLES
    return site


def test_xero_gives_its_sample_s_totals(sample: Site) -> None:
    landing = sample.land("xero_sample")
    assert all(load.rows_set_aside == 0 for load in landing.loads)
    assert sample.totals(
        "accounting.invoices",
        "status",
        "count(*)",
        "sum(total_amount)",
        "list_sort(list(DISTINCT currency))",
    ) == [
        ("open", 13, Decimal("42841.0000"), ["GBP", "USD"]),
        ("paid", 103, Decimal("357700.5900"), ["GBP", "USD"]),
        ("voided", 1, Decimal("6000.0000"), ["USD"]),
    ]


def test_xero_s_sales_tie_to_their_lines_and_have_rates(sample: Site) -> None:
    sample.land("xero_sample")
    [(untied,)] = sample.query(
        f"""
        SELECT count(*) FROM ({sample.sql("accounting.invoices")}) AS invoices
        LEFT JOIN (
            SELECT invoice_id, sum(net_amount) AS net
            FROM ({sample.sql("accounting.invoice_lines")}) GROUP BY invoice_id
        ) AS lines USING (invoice_id)
        WHERE lines.net IS DISTINCT FROM invoices.net_amount
        """
    )
    assert untied == 0
    assert sample.totals("accounting.payments", "currency", "count(*)", "sum(amount)") == [
        ("GBP", 24, Decimal("79322.5000")),
        ("USD", 79, Decimal("278378.0900")),
    ]
    # All in the books' own currency, as the samples' documents say themselves.
    assert sample.totals("accounting.exchange_rates", "to_currency", "min(from_currency)") == [
        ("GBP", "CAD"),
        ("USD", "CAD"),
    ]
