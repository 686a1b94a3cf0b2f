"""The built warehouse as the publisher sees it: read-only, two schemas, one build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.errors import PublicationRefusedError
from dagster_project.ingestion.sql import identifier, literal

#: Dimensions and facts, and the KPI marts; nothing else of a warehouse is published.
PUBLISHED_SCHEMAS = ("core", "marts")

#: The name the warehouse is attached under.
WAREHOUSE = "warehouse"


@dataclass(frozen=True)
class BuildContext:
    """Which build a warehouse holds.

    ``run_id`` follows from the inputs; ``build_id`` is new at every build.
    """

    run_id: str
    build_id: str
    as_of_date: dt.date


def relation(database: str, mart: str) -> str:
    """The quoted three-part name of ``mart`` (``schema.table``) in ``database``."""
    schema, table = mart.split(".", maxsplit=1)
    return f"{identifier(database)}.{identifier(schema)}.{identifier(table)}"


@contextmanager
def open_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection with the warehouse attached read-only as ``warehouse``.

    Raises:
        PublicationRefusedError: if there is no warehouse, or a build still holds it.
    """
    if not path.exists():
        raise PublicationRefusedError(f"{path}: there is no warehouse. Run the build first.")
    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute(f"ATTACH {literal(path)} AS {WAREHOUSE} (READ_ONLY)")
        except duckdb.Error as error:
            raise PublicationRefusedError(
                f"{path}: the warehouse cannot be opened. If a build is still writing it, let it "
                f"end; otherwise build again. DuckDB says: {error}"
            ) from error
        yield connection


def read_context(connection: duckdb.DuckDBPyConnection) -> BuildContext:
    """The build that the attached warehouse holds, from its ``run.context``.

    Raises:
        PublicationRefusedError: if ``run.context`` is not there, or is not one full row.
    """
    try:
        rows = connection.execute(
            f"SELECT run_id, build_id, as_of_date FROM {WAREHOUSE}.run.context"
        ).fetchall()
    except duckdb.Error as error:
        raise PublicationRefusedError(
            "The warehouse does not say which build it holds (run.context cannot be read). "
            f"Run the whole build, not dbt alone. DuckDB says: {error}"
        ) from error
    if len(rows) != 1 or None in rows[0]:
        raise PublicationRefusedError(
            f"The warehouse's run.context should be one full row and is {rows!r}. Build again."
        )
    run_id, build_id, as_of_date = rows[0]
    return BuildContext(run_id=run_id, build_id=build_id, as_of_date=as_of_date)


def read_mart_rows(
    connection: duckdb.DuckDBPyConnection, database: str = WAREHOUSE
) -> dict[str, int]:
    """Rows by mart (``schema.table``) of the published schemas, in name order.

    Raises:
        PublicationRefusedError: for a view in a published schema. It would be silently
            left out, or its text would point at a warehouse no analyst can open.
    """
    views = _names(connection, "duckdb_views()", "view_name", database)
    if views:
        raise PublicationRefusedError(
            f"{', '.join(views)}: only tables are published. Materialise each as a table, "
            "or move it out of the published schemas."
        )
    return {
        mart: _count(connection, relation(database, mart))
        for mart in _names(connection, "duckdb_tables()", "table_name", database)
    }


def _names(
    connection: duckdb.DuckDBPyConnection, catalog: str, column: str, database: str
) -> list[str]:
    rows = connection.execute(
        f"SELECT schema_name || '.' || {column} FROM {catalog} "
        "WHERE database_name = ? AND list_contains(?, schema_name) AND NOT internal ORDER BY 1",
        [database, list(PUBLISHED_SCHEMAS)],
    ).fetchall()
    return [name for (name,) in rows]


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows)
