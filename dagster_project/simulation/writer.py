"""Writing one extract: a select becomes a Parquet file, in the order of its rows."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.ingestion.sql import literal


def write_parquet(connection: duckdb.DuckDBPyConnection, select: str, path: Path) -> None:
    """Stream a select's rows into a Parquet file; the same rows give the same bytes.

    The file appears whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(f".{path.name}.arriving")
    connection.execute(
        f"COPY ({select}) TO {literal(arriving)} (FORMAT parquet, COMPRESSION snappy)"
    )
    arriving.replace(path)
