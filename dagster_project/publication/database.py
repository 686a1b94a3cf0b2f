"""The marts as one DuckDB file, loaded from the Parquet files of the same run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
from pydantic import ValidationError

from dagster_project.ingestion.sql import identifier, literal
from dagster_project.publication.candidate import CandidateError, cannot_be_copied, copy_rows
from dagster_project.publication.parquet import mart_path
from dagster_project.publication.parts import (
    MONTH,
    PARTED_MARTS,
    RUN_ID,
    Part,
    Parts,
    group_sql,
    part_path,
)
from dagster_project.publication.receipt import Receipt
from dagster_project.publication.warehouse import (
    PUBLISHED_SCHEMAS,
    WAREHOUSE,
    read_mart_rows,
    relation,
)

#: The oldest DuckDB whose clients must be able to open what is published.
STORAGE_VERSION = "v1.4.0"

#: A published file with a larger share of unused blocks is not added to but written anew.
MOST_UNUSED = 0.5

_CANDIDATE = "candidate"
_BEFORE = "before"

#: What the file says of itself: which builds each part of a parted mart is of. Kept in
#: the file, since the receipt beside it is renamed into place a moment later.
_OWN_SCHEMA = "publication"
_OWN_PARTS = f"{_OWN_SCHEMA}.parts"
_OWN_DESCRIPTION = (
    "One row a mart x month x group of clients. The builds that last made the rows of a part."
)
_OWN_COLUMNS = {
    "mart": ("VARCHAR", "The mart, one that is published in parts."),
    "groups": ("INTEGER", "Into how many groups its clients are put."),
    MONTH: ("DATE", "First day of the month."),
    "client_group": ("INTEGER", "The group of clients, from 0."),
    "row_count": ("BIGINT", "How many rows the part has."),
    "builds": ("VARCHAR", "A digest of the builds that made its rows."),
}


def write_database(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    run_dir: Path,
    receipt: Receipt,
    published: Path,
) -> None:
    """Write the marts and their comments to a new file.

    It starts as a copy of the published file, where that can be added to: parts of the
    same builds stay in it as they are. Constraints are not carried over: a published file
    is read-only, and dbt has tested the keys already.

    Args:
        connection: from :func:`~dagster_project.publication.warehouse.open_warehouse`.
        path: the file to create; closed and checkpointed on return.
        run_dir: the run's Parquet files.
        receipt: rows by mart and by part.
        published: the file that is published now, if there is one.

    Raises:
        CandidateError: names the mart that cannot be copied, or has other rows.
    """
    held = _parts_to_keep(connection, published, receipt)
    if held:
        shutil.copyfile(published, path)
    # Where several threads have to keep rows in order, row groups come out half full, and the
    # checkpoint writes the whole table a second time to fill them.
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"ATTACH {literal(path)} AS {_CANDIDATE} (STORAGE_VERSION {literal(STORAGE_VERSION)})"
    )
    _clear(connection, keep=held)
    for mart, rows in receipt.marts.items():
        if mart in PARTED_MARTS:
            _write_parts(connection, mart, held.get(mart), run_dir, receipt)
        else:
            _write_mart(connection, mart, rows, run_dir)
        _copy_comments(connection, mart)
    if receipt.parts:
        _write_own_parts(connection, receipt.parts)
    connection.execute(f"CHECKPOINT {_CANDIDATE}")
    connection.execute(f"DETACH {_CANDIDATE}")


def verify_database(path: Path, receipt: Receipt) -> None:
    """Read the candidate back as an analyst would.

    Raises:
        CandidateError: if a write-ahead log is left beside it, so that the file alone is
            not all of it, or if it holds other marts, parts or rows than the receipt.
    """
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        raise CandidateError(f"{log}: the candidate was not written out. Publish again.")
    with duckdb.connect(path, read_only=True) as connection:
        found = read_mart_rows(connection, path.stem)
        differing = {
            mart for mart in {*found, *receipt.marts} if found.get(mart) != receipt.marts.get(mart)
        }
        for mart, state in receipt.parts.items():
            if mart in found and not _holds(connection, mart, state, receipt.run_id):
                differing.add(mart)
    if differing:
        raise CandidateError(
            f"{', '.join(sorted(differing))}: the candidate does not hold what was copied into "
            "it. Check the disk, then publish again."
        )


def _holds(connection: duckdb.DuckDBPyConnection, mart: str, state: Parts, run_id: str) -> bool:
    found = connection.execute(
        f"SELECT {MONTH}, {group_sql(state.groups)}, {RUN_ID}, count(*) FROM {mart} "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return found == [(part.month, part.group, run_id, part.rows) for part in state.parts]


def _parts_to_keep(
    connection: duckdb.DuckDBPyConnection, published: Path, receipt: Receipt
) -> dict[str, Parts]:
    """Parts by parted mart of the published file, for marts that can be added to."""
    if not published.exists():
        return {}
    try:
        connection.execute(f"ATTACH {literal(published)} AS {_BEFORE} (READ_ONLY)")
    except duckdb.Error:
        return {}
    try:
        if _share_unused(connection) > MOST_UNUSED:
            return {}
        return {
            mart: held
            for mart, state in receipt.parts.items()
            if (held := _held_parts(connection, mart)).groups == state.groups
            and _columns(connection, _BEFORE, mart)
            == [*_columns(connection, WAREHOUSE, mart), (RUN_ID, "VARCHAR")]
        }
    except (duckdb.Error, ValidationError):
        # A file of an earlier version, which does not say what it holds.
        return {}
    finally:
        connection.execute(f"DETACH {_BEFORE}")


def _held_parts(connection: duckdb.DuckDBPyConnection, mart: str) -> Parts:
    rows = connection.execute(
        f"SELECT groups, {MONTH}, client_group, row_count, builds "
        f"FROM {_BEFORE}.{_OWN_PARTS} WHERE mart = ? ORDER BY ALL",
        [mart],
    ).fetchall()
    return Parts(
        groups=max((groups for groups, *_ in rows), default=1),
        parts=tuple(
            Part(month=month, group=group, rows=row_count, builds=builds)
            for _, month, group, row_count, builds in rows
        ),
    )


def _share_unused(connection: duckdb.DuckDBPyConnection) -> float:
    [(total, free)] = connection.execute(
        "SELECT total_blocks, free_blocks FROM pragma_database_size() WHERE database_name = ?",
        [_BEFORE],
    ).fetchall()
    return float(free) / max(int(total), 1)


def _columns(
    connection: duckdb.DuckDBPyConnection, database: str, mart: str
) -> list[tuple[str, str]]:
    """Names and types of a mart's columns, in order."""
    schema, table = mart.split(".", maxsplit=1)
    return connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ? "
        "AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [database, schema, table],
    ).fetchall()


