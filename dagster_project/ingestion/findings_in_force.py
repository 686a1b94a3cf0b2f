"""Which of the findings of the loads in force still hold: what came later mends them.

A whole table's findings are those of its last load. Of a table that comes in pieces a
finding holds until its file comes again, its record lands or is set aside anew, or every
month of its load has been brought again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dagster_project.ingestion import rows
from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.ledger import Load
from dagster_project.ingestion.mapping import LoadMode
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.ingestion.workbench import FINDINGS_COLUMNS

_STEM = "in-force-"


def write_findings_in_force(
    connection: duckdb.DuckDBPyConnection,
    lake_dir: Path,
    loads: Sequence[Load],
    warehouse_path: Path,
    moved: Sequence[Path],
) -> Path | None:
    """Write the findings that hold, with :data:`FINDINGS_COLUMNS`, to one file of the lake.

    Args:
        warehouse_path: the warehouse that reads it, in place of the one it read before;
            a past night's warehouse beside today's has its own.
        loads: the loads in force, each table's oldest first.
        moved: files of rows that are left out, since a later file has their key in another month.

    Returns:
        The file, named for the loads it is of; None where nothing was set aside.
    """
    parts = [
        _holding_sql(connection, lake_dir, load, _later(load, loads[position + 1 :]))
        for position, load in enumerate(loads)
        if load.rows_set_aside
    ]
    found = ", ".join(map(identifier, FINDINGS_COLUMNS))
    parts += [f"SELECT {found} FROM read_parquet({literal(path)})" for path in moved]
    if not parts:
        return None
    ids = "\n".join(f"{load.source} {load.table} {load.load_id}" for load in loads)
    digest = hashlib.sha256(ids.encode()).hexdigest()[:16]
    stem = f"{_STEM}{hashlib.sha256(str(warehouse_path).encode()).hexdigest()[:8]}-"
    path = lake_dir / "findings" / f"{stem}{digest}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.glob(f"{stem}*.parquet"):
        stale.unlink()
    connection.execute(
        f"COPY ({' UNION ALL '.join(parts)}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
    )
    return path


def _later(load: Load, others: Sequence[Load]) -> list[Load]:
    return [other for other in others if (other.source, other.table) == (load.source, load.table)]


def _holding_sql(
    connection: duckdb.DuckDBPyConnection, lake_dir: Path, load: Load, later: Sequence[Load]
) -> str:
    path = load.findings_path(lake_dir)
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(path)})")
    present = {row[0] for row in described.fetchall()}
    # What a findings file of before does not tell is NULL.
    columns = ", ".join(
        identifier(name) if name in present else f"CAST(NULL AS {type_}) AS {identifier(name)}"
        for name, type_ in FINDINGS_COLUMNS.items()
    )
    sql = f"SELECT {columns} FROM read_parquet({literal(path)}) AS found"
    if not later:
        return sql
    brought_again = {month for other in later for month in other.months}
    if load.mode is LoadMode.REPLACE_PERIOD and load.months and brought_again >= {*load.months}:
        return f"{sql} WHERE false"
    files = ", ".join(sorted({literal(file.name) for other in later for file in other.files}))
    key = rows.key_text_sql(CONTRACT[load.table])
    landed = ", ".join(literal(other.rows_path(lake_dir)) for other in later)
    keys = [f"SELECT {key} AS record_key FROM read_parquet([{landed}])"]
    keys += [
        f"SELECT record_key FROM read_parquet({literal(other.findings_path(lake_dir))})"
        for other in later
        if other.rows_set_aside
    ]
    return (
        f"{sql} WHERE file NOT IN ({files}) AND NOT EXISTS (SELECT 1 FROM "
        f"({' UNION ALL '.join(keys)}) AS later WHERE later.record_key = found.record_key "
        "AND later.record_key <> '')"
    )
