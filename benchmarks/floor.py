"""The least that any run must do: read every extract once and write it once.

``python -m benchmarks.floor <extracts folder> <empty folder>`` in one bare DuckDB.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

from dagster_project.ingestion.sql import literal


def scan(extracts_dir: Path, target: Path) -> int:
    """Write every Parquet extract again, with zstd as the lake has it; return their number."""
    paths = sorted(extracts_dir.rglob("*.parquet"))
    target.mkdir(parents=True)
    with duckdb.connect() as connection:
        for number, path in enumerate(paths):
            connection.execute(
                f"COPY (FROM read_parquet({literal(path)})) "
                f"TO {literal(target / f'{number}.parquet')} (FORMAT parquet, COMPRESSION zstd)"
            )
    shutil.rmtree(target)
    return len(paths)


if __name__ == "__main__":
    print(scan(Path(sys.argv[1]), Path(sys.argv[2])))