def _clear(connection: duckdb.DuckDBPyConnection, keep: Mapping[str, object]) -> None:
    """Drop what is written anew, so that its blocks are used again."""
    for schema, table in connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?",
        [_CANDIDATE],
    ).fetchall():
        mart = f"{schema}.{table}"
        if mart not in keep:
            connection.execute(f"DROP TABLE {relation(_CANDIDATE, mart)}")
    for schema in PUBLISHED_SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_CANDIDATE}.{identifier(schema)}")
    connection.execute(f"CHECKPOINT {_CANDIDATE}")


def _write_mart(connection: duckdb.DuckDBPyConnection, mart: str, rows: int, run_dir: Path) -> None:
    _create_empty(connection, mart)
    files = f"read_parquet({literal(mart_path(run_dir, mart))})"
    _refuse_other_types(connection, mart, files)
    copy_rows(connection, f"INSERT INTO {relation(_CANDIDATE, mart)} FROM {files}", mart, rows)


def _write_parts(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    held: Parts | None,
    run_dir: Path,
    receipt: Receipt,
) -> None:
    """Bring a parted mart up to date, part by part, and put the run's id in every row."""
    target = relation(_CANDIDATE, mart)
    state = receipt.parts[mart]
    if held is None:
        _create_empty(connection, mart)
    else:
        connection.execute(f"ALTER TABLE {target} DROP COLUMN {RUN_ID}")
        stale = ", ".join(f"(DATE '{part.month}', {part.group})" for part in held.not_in(state))
        if stale:
            connection.execute(
                f"DELETE FROM {target} WHERE ({MONTH}, {group_sql(state.groups)}) IN ({stale})"
            )
    new = state.not_in(held)
    if new:
        paths = ", ".join(
            literal(part_path(run_dir, mart, receipt.run_id, state.groups, part)) for part in new
        )
        files = (
            f"read_parquet([{paths}], hive_partitioning = true, "
            f"hive_types = {{{literal(MONTH)}: DATE}})"
        )
        _refuse_other_types(connection, mart, files)
        columns = ", ".join(identifier(name) for name, _ in _columns(connection, WAREHOUSE, mart))
        copy_rows(
            connection,
            f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {files}",
            mart,
            sum(part.rows for part in new),
        )
    # Every row has the new id, though few are new: a column of one value is written at once.
    connection.execute(
        f"ALTER TABLE {target} ADD COLUMN {RUN_ID} VARCHAR DEFAULT {literal(receipt.run_id)}"
    )
    connection.execute(f"ALTER TABLE {target} ALTER COLUMN {RUN_ID} DROP DEFAULT")


