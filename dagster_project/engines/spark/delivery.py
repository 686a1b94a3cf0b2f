"""The published tables, brought from Spark into the warehouse file.

From there they are put on a receipt and published as on any engine. Only what is
published comes, and the notes by which the next build knows what this one was made of.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dagster_project.engines.spark.files import SparkFiles, local_path
from dagster_project.errors import PipelineError
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.publication.warehouse import PUBLISHED_SCHEMAS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: What the build says of itself: what it was made of, with which the next is compared,
#: which builds its rows are of, by which they are published, and what is known of earlier
#: nights, of which the next run's id is made. Not what it touched: of a build that does
#: not end nothing comes, so the next one builds everything.
_NOTES = (
    "built.context",
    "built.loads",
    "history.history_account_owners",
    "history.history_rep_positions",
    "intermediate.int_client_month_builds",
)

#: Schemas of the warehouse file that hold what a build made, not what it is made from.
DELIVERED_SCHEMAS = (*PUBLISHED_SCHEMAS, *dict.fromkeys(note.split(".")[0] for note in _NOTES))


@dataclass(frozen=True)
class _Column:
    """A column of a published table, as its contract has it."""

    name: str
    type: str
    description: str


def deliver(session: SparkSession, warehouse_path: Path, manifest: Path, scratch: Path) -> None:
    """Replace the delivered tables of the warehouse file by those that Spark holds.

    Args:
        session: where they were built.
        warehouse_path: the warehouse file.
        manifest: dbt's manifest: which tables are published, and what their columns are.
        scratch: a folder for files that are not on this machine's disk; removed.

    Raises:
        PipelineError: names the table that did not arrive whole.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    published = [
        node
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] in PUBLISHED_SCHEMAS
    ]
    with duckdb.connect(str(warehouse_path)) as connection:
        connection.execute(f"SET temp_directory = {literal(scratch / 'spill')}")
        connection.execute("SET TimeZone = 'UTC'")
        for schema in DELIVERED_SCHEMAS:
            connection.execute(f"DROP SCHEMA IF EXISTS {identifier(schema)} CASCADE")
            connection.execute(f"CREATE SCHEMA {identifier(schema)}")
        for node in published:
            columns = [
                _Column(column["name"], column["data_type"], column["description"])
                for column in node["columns"].values()
            ]
            table = f"{identifier(node['schema'])}.{identifier(node['alias'])}"
            _copy(session, connection, f"{node['schema']}.{node['alias']}", columns, scratch)
            _comment(connection, table, node["description"], columns)
        for note in _NOTES:
            _copy(session, connection, note, None, scratch)
    _drop_retired(session, {(node["schema"], node["alias"]) for node in published})


def _copy(
    session: SparkSession,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[_Column] | None,
    scratch: Path,
) -> None:
    frame = session.table(name)
    columns = columns or [
        _Column(field.name, _duckdb_type(field.dataType), "") for field in frame.schema.fields
    ]
    table = ".".join(map(identifier, name.split(".")))
    defined = ", ".join(f"{identifier(column.name)} {column.type}" for column in columns)
    connection.execute(f"CREATE TABLE {table} ({defined})")
    selected = ", ".join(f"CAST({identifier(column.name)} AS {column.type})" for column in columns)
    with _on_disk(session, list(frame.inputFiles()), scratch) as paths:
        if paths:
            listed = ", ".join(literal(path) for path in paths)
            # Spark's tasks end in any order; the same rows are to stand in the same one.
            connection.execute(
                f"INSERT INTO {table} SELECT {selected} "
                f"FROM read_parquet([{listed}], hive_partitioning = true) ORDER BY ALL"
            )
    [(arrived,)] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    rows = frame.count()
    if arrived != rows:
        raise PipelineError(
            f"{name}: {arrived} rows arrived of {rows} that Spark holds, so nothing is "
            "published. Run again."
        )


@contextmanager
def _on_disk(session: SparkSession, uris: list[str], scratch: Path) -> Iterator[list[Path]]:
    """The files of a table on this machine's disk: where they are, or copied there."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    files = SparkFiles(session)
    paths = []
    try:
        for number, uri in enumerate(sorted(uris)):
            path = local_path(uri)
            if path is None:
                # The folders of a file's name are values of a partitioned table.
                folders = [part for part in uri.split("/")[:-1] if "=" in part]
                path = scratch.joinpath(str(number), *folders, uri.rsplit("/", 1)[-1])
                files.download(uri, path)
            paths.append(path)
        yield paths
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _duckdb_type(data_type: Any) -> str:
    """Spark's type in DuckDB's words, which are the same for the few that notes have."""
    return str(data_type.simpleString())


def _comment(
    connection: duckdb.DuckDBPyConnection, table: str, description: str, columns: list[_Column]
) -> None:
    """Put the descriptions where dbt puts them on DuckDB; Parquet tables have no place."""
    connection.execute(f"COMMENT ON TABLE {table} IS {literal(description)}")
    for column in columns:
        connection.execute(
            f"COMMENT ON COLUMN {table}.{identifier(column.name)} IS {literal(column.description)}"
        )


def _drop_retired(session: SparkSession, made: set[tuple[str, str]]) -> None:
    """Drop published tables that no model makes any more."""
    for schema in PUBLISHED_SCHEMAS:
        for row in session.sql(f"SHOW TABLES IN {schema}").collect():
            if (schema, row["tableName"]) not in made:
                session.sql(f"DROP TABLE {schema}.{row['tableName']}")
