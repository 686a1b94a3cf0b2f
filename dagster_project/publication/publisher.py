"""Publish a build that has a passing receipt of its own; leave everything else alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.errors import PublicationRefusedError
from dagster_project.ingestion.sql import literal
from dagster_project.publication.atomic import replace_file, replace_folder, seal, write_text
from dagster_project.publication.database import verify_database, write_database
from dagster_project.publication.dbt_keys import read_keys
from dagster_project.publication.parquet import PublishedRun, read_published_run, write_parquet
from dagster_project.publication.parts import read_parts
from dagster_project.publication.receipt import (
    RECEIPT_NAME,
    Receipt,
    groups_by_mart,
    read_receipt,
)
from dagster_project.publication.staging import RUNS, replaced_path, staging_folder
from dagster_project.publication.warehouse import (
    BuildContext,
    open_warehouse,
    read_context,
    read_mart_rows,
)
from dagster_project.settings import Settings


@dataclass(frozen=True)
class Publication:
    """What was published, and where. ``rows`` is by ``schema.table``."""

    run_id: str
    database_path: Path
    parquet_dir: Path
    receipt_path: Path
    rows: dict[str, int]


def publish(settings: Settings, receipt_path: Path | None = None) -> Publication:
    """Publish the marts of the warehouse: a DuckDB file, Parquet files and the receipt.

    Everything is written and read back in a staging folder first. Then three renames:
    ``runs/<run_id>/`` (Parquet and receipt), ``kpi.duckdb``, ``receipt.json``. A crash
    before the second leaves the old file with the old receipt, and perhaps the run folder
    beside them. A crash between the last two leaves a whole new file under the old
    receipt; its own receipt is in its run folder already. Publishing again puts either
    right.

    Published runs are never deleted: months later finance must still be able to show
    what a bonus was paid on. The same inputs published again replace their own run.

    Args:
        settings: where the warehouse is and where to publish.
        receipt_path: the receipt to trust, if not ``settings.receipt_path``.

    Raises:
        PublicationRefusedError: if the build has no passing receipt of its own, the
            warehouse is not as the receipt has it, or another publication is running.
        CandidateError: if a mart cannot be copied whole.
        OSError: if the disk does not do as told.

    All but an ``OSError`` of the renames themselves leave what was published as it was.
    """
    receipt = _read_passing_receipt(receipt_path or settings.receipt_path)
    keys = read_keys(settings.manifest_path)
    published = settings.published_dir
    publication = Publication(
        run_id=receipt.run_id,
        database_path=settings.published_path,
        parquet_dir=published / RUNS / receipt.run_id,
        receipt_path=published / RECEIPT_NAME,
        rows=dict(receipt.marts),
    )
    with staging_folder(published, receipt.build_id) as staging:
        run_dir = staging / "run"
        database_path = staging / settings.published_path.name
        newest_receipt_path = staging / RECEIPT_NAME
        with open_warehouse(settings.warehouse_path) as connection:
            _refuse_other_build(connection, receipt)
            # DuckDB would spill an in-memory connection into the working directory.
            connection.execute(f"SET temp_directory = {literal(staging / 'spill')}")
            connection.execute(f"SET memory_limit = {literal(settings.memory_limit)}")
            write_parquet(connection, run_dir, receipt, _newest_run(published), keys)
            write_database(connection, database_path, run_dir, receipt, publication.database_path)
        verify_database(database_path, receipt)
        for path in (run_dir / RECEIPT_NAME, newest_receipt_path):
            write_text(path, receipt.as_json())
        for path in (run_dir, database_path, newest_receipt_path):
            seal(path)
        aside = replaced_path(staging, receipt.run_id)
        replace_folder(run_dir, publication.parquet_dir, aside)
        replace_file(database_path, publication.database_path)
        replace_file(newest_receipt_path, publication.receipt_path)
    return publication


def _read_passing_receipt(path: Path) -> Receipt:
    receipt = read_receipt(path)
    if not receipt.has_passed:
        raise PublicationRefusedError(
            f"{path}: build {receipt.build_id} did not pass, so it is not published. Correct "
            f"the following, then build again. {' '.join(receipt.reasons)}"
        )
    return receipt


def _newest_run(published: Path) -> PublishedRun | None:
    """The run published last, by the receipt in its own folder, which came there with its files."""
    newest = read_published_run(published, published / RECEIPT_NAME)
    if newest is None:
        return None
    folder = published / RUNS / newest.receipt.run_id
    return read_published_run(folder, folder / RECEIPT_NAME)


def _refuse_other_build(connection: duckdb.DuckDBPyConnection, receipt: Receipt) -> None:
    context = read_context(connection)
    if context != BuildContext(receipt.run_id, receipt.build_id, receipt.as_of_date):
        raise PublicationRefusedError(
            f"The receipt is of build {receipt.build_id} (run {receipt.run_id}, as of "
            f"{receipt.as_of_date}), but the warehouse holds build {context.build_id} (run "
            f"{context.run_id}, as of {context.as_of_date}). Check the build that is there, "
            "or build again."
        )
    found = read_mart_rows(connection)
    differences = [
        f"{mart} has {_rows(found.get(mart))}, on the receipt {_rows(receipt.marts.get(mart))}"
        for mart in sorted({*found, *receipt.marts})
        if found.get(mart) != receipt.marts.get(mart)
    ]
    found_parts = read_parts(connection, groups_by_mart(receipt))
    differences += [
        f"{mart} has rows in other months or for other clients, or of another build"
        for mart in sorted({*found_parts, *receipt.parts})
        if found_parts.get(mart) != receipt.parts.get(mart)
    ]
    if differences:
        raise PublicationRefusedError(
            "The warehouse was changed after its receipt was written: "
            f"{'; '.join(differences)}. Build again."
        )


def _rows(rows: int | None) -> str:
    return "no table" if rows is None else f"{rows} rows"