def _create_empty(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    try:
        connection.execute(
            f"CREATE TABLE {relation(_CANDIDATE, mart)} AS FROM {relation(WAREHOUSE, mart)} LIMIT 0"
        )
    except duckdb.Error as error:
        raise cannot_be_copied(mart, error) from error


def _refuse_other_types(connection: duckdb.DuckDBPyConnection, mart: str, files: str) -> None:
    """Parquet has no place for some types, and DuckDB then writes the nearest it has."""
    described = connection.execute(f"DESCRIBE FROM {files}").fetchall()
    in_parquet = {name: type_ for name, type_, *_ in described}
    other = [
        f"{name} is {type_}, in Parquet {in_parquet.get(name)}"
        for name, type_ in _columns(connection, WAREHOUSE, mart)
        if in_parquet.get(name) != type_
    ]
    if other:
        raise CandidateError(
            f"{mart}: {'; '.join(other)}. The two would differ, so nothing was published. "
            "Cast it in the model to a type that both have, then build again."
        )


def _write_own_parts(connection: duckdb.DuckDBPyConnection, states: Mapping[str, Parts]) -> None:
    table = f"{_CANDIDATE}.{_OWN_PARTS}"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_CANDIDATE}.{_OWN_SCHEMA}")
    columns = ", ".join(f"{name} {type_}" for name, (type_, _) in _OWN_COLUMNS.items())
    connection.execute(f"CREATE TABLE {table} ({columns})")
    connection.execute(f"COMMENT ON TABLE {table} IS {literal(_OWN_DESCRIPTION)}")
    for name, (_, description) in _OWN_COLUMNS.items():
        connection.execute(f"COMMENT ON COLUMN {table}.{name} IS {literal(description)}")
    rows = [
        [mart, state.groups, part.month, part.group, part.rows, part.builds]
        for mart, state in states.items()
        for part in state.parts
    ]
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)", rows)


def _copy_comments(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    """Carry over the descriptions that dbt's ``persist_docs`` left as comments."""
    schema, table = mart.split(".", maxsplit=1)
    place = [WAREHOUSE, schema, table]
    target = relation(_CANDIDATE, mart)
    where = "database_name = ? AND schema_name = ? AND table_name = ? AND comment IS NOT NULL"
    for (comment,) in connection.execute(
        f"SELECT comment FROM duckdb_tables() WHERE {where}", place
    ).fetchall():
        connection.execute(f"COMMENT ON TABLE {target} IS {literal(comment)}")
    for column, comment in connection.execute(
        f"SELECT column_name, comment FROM duckdb_columns() WHERE {where}", place
    ).fetchall():
        connection.execute(f"COMMENT ON COLUMN {target}.{identifier(column)} IS {literal(comment)}")
    if mart in PARTED_MARTS:
        # In the words of the marts whose models name their run themselves.
        [(comment,)] = connection.execute(
            "SELECT min(comment) FROM duckdb_columns() WHERE database_name = ? "
            "AND list_contains(?, schema_name) AND column_name = ?",
            [WAREHOUSE, list(PUBLISHED_SCHEMAS), RUN_ID],
        ).fetchall()
        if comment is not None:
            connection.execute(f"COMMENT ON COLUMN {target}.{RUN_ID} IS {literal(comment)}")
