"""The ledger: every load that ever landed, by the hash of what it was made from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.mapping import LoadMode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS loads (
    sequence BIGINT PRIMARY KEY,
    load_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_landed BIGINT NOT NULL,
    rows_set_aside BIGINT NOT NULL,
    months DATE[] NOT NULL
);
CREATE TABLE IF NOT EXISTS load_files (
    sequence BIGINT NOT NULL REFERENCES loads (sequence),
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    bytes BIGINT NOT NULL
);
-- In a table of its own, so that a ledger of before needs no change.
CREATE TABLE IF NOT EXISTS load_traits (
    sequence BIGINT PRIMARY KEY REFERENCES loads (sequence),
    rows_deleted BIGINT NOT NULL,
    is_versioned BOOLEAN NOT NULL
);
CREATE TABLE IF NOT EXISTS loads_numbered_by_place (
    sequence BIGINT PRIMARY KEY REFERENCES loads (sequence)
);
CREATE TABLE IF NOT EXISTS nights (
    position BIGINT PRIMARY KEY,
    as_of_date DATE NOT NULL,
    last_sequence BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS cursors (
    position BIGINT PRIMARY KEY,
    source VARCHAR NOT NULL,
    entry VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
"""


@dataclass(frozen=True)
class LoadedFile:
    """A file that a load was made from."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Cursor:
    """Up to where an entry of a database was read, under a mapping of that fingerprint."""

    source: str
    entry: str
    fingerprint: str
    value: str


@dataclass(frozen=True)
class Load:
    """One landed state of one contract table of one source.

    ``months`` are the first days of the months its rows fall in, for tables with
    a period. rows_read = rows_landed + rows_set_aside, always; ``rows_deleted`` are
    those of the landed ones that take a key away. Rows of a load that ``is_versioned``
    tell themselves which of two is newer. Where it ``is_numbered_by_place``, its rows are
    kept without lineage columns, in the order of the records of its one file.
    """

    load_id: str
    source: str
    table: str
    mode: LoadMode
    rows_read: int
    rows_landed: int
    rows_set_aside: int
    months: tuple[dt.date, ...]
    files: tuple[LoadedFile, ...]
    rows_deleted: int = 0
    is_versioned: bool = False
    is_numbered_by_place: bool = False

    def rows_path(self, lake_dir: Path) -> Path:
        """Where the load's rows are kept."""
        return lake_dir / "loads" / self.source / self.table / f"{self.load_id}.parquet"

    def findings_path(self, lake_dir: Path) -> Path:
        """Where the rows that the load set aside are kept."""
        return lake_dir / "findings" / self.source / self.table / f"{self.load_id}.parquet"


