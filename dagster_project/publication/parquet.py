"""The marts as Parquet files: sorted, so that the same rows give the same bytes.

A month that the publication before holds already, of the same build, is linked, not
written: to a reader it is a file of this run like any other.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.errors import PublicationRefusedError
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.publication.candidate import copy_rows
from dagster_project.publication.dbt_keys import Keys
from dagster_project.publication.months import (
    MONTH,
    MONTHLY_MARTS,
    Month,
    month_path,
)
from dagster_project.publication.receipt import Receipt, read_receipt
from dagster_project.publication.warehouse import WAREHOUSE, relation


@dataclass(frozen=True)
class PublishedRun:
    """A run that was published: its folder, and the receipt that lies in it."""

    folder: Path
    receipt: Receipt

    def month_path(self, mart: str, month: dt.date, state: Month) -> Path | None:
        """The file of a month, if the run holds it of the same build."""
        if self.receipt.months.get(mart, {}).get(month) != state:
            return None
        path = month_path(self.folder, mart, self.receipt.run_id, month)
        return path if path.exists() else None


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
        run_dir: the folder to fill: a file a mart, and of monthly marts a file a month.
        receipt: rows by mart and by month.
        before: the run whose months may be linked.
        keys: the marts' keys, as far as they are known.

    Raises:
        CandidateError: names the mart that cannot be copied, or has other rows.
    """
    for mart, rows in receipt.marts.items():
        order = _order(mart, keys)
        if mart in MONTHLY_MARTS:
            for month, state in receipt.months[mart].items():
                target = month_path(run_dir, mart, receipt.run_id, month)
                published = before.month_path(mart, month, state) if before else None
                if published is None:
                    selected = (
                        f"SELECT * EXCLUDE ({MONTH}) FROM {relation(WAREHOUSE, mart)} "
                        f"WHERE {MONTH} = DATE '{month}' {order}"
                    )
                    _write(connection, selected, target, mart, state.rows)
                else:
                    _link(published, target)
        else:
            selected = f"FROM {relation(WAREHOUSE, mart)} {order}"
            _write(connection, selected, mart_path(run_dir, mart), mart, rows)


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
