"""Results of checks, and their table in the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class CheckResult:
    """How one check came out.

    ``unexpected_count`` is the number of rows that failed, where rows were counted.
    """

    table: str
    name: str
    severity: str
    has_passed: bool
    observed: str
    expected: str
    unexpected_count: int | None
    remedy: str


_CREATE = """
CREATE OR REPLACE TABLE quality.check_results (
    table_name VARCHAR NOT NULL,
    check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    has_passed BOOLEAN NOT NULL,
    observed VARCHAR NOT NULL,
    expected VARCHAR NOT NULL,
    unexpected_count BIGINT,
    remedy VARCHAR NOT NULL
)
"""


def store_results(warehouse_path: Path, results: Sequence[CheckResult]) -> None:
    """Replace ``quality.check_results`` in the warehouse.

    Raises:
        duckdb.Error: if another process has the warehouse open.
    """
    rows = sorted((astuple(result) for result in results), key=lambda row: row[:2])
    with duckdb.connect(str(warehouse_path)) as connection:
        # One transaction: a reader finds the results of one run, old or new.
        connection.begin()
        connection.execute("CREATE SCHEMA IF NOT EXISTS quality")
        connection.execute(_CREATE)
        if rows:
            connection.executemany(
                "INSERT INTO quality.check_results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
        connection.commit()


def read_results(warehouse_path: Path) -> tuple[CheckResult, ...]:
    """The results that :func:`store_results` wrote last.

    Raises:
        duckdb.Error: if no checks were stored since the warehouse was prepared.
    """
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT table_name, check_name, severity, has_passed, observed, expected, "
            "unexpected_count, remedy FROM quality.check_results ORDER BY ALL"
        ).fetchall()
    return tuple(CheckResult(*row) for row in rows)
