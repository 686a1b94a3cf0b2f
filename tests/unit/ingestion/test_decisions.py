"""Decisions about customers are read as they are meant, or refused by file and row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.decisions import load_decisions

HEADER = "customer_id,account_id,decided_by,decided_on,note\n"


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA lake")
        yield connection


def written(folder: Path, text: str) -> Path:
    path = folder / "decisions.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_nothing_is_decided(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for path in (None, tmp_path / "none.csv", written(tmp_path, HEADER)):
        assert load_decisions(warehouse, path) == 0
        assert warehouse.execute("FROM lake.matching_decisions").fetchall() == []


def test_a_review_list_that_was_filled_in_is_read(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        "\ufeffcustomer_id,account_id,decided_by,decided_on,note,customer_name,candidates\n"
        '007, A1 ,eva,2026-01-31,"same house, other name",Müller,A1 Mueller\n'
        "8,,,,,Nobody yet,\n"
        "9,none,eva,2026-02-01,,Cash sales,\n",
    )
    assert load_decisions(warehouse, path) == 2
    assert warehouse.execute("FROM lake.matching_decisions").fetchall() == [
        ("007", "A1", "eva", dt.date(2026, 1, 31), "same house, other name", 1),
        ("9", "none", "eva", dt.date(2026, 2, 1), None, 3),
    ]


def test_a_decision_that_was_taken_back_is_forgotten(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_decisions(warehouse, written(tmp_path, f"{HEADER}1,A1,eva,2026-01-31,\n"))
    assert load_decisions(warehouse, written(tmp_path, HEADER)) == 0
    assert warehouse.execute("FROM lake.matching_decisions").fetchall() == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{HEADER}1,A1,eva,2026-01-31,\n,A2,eva,2026-01-31,\n", "row 2: customer_id is missing"),
        (f"{HEADER}1,A1,,2026-01-31,\n", "row 1: decided_by is missing"),
        (f"{HEADER}1,A1,eva,31.01.2026,\n", "row 1: decided_on '31.01.2026' is no date"),
        (f"{HEADER}1,A1,eva,,\n", "row 1: decided_on is missing"),
        (
            f"{HEADER}1,A1,eva,2026-01-31,\n2,A2,eva,2026-01-31,\n1,A3,eva,2026-01-31,\n",
            "row 3: customer '1' was decided in row 1 already",
        ),
        ("customer_id,account_id,decided_by,note\n1,A1,eva,\n", "column 'decided_on' is missing"),
        (HEADER.replace(",", ";") + "1;A1;eva;2026-01-31;\n", "comma-separated"),
        (f"{HEADER}1,A1,eva,2026-01-31,a,b,c\n", "cannot be read"),
        ("", "is missing"),
    ],
)
def test_what_is_wrong_is_named(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, text: str, problem: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as refused:
        load_decisions(warehouse, path)
    assert str(path) in str(refused.value)
    assert problem in str(refused.value)
