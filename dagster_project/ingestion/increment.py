"""What a build has to look at: everything, or what changed since the last complete build.

dbt leaves in schema ``built`` what the last build was made of that ended with no
failure (``remember_complete_build`` in ``dbt/macros/client_months.sql``). Here the next build
is told, in schemas ``run`` and ``changes``, what is different; the model
``int_client_months_touched`` makes clients' months of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.ingestion.changes import changed_values_sql
from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.ledger import Load
from dagster_project.ingestion.sql import identifier

#: Tables whose rows make a month's documents what they are, with the column by which
#: a document is found.
DOCUMENT_TABLES: Mapping[str, str] = {
    "accounting.invoices": "invoice_id",
    "accounting.invoice_lines": "invoice_id",
}


@dataclass(frozen=True)
class RunContext:
    """What a build says of itself, in the warehouse and in every published row.

    ``run_id`` follows from the inputs, ``build_id`` is new with every build.
    ``fingerprint`` stands for the company's settings and the SQL of the models: under
    another one, nothing that was built before can be kept.
    """

    run_id: str
    build_id: str
    as_of_date: dt.date
    fingerprint: str


@dataclass(frozen=True)
class _Attempt:
    """A build as ``run.context`` or ``built.context`` remembers it."""

    build_id: str
    fingerprint: str
    full_build_id: str
    as_of_date: dt.date

    @property
    def is_full_build(self) -> bool:
        return self.build_id == self.full_build_id


def begin_build(
    connection: duckdb.DuckDBPyConnection,
    context: RunContext,
    loads: Sequence[Load],
    history: Sequence[Load],
    lake_dir: Path,
    *,
    must_be_full: bool = False,
) -> str | None:
    """Write down what this build is, and what changed since the last complete one.

    Args:
        connection: to the warehouse.
        context: this build.
        loads: the loads in force, in the order of landing.
        history: every load that ever landed, to find those of the build before.
        lake_dir: where their rows are kept.
        must_be_full: whether a full build was asked for.

    Returns:
        Why everything has to be built; None where only what was touched has.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS run")
    connection.execute("CREATE SCHEMA IF NOT EXISTS changes")
    complete = _attempt(connection, "built")
    latest = _attempt(connection, "run")
    before = _loads_of_complete_build(connection, history, lake_dir)
    reason = _reason_for_full_build(connection, context, complete, latest, before)
    if must_be_full:
        reason = "a full build was asked for"
    _keep_unfinished(connection, complete, latest)
    full_build_id = complete.full_build_id if complete and reason is None else context.build_id
    _write_context(connection, context, full_build_id)
    _write_loads(connection, loads)
    for name, column in DOCUMENT_TABLES.items():
        table = CONTRACT[name]
        sql = changed_values_sql(
            table,
            column,
            [load for load in before or () if load.table == name] if reason is None else [],
            [load for load in loads if load.table == name] if reason is None else [],
            lake_dir,
        )
        connection.execute(
            f"CREATE OR REPLACE VIEW changes.{identifier(table.entity)} AS "
            f"SELECT DISTINCT {identifier(column)} FROM ({sql})"
        )
    return reason


def is_full_build(warehouse_path: Path) -> bool:
    """Whether the build that was begun in a warehouse builds everything."""
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        [(is_full,)] = connection.execute("SELECT is_full_build FROM run.context").fetchall()
    return bool(is_full)


def _reason_for_full_build(
    connection: duckdb.DuckDBPyConnection,
    context: RunContext,
    complete: _Attempt | None,
    latest: _Attempt | None,
    before: Sequence[Load] | None,
) -> str | None:
    if complete is None or latest is None:
        return "no complete build is kept here"
    if complete.fingerprint != context.fingerprint:
        return "the settings or the models are not those of the last complete build"
    unfinished = _reason_of_an_unfinished_build(connection, context, complete, latest)
    if unfinished is None and before is None:
        return "loads of the last complete build are gone from the lake"
    return unfinished