class Ledger:
    """Reads and appends loads. Nothing is ever changed or removed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(self._path))
        try:
            connection.execute(_SCHEMA)
            yield connection
        finally:
            connection.close()

    def append(self, loads: Sequence[Load], cursors: Sequence[Cursor] = ()) -> None:
        """Record the loads of one source and the cursors they reach, all or none."""
        with self._connection() as connection:
            connection.begin()
            for cursor in cursors:
                connection.execute(
                    "INSERT INTO cursors SELECT coalesce(max(position), 0) + 1, ?, ?, ?, ? "
                    "FROM cursors",
                    [cursor.source, cursor.entry, cursor.fingerprint, cursor.value],
                )
            for load in loads:
                (sequence,) = connection.execute(
                    "INSERT INTO loads SELECT coalesce(max(sequence), 0) + 1, "
                    "?, ?, ?, ?, ?, ?, ?, ?::DATE[] FROM loads RETURNING sequence",
                    [
                        load.load_id,
                        load.source,
                        load.table,
                        load.mode,
                        load.rows_read,
                        load.rows_landed,
                        load.rows_set_aside,
                        list(load.months),
                    ],
                ).fetchall()[0]
                if load.rows_deleted or load.is_versioned:
                    connection.execute(
                        "INSERT INTO load_traits VALUES (?, ?, ?)",
                        [sequence, load.rows_deleted, load.is_versioned],
                    )
                if load.is_numbered_by_place:
                    connection.execute("INSERT INTO loads_numbered_by_place VALUES (?)", [sequence])
                connection.executemany(
                    "INSERT INTO load_files VALUES (?, ?, ?, ?)",
                    [[sequence, file.name, file.sha256, file.bytes] for file in load.files],
                )
            connection.commit()

    def record_night(self, as_of_date: dt.date) -> None:
        """Remember what had landed when a night's marts were built."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO nights SELECT coalesce(max(position), 0) + 1, ?, "
                "(SELECT coalesce(max(sequence), 0) FROM loads) FROM nights",
                [as_of_date],
            )

    def history_of_night(self, night: dt.date) -> tuple[Load, ...]:
        """Every load that had landed by the last run as of a night or one before it.

        Raises:
            ConfigurationError: if no run as of so early a night is recorded.
        """
        with self._connection() as connection:
            [(last, first_night)] = connection.execute(
                "SELECT max_by(last_sequence, (as_of_date, position)) "
                "FILTER (WHERE as_of_date <= $night), min(as_of_date) FROM nights",
                {"night": night},
            ).fetchall()
        if last is None:
            known = f"the first is as of {first_night}" if first_night else "there is none yet"
            raise ConfigurationError(f"No run as of {night} or before is recorded; {known}.")
        return self._history(last)

    def history(self) -> tuple[Load, ...]:
        """Every load in the order of landing."""
        return self._history(None)

    def _history(self, last: int | None) -> tuple[Load, ...]:
        if not self._path.exists():
            return ()
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT load_id, source, table_name, mode, rows_read, rows_landed, "
                "rows_set_aside, months, "
                "(SELECT list([name, sha256, bytes::VARCHAR] ORDER BY name) FROM load_files "
                "WHERE load_files.sequence = loads.sequence), "
                "coalesce(rows_deleted, 0), coalesce(is_versioned, false), "
                "sequence IN (FROM loads_numbered_by_place) "
                "FROM loads LEFT JOIN load_traits USING (sequence) "
                "WHERE sequence <= coalesce($last, sequence) ORDER BY sequence",
                {"last": last},
            ).fetchall()
        return tuple(
            Load(
                load_id,
                source,
                table,
                LoadMode(mode),
                rows_read,
                rows_landed,
                rows_set_aside,
                tuple(months),
                tuple(LoadedFile(name, sha256, int(size)) for name, sha256, size in files or ()),
                rows_deleted,
                is_versioned,
                is_numbered_by_place,
            )
            for (
                load_id,
                source,
                table,
                mode,
                rows_read,
                rows_landed,
                rows_set_aside,
                months,
                files,
                rows_deleted,
                is_versioned,
                is_numbered_by_place,
            ) in rows
        )

    def cursors(self, source: str) -> dict[str, Cursor]:
        """Where the reads of a source's entries ended, by entry."""
        if not self._path.exists():
            return {}
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT source, entry, fingerprint, value FROM cursors WHERE source = ? "
                "ORDER BY position",
                [source],
            ).fetchall()
        return {entry: Cursor(name, entry, mark, value) for name, entry, mark, value in rows}


def current_loads(history: Sequence[Load]) -> tuple[Load, ...]:
    """The loads that the tables are made of today, each table's oldest first.

    A ``full`` load ends all that its source brought to the table before; a load of
    another mode adds to it. Files that were landed again, under a mapping that
    changed, count once: as they were landed last.

    Files of one table follow each other by their names, whose numbers count as numbers,
    so that it does not matter in which order they arrived. Files of one name follow each
    other as they landed.
    """
    current: dict[tuple[str, str], dict[tuple[LoadedFile, ...], Load]] = {}
    for load in history:
        in_force = current.setdefault((load.source, load.table), {})
        if load.mode is LoadMode.FULL:
            in_force.clear()
        in_force[load.files] = load
    return tuple(
        load for in_force in current.values() for load in sorted(in_force.values(), key=_by_name)
    )


def month_holders(loads: Sequence[Load]) -> dict[dt.date, Load]:
    """Which of a source's ``replace_period`` loads each month is taken from: the last."""
    return {month: load for load in loads for month in load.months}


def months_in_force(loads: Sequence[Load]) -> list[tuple[Load, list[dt.date]]]:
    """Of every ``replace_period`` load the months that no later one brought again, if any."""
    holders = month_holders(loads)
    held = [(load, [month for month, last in holders.items() if last is load]) for load in loads]
    return [(load, months) for load, months in held if months]


#: What a file's name ends in says nothing of when it is from.
_ENDINGS = re.compile(r"(\.[A-Za-z][A-Za-z0-9]*)+$")


def _by_name(load: Load) -> tuple[bool, list[list[str | int]]]:
    """A key to sort one table's loads by; a whole table comes before changes to it."""
    return load.mode is not LoadMode.FULL, [_natural(file.name) for file in load.files]


def _natural(name: str) -> list[str | int]:
    parts = re.split(r"(\d+)", _ENDINGS.sub("", name))
    return [int(part) if position % 2 else part for position, part in enumerate(parts)]


def previous_row_counts(history: Sequence[Load]) -> dict[str, int]:
    """Rows of each table after the load before the newest, over all of its sources.

    A table is left out unless every source of it has landed it whole at least twice.
    """
    by_table: dict[str, dict[str, list[Load]]] = {}
    for load in history:
        by_table.setdefault(load.table, {}).setdefault(load.source, []).append(load)
    return {
        table: sum(loads[-2].rows_landed for loads in sources.values())
        for table, sources in by_table.items()
        if all(len(loads) > 1 and loads[-1].mode is LoadMode.FULL for loads in sources.values())
    }
