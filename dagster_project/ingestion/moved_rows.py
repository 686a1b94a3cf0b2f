"""Rows that stand in one month of a ledger while a later file has their key in another.

An extract loaded by ``replace_period`` is the whole of its months and says nothing of the
others. A record that moved from one month to another then stands in both until the month
that it left is brought again. The last file that has a key says where it is; the row of an
earlier one is left out, and told as a finding.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from dagster_project.errors import ExtractError
from dagster_project.ingestion.contract import Table
from dagster_project.ingestion.ledger import Load, months_in_force
from dagster_project.ingestion.mapping import LoadMode
from dagster_project.ingestion.rows import amount_sql, currency_sql, key_text_sql
from dagster_project.ingestion.rows_file import landed_rows_sql
from dagster_project.ingestion.sql import identifier, literal

Held = Sequence[tuple[Load, list[dt.date]]]


def rows_of_months_sql(
    table: Table, load: Load, months: Sequence[dt.date], lake_dir: Path, columns: str
) -> str:
    """A load's rows of some months, called ``landed``, without those it says are deleted."""
    listed = ", ".join(f"DATE {literal(month.isoformat())}" for month in months)
    return (
        f"SELECT {columns} FROM {landed_rows_sql(load, lake_dir)} AS landed "
        f"WHERE date_trunc('month', {table.period_column})::DATE IN ({listed})"
        + (" AND NOT _is_deleted" if load.rows_deleted else "")
    )


def find_moved_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    loads: Sequence[Load],
    lake_dir: Path,
    warehouse_path: Path,
    *,
    max_share: float,
) -> dict[str, Path]:
    """Write the rows that a later file of their source has under their key in another month.

    Args:
        loads: the table's loads in force, each source's in the order of its files.
        warehouse_path: the warehouse that leaves the rows out; each has files of its own.
        max_share: of a source's rows, how many may be left out.

    Returns:
        By source a file with the key's columns, ``_load_id`` and what a finding tells of
        every such row; without sources that have none.

    Raises:
        ExtractError: if there are more. Then keys are likely no keys, as of a system that
            begins to count anew every year.
    """
    found = {}
    for source in dict.fromkeys(load.source for load in loads):
        own = [load for load in loads if load.source == source]
        held = months_in_force(own)
        if own[-1].mode is not LoadMode.REPLACE_PERIOD:
            continue
        stem = hashlib.sha256(str(warehouse_path).encode()).hexdigest()[:8]
        folder = lake_dir / "moved" / source / table.name
        path = _Comparison(connection, table, held, lake_dir).write(folder / stem, max_share)
        if path is not None:
            found[source] = path
    return found


class _Comparison:
    """The rows in force of one source's table, compared across its loads."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: Table, held: Held, lake_dir: Path
    ) -> None:
        self._connection = connection
        self._table = table
        self._held = held
        self._lake_dir = lake_dir
        self._key = ", ".join(map(identifier, table.key))

    def write(self, stem: Path, max_share: float) -> Path | None:
        """Write the rows that moved, and remember what has none.

        A ledger of many years is compared once; a night compares what it brought with it.
        """
        compared = stem.with_name(f"{stem.name}-compared.json")
        months = {load.load_id: [str(month) for month in held] for load, held in self._held}
        known = json.loads(compared.read_text(encoding="utf-8")) if compared.exists() else {}
        is_known = [
            {*months[load.load_id]} <= {*known.get(load.load_id, [])} for load, _ in self._held
        ]
        if all(is_known):
            return None
        stem.parent.mkdir(parents=True, exist_ok=True)
        for stale in stem.parent.glob(f"{stem.name}-*"):
            stale.unlink()
        # Within one load every key stands once.
        if len(self._held) == 1 or not self._find_keys(is_known):
            compared.write_text(json.dumps(months), encoding="utf-8")
            return None
        digest = hashlib.sha256("\n".join(months).encode()).hexdigest()[:16]
        path = stem.with_name(f"{stem.name}-{digest}.parquet")
        self._write_rows(path)
        self._stop_if_too_many(path, max_share)
        return path

    def _find_keys(self, is_known: Sequence[bool]) -> int:
        """Make ``keys_twice``; how many there are."""
        keys = [self._rows(position, self._key) for position in range(len(self._held))]
        new = _all_of(sql for sql, known in zip(keys, is_known, strict=True) if not known)
        twice = f"SELECT {self._key} FROM ({new}) GROUP BY ALL HAVING count(*) > 1"
        if any(is_known):
            old = _all_of(sql for sql, known in zip(keys, is_known, strict=True) if known)
            twice += f" UNION SELECT {self._key} FROM ({old}) WHERE {self._is_in(f'({new})')}"
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE keys_twice AS {twice}")
        return self._one("SELECT count(*) FROM keys_twice")

    def _write_rows(self, path: Path) -> None:
        name, key_text = self._table.name, key_text_sql(self._table)
        columns = (
            f"{self._key}, _load_id, _source AS source, {literal(name)} AS table_name, "
            f"_file AS file, _row AS row_number, {key_text} AS record_key, "
            f'{literal(", ".join(self._table.key))} AS column_name, {key_text} AS "value", '
            f"'moved_key' AS rule, {amount_sql(self._table)} AS amount, "
            f"{currency_sql(self._table)} AS currency"
        )
        rows = _all_of(
            f"SELECT *, {position} AS place FROM ({self._rows(position, columns)}) "
            f"WHERE {self._is_in('keys_twice')}"
            for position in range(len(self._held))
        )
        self._connection.execute(
            f"COPY (SELECT * EXCLUDE (place) FROM ({rows}) QUALIFY row_number() "
            f"OVER (PARTITION BY {self._key} ORDER BY place DESC) > 1 ORDER BY file, row_number) "
            f"TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
        )

    def _stop_if_too_many(self, path: Path, max_share: float) -> None:
        moved = self._one(f"SELECT count(*) FROM read_parquet({literal(path)})")
        everything = self._one(
            "SELECT count(*) FROM ("
            + _all_of(self._rows(position, "1") for position in range(len(self._held)))
            + ")"
        )
        if moved <= max_share * everything:
            return
        [(file, row, key)] = self._connection.execute(
            f"SELECT file, row_number, record_key FROM read_parquet({literal(path)}) LIMIT 1"
        ).fetchall()
        name = self._table.key[0]
        raise ExtractError(
            file,
            f"{moved:,} of {everything:,} rows of {self._table.name} have a key that a row of "
            f"another month has too, in a later file; the limit is {max_share:.1%}. "
            f"First: row {row}, {', '.join(self._table.key)} {key!r}.",
            "If the system counts anew every year, make its keys distinct in the mapping, for "
            f"example {name}: \"strftime({self._table.period_column}, '%Y-') || <column>\". If "
            "records moved, export the months that they left again, or raise "
            "landing.max_set_aside_share in company.yml.",
        )

    def _rows(self, position: int, columns: str) -> str:
        load, months = self._held[position]
        return rows_of_months_sql(self._table, load, months, self._lake_dir, columns)

    def _is_in(self, relation: str) -> str:
        return f"({self._key}) IN (SELECT ({self._key}) FROM {relation})"

    def _one(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchall()[0][0])


def _all_of(parts: Iterable[str]) -> str:
    return " UNION ALL ".join(f"({part})" for part in parts)