def _reason_of_an_unfinished_build(
    connection: duckdb.DuckDBPyConnection,
    context: RunContext,
    complete: _Attempt,
    latest: _Attempt,
) -> str | None:
    """Why what the build before left half done cannot be made good for what it touched."""
    if latest.build_id == complete.build_id:
        return None
    if latest.is_full_build:
        return "the build before was to build everything and did not end"
    if not _knows_what_it_touched(connection):
        return "the build before did not end, and what it touched is not known"
    # The days that passed are looked at from the complete build's to this one's.
    first_day, last_day = sorted((complete.as_of_date, context.as_of_date))
    if not first_day <= latest.as_of_date <= last_day:
        return (
            f"the build before did not end and was as of {latest.as_of_date}, which is not "
            "between the last complete build's day and this one's"
        )
    return None


def _attempt(connection: duckdb.DuckDBPyConnection, schema: str) -> _Attempt | None:
    """The build that a schema remembers; None where there is none, or one in an older form."""
    try:
        rows = connection.execute(
            f"SELECT build_id, fingerprint, full_build_id, as_of_date FROM {schema}.context"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    return _Attempt(*rows[0]) if len(rows) == 1 else None


def _loads_of_complete_build(
    connection: duckdb.DuckDBPyConnection, history: Sequence[Load], lake_dir: Path
) -> list[Load] | None:
    """The loads of the last complete build, as far as the ledger and the lake have them."""
    try:
        remembered = connection.execute(
            'SELECT source, table_name, load_id FROM built.loads ORDER BY "position"'
        ).fetchall()
    except duckdb.CatalogException:
        return None
    by_id = {(load.source, load.table, load.load_id): load for load in history}
    found = [by_id[key] for key in remembered if key in by_id]
    is_whole = len(found) == len(remembered) and all(
        load.rows_path(lake_dir).exists() for load in found
    )
    return found if is_whole else None


def _keep_unfinished(
    connection: duckdb.DuckDBPyConnection, complete: _Attempt | None, latest: _Attempt | None
) -> None:
    """What a build touched that did not end is neither as it was nor as it should be."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS run.unfinished_client_months "
        "(client_id VARCHAR, month_start DATE)"
    )
    if latest is None or complete is None or latest.build_id == complete.build_id:
        connection.execute("DELETE FROM run.unfinished_client_months")
        return
    if _knows_what_it_touched(connection):
        connection.execute(
            "INSERT INTO run.unfinished_client_months "
            "SELECT client_id, month_start FROM intermediate.int_client_months_touched "
            "EXCEPT SELECT client_id, month_start FROM run.unfinished_client_months"
        )


def _knows_what_it_touched(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the models are in this file; another engine keeps its own to itself."""
    [(tables,)] = connection.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE schema_name = 'intermediate' AND table_name = 'int_client_months_touched'"
    ).fetchall()
    return bool(tables)


def _write_context(
    connection: duckdb.DuckDBPyConnection, context: RunContext, full_build_id: str
) -> None:
    connection.execute(
        "CREATE OR REPLACE TABLE run.context (run_id VARCHAR, build_id VARCHAR, "
        "as_of_date DATE, fingerprint VARCHAR, full_build_id VARCHAR, is_full_build BOOLEAN)"
    )
    connection.execute(
        "INSERT INTO run.context VALUES (?, ?, ?, ?, ?, ?)",
        [
            context.run_id,
            context.build_id,
            context.as_of_date,
            context.fingerprint,
            full_build_id,
            context.build_id == full_build_id,
        ],
    )


def _write_loads(connection: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    connection.execute(
        'CREATE OR REPLACE TABLE run.loads ("position" BIGINT, source VARCHAR, '
        "table_name VARCHAR, load_id VARCHAR)"
    )
    if loads:
        connection.executemany(
            "INSERT INTO run.loads VALUES (?, ?, ?, ?)",
            [
                [position, load.source, load.table, load.load_id]
                for position, load in enumerate(loads)
            ],
        )
