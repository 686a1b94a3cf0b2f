"""The bare run that benchmarks compare with makes the same tables as the nightly run."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.replay import replay
from tests.conftest import Published


def row_counts(warehouse: Path) -> dict[str, int]:
    """How many rows every table of a published schema has."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(
            connection.execute(
                "SELECT schema_name || '.' || table_name, estimated_size FROM duckdb_tables() "
                "WHERE schema_name IN ('marts', 'core') ORDER BY 1"
            ).fetchall()
        )


def test_the_same_sql_in_bare_duckdb_makes_the_same_tables(
    published: Published, tmp_path: Path
) -> None:
    folder = published.command.data_dir / "warehouse"
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "warehouse.duckdb", warehouse)
    before = row_counts(warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        for name in before:
            connection.execute(f"DELETE FROM {name}")
    seconds = replay(warehouse, folder / "dbt")
    assert all(taken > 0 for taken in seconds.values())
    assert row_counts(warehouse) == before
