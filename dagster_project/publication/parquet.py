"""The marts as Parquet files: sorted, so that the same rows give the same bytes.

A part that the publication before holds already, of the same builds, is linked, not
written: to a reader it is a file of this run like any other.
"""

from __future__ import annotations

import shutil
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
    """Link the parts that were published before, and write the others month by month."""
    state = receipt.parts[mart]
    published = before.part_paths(mart, state.groups) if before else {}
    for month, parts in state.by_month():
        new = [part for part in parts if part not in published]
        for part in parts:
            if part in published:
                target = part_path(run_dir, mart, receipt.run_id, state.groups, part)
                _link(published[part], target)
        if not new:
            continue
        # The month is read once, however many groups of it are written.
        groups = ", ".join(str(part.group) for part in new)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE month_rows AS "
            f"SELECT * EXCLUDE ({MONTH}), {group_sql(state.groups)} AS client_group "
            f"FROM {relation(WAREHOUSE, mart)} "
            f"WHERE {MONTH} = DATE '{month}' AND {group_sql(state.groups)} IN ({groups})"
        )
        for part in new:
            selected = (
                "SELECT * EXCLUDE (client_group) FROM month_rows "
                f"WHERE client_group = {part.group} {order}"
            )
            target = part_path(run_dir, mart, receipt.run_id, state.groups, part)
            _write(connection, selected, target, mart, part.rows)
    connection.execute("DROP TABLE IF EXISTS month_rows")


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
