"""The marts as Parquet files: sorted, so that the same rows give the same bytes.

A part that the publication before holds already, of the same builds, is linked, not
written: to a reader it is a file of this run like any other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.errors import PublicationRefusedError
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.publication.candidate import copy_rows
from dagster_project.publication.dbt_keys import Keys
from dagster_project.publication.parts import (
    MONTH,
    PARTED_MARTS,
    Part,
    group_sql,
    part_path,
)
from dagster_project.publication.receipt import Receipt, read_receipt
from dagster_project.publication.warehouse import WAREHOUSE, relation

#: Rows that are held in memory to be written as parts: some 500 MB of a wide mart.
ROWS_A_BATCH = 2_000_000

_BATCH = "memory.main.batch"


@dataclass(frozen=True)
class PublishedRun:
    """A run that was published: its folder, and the receipt that lies in it."""

    folder: Path
    receipt: Receipt

    def part_paths(self, mart: str, groups: int) -> dict[Part, Path]:
        """The files of the parts that the run holds, if they are of so many groups."""
        held = self.receipt.parts.get(mart)
        if held is None or held.groups != groups:
            return {}
        paths = {
            part: part_path(self.folder, mart, self.receipt.run_id, groups, part)
            for part in held.parts
        }
        return {part: path for part, path in paths.items() if path.exists()}


def read_published_run(folder: Path, receipt_path: Path) -> PublishedRun | None:
    """The run in ``folder``; None where its receipt is missing, or in a form not known here."""
    try:
        return PublishedRun(folder, read_receipt(receipt_path))
    except PublicationRefusedError:
        return None


def mart_path(run_dir: Path, mart: str) -> Path:
    """The Parquet file of a mart that is one file."""
    schema, table = mart.split(".", maxsplit=1)
    return run_dir / schema / f"{table}.parquet"


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    run_dir: Path,
    receipt: Receipt,
    before: PublishedRun | None,
    keys: Keys,
) -> None:
    """Write the marts of the attached warehouse below ``run_dir``, compressed with zstd.

    Args:
        connection: from :func:`~dagster_project.publication.warehouse.open_warehouse`.
        run_dir: the folder to fill: a file a mart, and of parted marts a file a part.
        receipt: rows by mart and by part.
        before: the run whose parts may be linked.
        keys: the marts' keys, as far as they are known.

    Raises:
        CandidateError: names the mart that cannot be copied, or has other rows.
    """
    for mart, rows in receipt.marts.items():
        order = _order(mart, keys)
        if mart in PARTED_MARTS:
            _write_parts(connection, run_dir, receipt, before, mart=mart, order=order)
        else:
            selected = f"FROM {relation(WAREHOUSE, mart)} {order}"
            _write(connection, selected, mart_path(run_dir, mart), mart, rows)


def _write_parts(
    connection: duckdb.DuckDBPyConnection,
    run_dir: Path,
    receipt: Receipt,
    before: PublishedRun | None,
    *,
    mart: str,
    order: str,
) -> None:
    """Link the parts that were published before, and write the others."""
    state = receipt.parts[mart]
    published = before.part_paths(mart, state.groups) if before else {}
    targets = {
        part: part_path(run_dir, mart, receipt.run_id, state.groups, part) for part in state.parts
    }
    for part, path in published.items():
        if part in targets:
            _link(path, targets[part])
    new = [part for part in state.parts if part not in published]
    for batch in _batches(new):
        _read_batch(connection, mart, state.groups, batch)
        statements = [
            (
                f"SELECT * EXCLUDE ({MONTH}, client_group) FROM {_BATCH} "
                f"WHERE {MONTH} = DATE '{part.month}' AND client_group = {part.group} {order}",
                part,
            )
            for part in batch
        ]
        # A part is too small for DuckDB to sort and compress on several cores.
        with ThreadPoolExecutor(_threads(connection)) as pool:
            writes = [
                pool.submit(_write, connection.cursor(), selected, targets[part], mart, part.rows)
                for selected, part in statements
            ]
            for write in writes:
                write.result()
        connection.execute(f"DROP TABLE {_BATCH}")


def _batches(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts in a row whose rows are read from the mart in one go and fit into memory."""
    batch: list[Part] = []
    for part in parts:
        if batch and sum(other.rows for other in batch) + part.rows > ROWS_A_BATCH:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _read_batch(
    connection: duckdb.DuckDBPyConnection, mart: str, groups: int, batch: Sequence[Part]
) -> None:
    """Put the rows of a batch, part by part, into a table that every cursor sees.

    Rows that nights appended lie apart from their months', so that a part for itself
    would have to be looked for in most of the mart.
    """
    wanted = ", ".join(f"(DATE '{part.month}', {part.group})" for part in batch)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {_BATCH} AS
        SELECT * FROM (
            SELECT *, {group_sql(groups)} AS client_group FROM {relation(WAREHOUSE, mart)}
            WHERE {MONTH} BETWEEN DATE '{batch[0].month}' AND DATE '{batch[-1].month}'
        )
        SEMI JOIN (VALUES {wanted}) AS wanted ({MONTH}, client_group)
            USING ({MONTH}, client_group)
        ORDER BY {MONTH}, client_group
        """
    )


def _threads(connection: duckdb.DuckDBPyConnection) -> int:
    [(threads,)] = connection.execute("SELECT current_setting('threads')").fetchall()
    return int(threads)


def _order(mart: str, keys: Keys) -> str:
    """Whichever it is, it is an order of all rows: engines group and join in any."""
    columns = ", ".join(identifier(column) for column in keys.get(mart, ()))
    return f"ORDER BY {columns or 'ALL'}"


def _write(
    connection: duckdb.DuckDBPyConnection, selected: str, target: Path, mart: str, rows: int
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    statement = f"COPY ({selected}) TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)"
    copy_rows(connection, statement, mart, rows)


def _link(published: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(published)
    except OSError:
        # A filesystem without links, or with no more of them to this file.
        shutil.copyfile(published, target)
