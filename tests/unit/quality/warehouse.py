"""A small warehouse of contract tables, made with plain SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.ingestion.contract import CONTRACT, LINEAGE_COLUMNS


def create_warehouse(path: Path, script: str) -> Path:
    """A DuckDB file with every contract table, filled by ``script``."""
    with duckdb.connect(str(path)) as connection:
        for schema in sorted({table.schema for table in CONTRACT.values()}):
            connection.execute(f"CREATE SCHEMA {schema}")
        for table in CONTRACT.values():
            columns = [f'"{column.name}" {column.type.sql}' for column in table.columns]
            columns += [f"{name} {sql_type}" for name, sql_type in LINEAGE_COLUMNS.items()]
            connection.execute(f"CREATE TABLE {table.name} ({', '.join(columns)})")
        connection.execute(script)
    return path
