"""Results in the warehouse."""

from __future__ import annotations

from dataclasses import astuple, replace
from pathlib import Path

import duckdb

from dagster_project.quality.results import CheckResult, store_results

RESULT = CheckResult(
    table="accounting.invoices",
    name="table_has_rows",
    severity="critical",
    has_passed=True,
    observed="72",
    expected="at least 1 row",
    unexpected_count=None,
    remedy="See.",
)
COLUMNS = {
    "table_name": "VARCHAR",
    "check_name": "VARCHAR",
    "severity": "VARCHAR",
    "has_passed": "BOOLEAN",
    "observed": "VARCHAR",
    "expected": "VARCHAR",
    "unexpected_count": "BIGINT",
    "remedy": "VARCHAR",
}


def read(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("SELECT * FROM quality.check_results").fetchall()


def test_results_are_read_back_sorted(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    other = replace(
        RESULT, table="accounting.customers", name="z", has_passed=False, unexpected_count=3
    )
    earlier = replace(RESULT, name="a")
    store_results(path, (RESULT, other, earlier))
    assert read(path) == [astuple(other), astuple(earlier), astuple(RESULT)]
    with duckdb.connect(str(path), read_only=True) as connection:
        described = connection.execute("DESCRIBE quality.check_results").fetchall()
    assert {row[0]: row[1] for row in described} == COLUMNS


def test_results_replace_those_of_the_run_before(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    store_results(path, (RESULT, replace(RESULT, name="gone tomorrow")))
    store_results(path, (RESULT,))
    assert read(path) == [astuple(RESULT)]
    store_results(path, ())
    assert read(path) == []


def test_the_rest_of_the_warehouse_stays(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA quality; CREATE TABLE quality.other AS SELECT 1 AS one")
    store_results(path, (RESULT,))
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("FROM quality.other").fetchall() == [(1,)]
