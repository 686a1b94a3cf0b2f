"""What the warehouse keeps of earlier nights that tonight's extracts do not tell.

The dbt models in ``dbt/models/history`` keep it as versions, each known from a day on.
Two runs of the same extracts can publish other rows where their histories differ, so
the history is a part of what makes a run itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.ingestion.sql import identifier, literal


@dataclass(frozen=True)
class _Versions:
    """A table of versions, the contract table it follows, and their common columns."""

    name: str
    follows: str
    key: tuple[str, ...]
    values: tuple[str, ...]


_KEPT = (
    _Versions("history_account_owners", "crm.accounts", ("account_id",), ("owner_rep_id",)),
    _Versions(
        "history_rep_positions",
        "crm.reps",
        ("rep_id", "valid_from"),
        ("manager_rep_id", "role", "territory_id"),
    ),
)


def history_digest(connection: duckdb.DuckDBPyConnection, as_of_date: dt.date) -> str:
    """A hash of what was known before a day and tonight's extracts say otherwise or not.

    Empty where the extracts say it all, so that the first run of some extracts and the
    second share it. What was first known on ``as_of_date`` itself follows from the
    extracts and does not count, nor does the day of a first version, which holds for all
    time before.

    Args:
        connection: to a warehouse whose contract tables are tonight's.
        as_of_date: tonight's.
    """
    found = [
        f"{versions.name} {row!r}"
        for versions in _KEPT
        if _exists(connection, versions.name)
        for row in connection.execute(_untold_sql(versions), {"as_of": as_of_date}).fetchall()
    ]
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""


def keep_history_until(night: dt.date, warehouse_path: Path, night_path: Path) -> None:
    """Begin a past night's warehouse with the versions that were known by then.

    Args:
        night: the night.
        warehouse_path: today's warehouse, which may not be there.
        night_path: the night's, which is begun anew.
    """
    night_path.parent.mkdir(parents=True, exist_ok=True)
    night_path.unlink(missing_ok=True)
    if not warehouse_path.exists():
        return
    with duckdb.connect(str(night_path)) as connection:
        connection.execute(f"ATTACH {literal(warehouse_path)} AS today (READ_ONLY)")
        connection.execute("CREATE SCHEMA IF NOT EXISTS history")
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = 'today' AND schema_name = 'history'"
        ).fetchall()
        for (name,) in tables:
            connection.execute(
                f"CREATE TABLE history.{identifier(name)} AS "
                f"SELECT * FROM today.history.{identifier(name)} WHERE known_from <= $night",
                {"night": night},
            )


def _exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    [(count,)] = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'history' AND table_name = ?",
        [name],
    ).fetchall()
    return bool(count)


def _untold_sql(versions: _Versions) -> str:
    """SQL for the versions in effect of each key of today that is not as it always was."""
    key = ", ".join(identifier(name) for name in versions.key)
    values = ", ".join(identifier(name) for name in versions.values)
    known_values = ", ".join(f"known.{identifier(name)}" for name in versions.values)
    is_tonights = " AND ".join(
        f"known.{identifier(name)} IS NOT DISTINCT FROM tonight.{identifier(name)}"
        for name in versions.values
    )
    return f"""
        WITH known AS (
            SELECT *
            FROM history.{identifier(versions.name)}
            WHERE "version" = 1 OR known_from < $as_of
            QUALIFY "version" = 1 OR known_from < coalesce(min(known_from) OVER (
                PARTITION BY {key} ORDER BY "version"
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ), $as_of)
        )
        SELECT {key}, {known_values}, CASE WHEN "version" > 1 THEN known_from END
        FROM known JOIN (SELECT {key}, {values} FROM {versions.follows}) AS tonight
            USING ({key})
        QUALIFY count(*) OVER (PARTITION BY {key}) > 1 OR NOT ({is_tonights})
        ORDER BY {key}, "version"
    """
