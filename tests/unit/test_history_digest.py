"""What the history adds to a run's inputs: nothing where the extracts say as much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest

from dagster_project.ingestion.history import history_digest

TONIGHT = dt.date(2025, 4, 30)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An account of r1 and a rep below m1, and no history yet."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA crm; CREATE SCHEMA history")
        connection.execute(
            "CREATE TABLE crm.accounts AS SELECT 'a' AS account_id, 'r1' AS owner_rep_id;"
            "CREATE TABLE crm.reps AS SELECT 'r1' AS rep_id, DATE '2024-01-01' AS valid_from, "
            "'m1' AS manager_rep_id, 'rep' AS role, NULL::VARCHAR AS territory_id"
        )
        yield connection


def owners(warehouse: duckdb.DuckDBPyConnection, *versions: tuple[str | None, str]) -> str:
    """The digest where the account had these owners, each known from a day on."""
    warehouse.execute(
        "CREATE OR REPLACE TABLE history.history_account_owners "
        '(account_id VARCHAR, owner_rep_id VARCHAR, "version" INTEGER, known_from DATE)'
    )
    for number, (owner, known_from) in enumerate(versions, start=1):
        warehouse.execute(
            "INSERT INTO history.history_account_owners VALUES ('a', ?, ?, ?)",
            [owner, number, known_from],
        )
    return history_digest(warehouse, TONIGHT)


def test_no_history_adds_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert history_digest(warehouse, TONIGHT) == ""
    assert owners(warehouse) == ""


@pytest.mark.parametrize(
    "versions",
    [
        [("r1", "2025-04-30")],
        [("r1", "2025-01-31")],
        [("r1", "2025-01-31"), ("r2", "2025-04-30")],
    ],
    ids=["first known tonight", "known for long", "another for an hour tonight"],
)
def test_what_the_extracts_say_too_adds_nothing(
    warehouse: duckdb.DuckDBPyConnection, versions: list[tuple[str, str]]
) -> None:
    assert owners(warehouse, *versions) == ""


def test_tonights_change_counts_once_the_same_before_and_after_it_is_kept(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    before = owners(warehouse, ("r9", "2025-01-31"))
    assert before
    assert owners(warehouse, ("r9", "2025-01-31"), ("r1", "2025-04-30")) == before
    assert owners(warehouse, ("r9", "2024-12-31"), ("r1", "2025-04-30")) == before


def test_another_past_is_another_run(warehouse: duckdb.DuckDBPyConnection) -> None:
    digests = {
        owners(warehouse, ("r9", "2025-01-31"), ("r1", "2025-02-28")),
        owners(warehouse, ("r9", "2025-01-31"), ("r1", "2025-03-31")),
        owners(warehouse, ("r8", "2025-01-31"), ("r1", "2025-03-31")),
        owners(warehouse, (None, "2025-01-31")),
        owners(warehouse, ("r1", "2025-01-31"), ("r9", "2025-02-28"), ("r1", "2025-03-31")),
    }
    assert len(digests) == 5
    assert "" not in digests


def test_an_account_that_is_gone_adds_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("DELETE FROM crm.accounts")
    assert owners(warehouse, ("r9", "2025-01-31"), ("r1", "2025-02-28")) == ""


def test_positions_count_like_owners(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        'CREATE TABLE history.history_rep_positions AS SELECT *, 1 AS "version", '
        "DATE '2025-01-31' AS known_from FROM crm.reps"
    )
    assert history_digest(warehouse, TONIGHT) == ""
    warehouse.execute("UPDATE crm.reps SET manager_rep_id = 'm2'")
    assert history_digest(warehouse, TONIGHT) != ""
