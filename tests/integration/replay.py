"""A run's own SQL again, on other inputs: models in a DuckDB of their own.

Small histories that Hypothesis makes up take the place of what the models read, and each model's
compiled SQL is run on them, so that what is proven is what a night runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb

from tests.command_line import Published
from tests.integration.test_oracle_agreement import agree
from tests.integration.warehouse import opened

SCHEMAS = ("staging", "intermediate", "core", "marts", "crm", "accounting", "planning", "run")


class Model:
    """A model's place and its SQL."""

    def __init__(self, name: str, sql: str) -> None:
        self.name = name
        self.sql = sql

    def __repr__(self) -> str:
        """Without the SQL, which would hide the history that a test fails on."""
        return self.name


def compiled_models(published: Published, names: Iterable[str]) -> list[Model]:
    """The named models as the run compiled them, in the order of the names."""
    target = published.command.data_dir / "warehouse" / "dbt"
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    compiled = {result["unique_id"].split(".")[-1]: result for result in results}
    return [
        Model(compiled[name]["relation_name"], compiled[name]["compiled_code"]) for name in names
    ]


@contextmanager
def empty_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, called and divided as a run's warehouse is."""
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS warehouse; USE warehouse")
        connection.execute("SET threads = 1")
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA {schema}")
        yield connection


def create_like(
    database: duckdb.DuckDBPyConnection, published: Published, tables: Iterable[str]
) -> None:
    """Empty tables with the names and columns of the run's."""
    with opened(published) as run:
        for table in tables:
            columns = run.execute(f"DESCRIBE {table}").fetchall()
            described = ", ".join(f'"{name}" {data_type}' for name, data_type, *_ in columns)
            database.execute(f"CREATE TABLE {table} ({described})")


def insert(
    database: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Sequence[Any]],
    columns: Sequence[str] = (),
) -> None:
    """Leave just these rows in the table; columns that are not named are null."""
    database.execute(f"DELETE FROM {table}")
    if rows:
        names = f"({', '.join(columns)})" if columns else ""
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        database.execute(
            f"INSERT INTO {table} {names} VALUES {marks}", [cell for row in rows for cell in row]
        )


def build(
    database: duckdb.DuckDBPyConnection, models: Iterable[Model], compiled_day: str, as_of: date
) -> None:
    """Build the models in their order as of another day than that they were compiled for."""
    for model in models:
        sql = model.sql.replace(compiled_day, f"date '{as_of}'")
        database.execute(f"CREATE OR REPLACE TABLE {model.name} AS {sql}")


def read_table(
    database: duckdb.DuckDBPyConnection, name: str, keys: Sequence[str], columns: Sequence[str]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """A built table's rows by key; fails on a key that is there twice."""
    rows = database.execute(f"SELECT {', '.join((*keys, *columns))} FROM {name}").fetchall()
    found = {row[: len(keys)]: row[len(keys) :] for row in rows}
    assert len(found) == len(rows), f"{name}: a key is there twice"
    return found


def assert_agree(expected: Mapping[Any, Sequence[Any]], found: Mapping[Any, Sequence[Any]]) -> None:
    """Fail unless both have the same keys, and the same values by the oracle's tolerance."""
    assert expected.keys() == found.keys()
    for key, row in expected.items():
        same = [agree(value, other) for value, other in zip(row, found[key], strict=True)]
        assert all(same), f"{key}: oracle {row}, mart {found[key]}"
