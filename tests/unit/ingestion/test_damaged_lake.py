"""A landed file that was damaged or removed behind the pipeline's back."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.errors import ExtractError
from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.ingestion.landing import Landing, land_source
from dagster_project.ingestion.ledger import Ledger
from dagster_project.ingestion.mapping import SourceMapping, load_mapping

MAPPING = """
source: books
folder: books
files:
  territories: {pattern: t.csv, columns: [Id, Name]}
tables:
  crm.territories:
    from: territories
    mode: full
    columns: {territory_id: Id, territory_name: Name}
"""


@pytest.fixture
def mapping(tmp_path: Path) -> SourceMapping:
    (tmp_path / "books.yml").write_text(MAPPING)
    (tmp_path / "extracts" / "books").mkdir(parents=True)
    (tmp_path / "extracts" / "books" / "t.csv").write_text("Id,Name\n1,North\n2,South\n")
    return load_mapping(tmp_path / "books.yml")


def land(mapping: SourceMapping, folder: Path) -> Landing:
    return land_source(
        mapping,
        extracts_dir=folder / "extracts",
        lake_dir=folder / "lake",
        ledger=Ledger(folder / "lake" / "ledger.duckdb"),
        max_set_aside_share=0.0,
    )


def prepare(mapping: SourceMapping, landing: Landing, folder: Path) -> dict[str, int]:
    return prepare_warehouse(
        folder / "warehouse.duckdb",
        folder / "lake",
        landing.loads,
        {mapping.name: mapping},
    )


def test_a_damaged_file_is_named_and_landed_again(mapping: SourceMapping, tmp_path: Path) -> None:
    landing = land(mapping, tmp_path)
    path = landing.loads[0].rows_path(tmp_path / "lake")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ExtractError, match=rf"{path.name}.*damaged.*Remove it and run again"):
        prepare(mapping, land(mapping, tmp_path), tmp_path)
    path.unlink()
    assert prepare(mapping, land(mapping, tmp_path), tmp_path) == {"crm.territories": 2}
    assert path.read_bytes() == whole
