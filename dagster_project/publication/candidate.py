"""The candidate: the marts copied out of the warehouse, before anyone can see them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from dagster_project.errors import PipelineError
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.publication.warehouse import (
    PUBLISHED_SCHEMAS,
    WAREHOUSE,
    read_mart_rows,
    relation,
)

#: The oldest DuckDB whose clients must be able to open what is published.
STORAGE_VERSION = "v1.4.0"

_CANDIDATE = "candidate"


#: Marts up to this many rows are sorted, since engines group and join in an order that
#: changes with thread timing, and the same inputs must give the same bytes. A larger one
#: is a fact table, whose rows stand in the order of the documents they were read from.
SORTED_UP_TO_ROWS = 5_000_000


class CandidateError(PipelineError):
    """The candidate could not be written as the receipt has it; what is published stays."""


def write_database(
    connection: duckdb.DuckDBPyConnection, path: Path, marts: Mapping[str, int]
) -> None:
    """Copy the marts and their comments from the attached warehouse into a new file.

    Constraints are not carried over: a
    published file is read-only, and dbt has tested the keys already.

    Args:
        connection: from :func:`~dagster_project.publication.warehouse.open_warehouse`.
        path: the file to create; closed and checkpointed on return.
        marts: rows by ``schema.table``, as on the receipt.

    Raises:
        CandidateError: names the mart that cannot be copied, or has other rows.
    """
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(
        f"ATTACH {literal(path)} AS {_CANDIDATE} (STORAGE_VERSION {literal(STORAGE_VERSION)})"
    )
    for schema in PUBLISHED_SCHEMAS:
        connection.execute(f"CREATE SCHEMA {_CANDIDATE}.{identifier(schema)}")
    for mart, rows in marts.items():
        target = relation(_CANDIDATE, mart)
        _copy(
            connection,
            f"CREATE TABLE {target} AS FROM {relation(WAREHOUSE, mart)} {_order(rows)}",
            mart,
            rows,
        )
        _copy_comments(connection, mart)
    connection.execute(f"CHECKPOINT {_CANDIDATE}")
    connection.execute(f"DETACH {_CANDIDATE}")


def verify_database(path: Path, marts: Mapping[str, int]) -> None:
    """Read the candidate back as an analyst would.

    Raises:
        CandidateError: if a write-ahead log is left beside it, so that the file alone is
            not all of it, or if it holds other marts or rows than the receipt.
    """
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        raise CandidateError(f"{log}: the candidate was not written out. Publish again.")
    with duckdb.connect(path, read_only=True) as connection:
        found = read_mart_rows(connection, path.stem)
    if found != marts:
        differing = sorted(mart for mart in {*found, *marts} if found.get(mart) != marts.get(mart))
        raise CandidateError(
            f"{', '.join(differing)}: the candidate does not hold what was copied into it. "
            "Check the disk, then publish again."
        )


def write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, marts: Mapping[str, int]
) -> None:
    """Copy the marts to ``folder/<schema>/<table>.parquet`` (zstd).

    The same rows give the same bytes.

    Raises:
        CandidateError: names the mart that cannot be copied, or has other rows.
    """
    for mart, rows in marts.items():
        schema, table = mart.split(".", maxsplit=1)
        target = folder / schema / f"{table}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(
            connection,
            f"COPY (FROM {relation(WAREHOUSE, mart)} {_order(rows)}) TO {literal(target)} "
            "(FORMAT parquet, COMPRESSION zstd)",
            mart,
            rows,
        )


def _order(rows: int) -> str:
    # Without any sort, row groups follow the warehouse's own blocks, which depend on
    # thread timing and on how many steps an incremental model was built in.
    return "ORDER BY ALL" if rows <= SORTED_UP_TO_ROWS else "ORDER BY rowid"


def _copy(connection: duckdb.DuckDBPyConnection, statement: str, mart: str, rows: int) -> None:
    try:
        [(copied,)] = connection.execute(statement).fetchall()
    except duckdb.Error as error:
        raise CandidateError(
            f"{mart}: cannot be copied, so nothing was published. Correct its model and build "
            f"again. DuckDB says: {error}"
        ) from error
    if copied != rows:
        raise CandidateError(
            f"{mart}: {copied} rows were copied of {rows} on the receipt, so nothing was "
            "published. Build again."
        )


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
