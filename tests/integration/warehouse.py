"""Reading what a published run stood on: the contract's tables and the models before the marts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from tests.command_line import Published


@contextmanager
def opened(published: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    """The run's warehouse, to be read only."""
    path = published.command.warehouse
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def rows(published: Published, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query of the run's warehouse."""
    with opened(published) as connection:
        return connection.execute(query).fetchall()
