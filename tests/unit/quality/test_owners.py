"""An owner gets the rows that have to be mended, as they were exported."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import PipelineError
from dagster_project.quality.owners import costs, describe, write_owners_files
from dagster_project.settings import Environment, Settings
from tests.unit.ingestion.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Invoices with a broken record, and an amount that is none after it."""
    site = Site(tmp_path)
    site.map_invoices(", encoding: cp1251")
    lines = ["id,day,amount", "1,2025-01-01,10", "2,2025-01-02,5,5", "3,2025-01-03,ж", "4,,7"]
    site.deliver("books/invoices.csv", "\n".join(lines).encode("cp1251"))
    site.land(max_set_aside_share=1.0)
    return site


@pytest.fixture
def settings(site: Site) -> Settings:
    return Settings(Environment.PRODUCTION, site.folder, site.folder, None)


def publish(site: Site, settings: Settings) -> None:
    """Publish what was set aside, as ``dq_findings`` has it."""
    (load,) = site.loads()
    settings.published_dir.mkdir()
    with duckdb.connect(str(settings.published_path)) as connection:
        connection.execute("CREATE SCHEMA marts")
        connection.execute(
            "CREATE TABLE marts.dq_findings AS SELECT *, 'error' AS severity, "
            f"'set aside' AS action FROM '{load.findings_path(site.lake_dir)}'"
        )


def test_every_fault_comes_with_its_row(site: Site, settings: Settings) -> None:
    publish(site, settings)
    (written,) = write_owners_files(settings, site.folder / "findings")
    assert written.path == site.folder / "findings" / "books" / "invoices.csv"
    with written.path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == written.faults == 3
    assert [(row["row"], row["rule"], row["id"], row["amount"]) for row in rows] == [
        ("2", "malformed_record", "", ""),
        ("3", "type", "3", "ж"),
        ("4", "missing_value", "4", "7"),
    ]
    assert rows[0]["value"] == "2,2025-01-02,5,5"


def test_the_dearest_is_listed_first(site: Site, settings: Settings) -> None:
    publish(site, settings)
    said = describe(costs(settings), [])
    assert said.splitlines()[0] == "Findings by cost: 3"
    assert said.splitlines()[1].startswith(
        "  books, accounting.invoices: 1 missing_value, set aside, about 7.00"
    )


def test_without_a_published_run_there_is_nothing_to_list(settings: Settings) -> None:
    with pytest.raises(PipelineError, match="nothing was published yet"):
        costs(settings)
