"""The bare run that benchmarks compare with makes the same tables as the nightly run."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks.replay import replay
from tests.command_line import Published
from tests.nights.site import differing_rows

#: What clients are expected to buy is put into them after dbt, by no SQL.
FILLED_AFTER_DBT = {"marts.kpi_client_value", "marts.kpi_purchase_model"}


def test_the_same_sql_in_bare_duckdb_makes_the_same_rows(
    published: Published, tmp_path: Path
) -> None:
    folder = published.command.data_dir / "warehouse"
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(folder / "warehouse.duckdb", warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE schema_name IN ('core', 'marts')"
        ).fetchall()
        for (name,) in tables:
            connection.execute(f"DELETE FROM {name}")
    differing = differing_tables(folder / "warehouse.duckdb", warehouse)
    assert {"core.fct_revenue_lines", "marts.kpi_churn"} <= differing
    seconds = replay(warehouse, folder / "dbt")
    assert all(taken > 0 for taken in seconds.values())
    assert differing_tables(folder / "warehouse.duckdb", warehouse) <= FILLED_AFTER_DBT


def differing_tables(one: Path, other: Path) -> set[str]:
    return {row.split(":", maxsplit=1)[0] for row in differing_rows(one, other)}
