"""The marts as one DuckDB file, loaded from the Parquet files of the same run."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import duckdb

from dagster_project.ingestion.sql import identifier, literal
from dagster_project.publication.candidate import CandidateError, cannot_be_copied, copy_rows
from dagster_project.publication.parquet import mart_path
from dagster_project.publication.parts import (
    CLIENT,
    CLIENT_MONTH_BUILDS,
    MONTH,
    PARTED_MARTS,
    RUN_ID,
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

#: Clients' months whose rows differ between the published file and the warehouse.
_CHANGED = "changed_client_months"

#: What the file says of itself: which builds its rows are of. Kept in the file, since the
#: receipt beside it is renamed into place a moment later.
_OWN_SCHEMA = "publication"
_OWN_TABLES = {
    "full_build": (
        f"SELECT full_build_id FROM {WAREHOUSE}.run.context",
        "One row. The build that last made all rows of what is published in parts.",
        {"full_build_id": "The build that last made everything."},
    ),
    "client_month_builds": (
        f"SELECT {CLIENT}, {MONTH}, build_id FROM {CLIENT_MONTH_BUILDS} ORDER BY ALL",
        "One row a client x month that was built again after that. The build that last did.",
        {
            CLIENT: "The client.",
            MONTH: "First day of the month.",
            "build_id": "The build that last made the client's rows of the month.",
        },
    ),
}


def write_database(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    run_dir: Path,
    receipt: Receipt,
    published: Path,
) -> None:
    """Write the marts and their comments to a new file.

    It starts as a copy of the published file, where that can be added to: what was built by
    the same builds stays in it as it is. Constraints are not carried over: a published file
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
    kept = _marts_to_keep(connection, published, receipt)
    if kept:
        shutil.copyfile(published, path)
    # Where several threads have to keep rows in order, row groups come out half full, and the
    # checkpoint writes the whole table a second time to fill them.
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"ATTACH {literal(path)} AS {_CANDIDATE} (STORAGE_VERSION {literal(STORAGE_VERSION)})"
    )
    _clear(connection, keep=kept)
    for mart, rows in receipt.marts.items():
        if mart in PARTED_MARTS:
            _write_parts(connection, mart, run_dir, receipt, is_kept=mart in kept)
        else:
            _write_mart(connection, mart, rows, run_dir)
        _copy_comments(connection, mart)
    if receipt.parts:
        _write_own_tables(connection)
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


def _marts_to_keep(
    connection: duckdb.DuckDBPyConnection, published: Path, receipt: Receipt
) -> list[str]:
    """Parted marts of the published file that can be added to.

    What has to be replaced in them is in ``changed_client_months`` then.
    """
    if not published.exists():
        return []
    try:
        connection.execute(f"ATTACH {literal(published)} AS {_BEFORE} (READ_ONLY)")
    except duckdb.Error:
        return []
    try:
        if _share_unused(connection) > MOST_UNUSED or not _is_of_the_same_full_build(connection):
            return []
        _compare_builds(connection)
        return [
            mart
            for mart in receipt.parts
            if _columns(connection, _BEFORE, mart)
            == [*_columns(connection, WAREHOUSE, mart), (RUN_ID, "VARCHAR")]
        ]
    except duckdb.Error:
        # A file of an earlier version, which does not say what it holds.
        return []
    finally:
        connection.execute(f"DETACH {_BEFORE}")


def _is_of_the_same_full_build(connection: duckdb.DuckDBPyConnection) -> bool:
    return (
        connection.execute(f"FROM {_BEFORE}.{_OWN_SCHEMA}.full_build").fetchall()
        == connection.execute(f"SELECT full_build_id FROM {WAREHOUSE}.run.context").fetchall()
    )


def _compare_builds(connection: duckdb.DuckDBPyConnection) -> None:
    """Also the other way round: a warehouse that was set back has fewer builds."""
    columns = f"{CLIENT}, {MONTH}, build_id"
    before = f"SELECT {columns} FROM {_BEFORE}.{_OWN_SCHEMA}.client_month_builds"
    now = f"SELECT {columns} FROM {CLIENT_MONTH_BUILDS}"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_CHANGED} AS
        SELECT DISTINCT {CLIENT}, {MONTH} FROM (
            ({now} EXCEPT {before}) UNION ALL ({before} EXCEPT {now})
        )
        """
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


def _clear(connection: duckdb.DuckDBPyConnection, keep: Collection[str]) -> None:
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
    run_dir: Path,
    receipt: Receipt,
    *,
    is_kept: bool,
) -> None:
    """Bring a parted mart up to date, and put the run's id in every row.

    Of a mart that is kept only the rows of clients' months that were built again are
    replaced, out of the files of their parts.
    """
    target = relation(_CANDIDATE, mart)
    state = receipt.parts[mart]
    parts = list(state.parts)
    only_changed = ""
    if is_kept:
        connection.execute(f"ALTER TABLE {target} DROP COLUMN {RUN_ID}")
        connection.execute(
            f"DELETE FROM {target} AS mart USING {_CHANGED} AS changed "
            f"WHERE mart.{CLIENT} = changed.{CLIENT} AND mart.{MONTH} = changed.{MONTH}"
        )
        changed = set(
            connection.execute(
                f"SELECT DISTINCT {MONTH}, {group_sql(state.groups)} FROM {_CHANGED}"
            ).fetchall()
        )
        parts = [part for part in parts if (part.month, part.group) in changed]
        only_changed = f"SEMI JOIN {_CHANGED} USING ({CLIENT}, {MONTH})"
    else:
        _create_empty(connection, mart)
    if parts:
        paths = ", ".join(
            literal(part_path(run_dir, mart, receipt.run_id, state.groups, part)) for part in parts
        )
        files = (
            f"read_parquet([{paths}], hive_partitioning = true, "
            f"hive_types = {{{literal(MONTH)}: DATE}})"
        )
        _refuse_other_types(connection, mart, files)
        columns = ", ".join(identifier(name) for name, _ in _columns(connection, WAREHOUSE, mart))
        [(rows,)] = connection.execute(f"SELECT count(*) FROM {target}").fetchall()
        copy_rows(
            connection,
            f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {files} {only_changed}",
            mart,
            receipt.marts[mart] - rows,
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


def _write_own_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_CANDIDATE}.{_OWN_SCHEMA}")
    for name, (selected, description, columns) in _OWN_TABLES.items():
        table = f"{_CANDIDATE}.{_OWN_SCHEMA}.{name}"
        connection.execute(f"CREATE TABLE {table} AS {selected}")
        connection.execute(f"COMMENT ON TABLE {table} IS {literal(description)}")
        for column, meaning in columns.items():
            connection.execute(f"COMMENT ON COLUMN {table}.{column} IS {literal(meaning)}")


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
