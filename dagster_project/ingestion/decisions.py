"""What people decided about customers that no rule could match, read back every night.

``config/matching/decisions.csv`` is kept with the rest of the configuration, under
version control. A review list that was filled in is such a file as it is: of its other
columns nothing is read.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.sql import identifier, literal

#: Columns of the file, as ``lake.matching_decisions`` has them. ``account_id`` is an
#: account of the CRM, or :data:`NO_ACCOUNT`; a row without one is not decided yet.
COLUMNS = ("customer_id", "account_id", "decided_by", "decided_on", "note")

#: The decision that a customer is no account of the CRM.
NO_ACCOUNT = "none"

_REQUIRED = ("customer_id", "account_id", "decided_by", "decided_on")

_REMEDY = "docs/add-a-source.md shows the file."

#: What may be wrong with a decided row, each with its condition; the first that holds is told.
_FAULTS = {
    "customer_id is missing": "customer_id IS NULL",
    "decided_by is missing": "decided_by IS NULL",
    "decided_on is missing": "decided_on IS NULL",
    "decided_on {decided_on!r} is no date like 2026-01-31": (
        "try_strptime(decided_on, '%Y-%m-%d') IS NULL"
    ),
    "customer {customer_id!r} was decided in row {first} already": "first < _row",
}


def load_decisions(connection: duckdb.DuckDBPyConnection, path: Path | None) -> int:
    """Write ``lake.matching_decisions``: one row a customer that was decided, with its place.

    Args:
        connection: of the warehouse; its schema ``lake`` exists.
        path: the file; without one nothing was decided.

    Returns:
        How many customers were decided.

    Raises:
        ConfigurationError: names the file, its row (from 1, the header not counted) and
            what is wrong with it.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE lake.matching_decisions (customer_id VARCHAR, "
        "account_id VARCHAR, decided_by VARCHAR, decided_on DATE, note VARCHAR, _row BIGINT)"
    )
    if path is None or not path.exists():
        return 0
    try:
        scan = _scan_sql(path)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE decided AS {_rows_sql(scan)}")
    except (duckdb.Error, UnicodeDecodeError, csv.Error) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise ConfigurationError(
            f"{path}: the file cannot be read: {reason}. Save it as comma-separated UTF-8. "
            f"{_REMEDY}"
        ) from None
    _stop_on_faults(connection, path)
    connection.execute(
        "INSERT INTO lake.matching_decisions SELECT customer_id, account_id, decided_by, "
        "CAST(decided_on AS DATE), note, _row FROM decided ORDER BY _row"
    )
    [(count,)] = connection.execute("SELECT count(*) FROM decided").fetchall()
    connection.execute("DROP TABLE decided")
    return int(count)


def _scan_sql(path: Path) -> str:
    """The file's rows as text, its columns by the names of its first row."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = [name.strip() for name in next(csv.reader(stream), [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ConfigurationError(
            f"{path}: column {', '.join(map(repr, missing))} is missing. Save it "
            f"as comma-separated UTF-8 with its first row as it is. {_REMEDY}"
        )
    columns = ", ".join(
        f"{literal(name if name in COLUMNS else f'({position})')}: 'VARCHAR'"
        for position, name in enumerate(header)
    )
    return (
        f"read_csv({literal(path)}, columns = {{{columns}}}, auto_detect = false, "
        "header = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true)"
    )


def _rows_sql(scan: str) -> str:
    """The decided rows, with ``_row`` and the first row of the same customer."""
    columns = ", ".join(
        f"nullif(trim({identifier(name)}), '') AS {identifier(name)}" for name in COLUMNS
    )
    return (
        "SELECT *, min(_row) OVER (PARTITION BY customer_id) AS first FROM ("
        f"SELECT row_number() OVER () AS _row, {columns} FROM {scan}) "
        "WHERE account_id IS NOT NULL"
    )


def _stop_on_faults(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    which = " ".join(
        f"WHEN {condition} THEN {position}" for position, condition in enumerate(_FAULTS.values())
    )
    found = connection.execute(
        f"SELECT _row, customer_id, decided_on, first, CASE {which} END AS fault FROM decided "
        "WHERE fault IS NOT NULL ORDER BY _row LIMIT 1"
    ).fetchall()
    if not found:
        return
    [(row, customer_id, decided_on, first, fault)] = found
    problem = list(_FAULTS)[fault].format(
        customer_id=customer_id, decided_on=decided_on, first=first
    )
    raise ConfigurationError(f"{path}: row {row}: {problem}. Correct the row. {_REMEDY}")
