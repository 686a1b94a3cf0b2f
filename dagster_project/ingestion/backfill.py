"""A source's tables, or one month of them, made again from the kept originals.

No system is asked for anything: every file that a load in force was made of is kept by
its hash. What is landed is what the mapping of today makes of them, so a mistake in a
mapping is corrected for all time before, and a damaged lake is whole again.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path, PurePosixPath

from dagster_project.errors import ConfigurationError, ExtractError
from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.extracts import ExtractFile, kept_path
from dagster_project.ingestion.landing import Job, Landing, land_jobs, load_id_of
from dagster_project.ingestion.ledger import Ledger, Load, LoadedFile, current_loads
from dagster_project.ingestion.mapping import LoadMode, SourceMapping
from dagster_project.memory import MEMORY_LIMIT


def backfill(
    mapping: SourceMapping,
    *,
    lake_dir: Path,
    ledger: Ledger,
    max_set_aside_share: float,
    month: dt.date | None = None,
    memory_limit: str = MEMORY_LIMIT,
) -> Landing:
    """Land again what the loads in force of one source were made of.

    Args:
        month: the first day of a month; then only the loads that have rows of it, which
            leaves out tables that have no date.

    Raises:
        ConfigurationError: if the source has no such loads.
        ExtractError: if an original is gone, or cannot be landed as it is mapped now.
    """
    in_force = [load for load in current_loads(ledger.history()) if load.source == mapping.name]
    wanted = [
        load
        for load in in_force
        if load.table in mapping.source.tables and (month is None or month in load.months)
    ]
    if not wanted:
        what = f" of {month:%Y-%m}" if month else ""
        raise ConfigurationError(
            f"{mapping.path}: nothing{what} was landed from {mapping.name} yet. "
            "Land its extracts by a run first."
        )
    originals_dir = lake_dir / "originals"
    files: dict[str, tuple[ExtractFile, ...]] = dict.fromkeys(mapping.source.files, ())
    for load in in_force:
        if load.table in mapping.source.tables:
            for entry, found in _files_of(mapping, load, originals_dir).items():
                files[entry] = tuple(dict.fromkeys((*files[entry], *found)))
    landing = land_jobs(
        mapping,
        [_job(mapping, load, originals_dir) for load in wanted],
        files,
        history=(),
        lake_dir=lake_dir,
        max_set_aside_share=max_set_aside_share,
        memory_limit=memory_limit,
    )
    known = {(load.table, load.load_id) for load in in_force}
    changed = [load for load in landing.new if (load.table, load.load_id) not in known]
    if changed:
        ledger.append(changed)
    return landing


def _job(mapping: SourceMapping, load: Load, originals_dir: Path) -> Job:
    table_mapping = mapping.source.tables[load.table]
    files = _files_of(mapping, load, originals_dir)
    # The first read of a database is its whole table, whatever the mapping's mode.
    is_whole = load.mode is LoadMode.FULL and table_mapping.mode is LoadMode.UPSERT
    return Job(
        CONTRACT[load.table],
        table_mapping,
        LoadMode.FULL if is_whole else table_mapping.mode,
        files,
        load_id_of(mapping, load.table, table_mapping, files),
    )


def _files_of(
    mapping: SourceMapping, load: Load, originals_dir: Path
) -> dict[str, tuple[ExtractFile, ...]]:
    """A load's files as they are kept, by the file entry that they belong to."""
    entries = mapping.entries_behind(mapping.source.tables[load.table].from_)
    files: dict[str, list[ExtractFile]] = {entry: [] for entry in entries}
    for file in load.files:
        entry = next((name for name in entries if _belongs(mapping, name, file)), None)
        if entry is None:
            raise ExtractError(
                file.name,
                f"{load.table} was landed from it, but the mapping of today reads no such file.",
                f"Correct the patterns in {mapping.path}.",
            )
        path = kept_path(originals_dir / mapping.name, file.name, file.sha256)
        if mapping.source.files[entry].is_in_database:
            path = path.with_suffix(".parquet")
        if not path.exists():
            raise ExtractError(
                file.name,
                f"its original is no longer kept at {path}.",
                "Put the file back among the extracts and run.",
            )
        files[entry].append(ExtractFile(file.name, path, file.sha256, file.bytes))
    return {entry: tuple(found) for entry, found in files.items()}


def _belongs(mapping: SourceMapping, entry: str, file: LoadedFile) -> bool:
    spec = mapping.source.files[entry]
    if spec.pattern is None:
        return file.name == f"{mapping.source.folder}/{entry}"
    return PurePosixPath(file.name).match(f"{mapping.source.folder}/{spec.pattern}")
