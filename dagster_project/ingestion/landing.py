"""Landing: one source's extracts become typed Parquet in the lake, all or nothing.

A row that cannot be what the contract says is set aside with file, row, column,
value and rule; it neither stops the run nor vanishes. A file that cannot be
trusted as a whole stops its source, and nothing of that source changes.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.ingestion.contract import CONTRACT, Table
from dagster_project.ingestion.extracts import ExtractFile, collect_files
from dagster_project.ingestion.ledger import Cursor, Ledger, Load, LoadedFile, current_loads
from dagster_project.ingestion.mapping import LoadMode, SourceMapping, TableMapping
from dagster_project.ingestion.readable import ReadableFiles
from dagster_project.ingestion.workbench import Workbench
from dagster_project.memory import MEMORY_LIMIT

logger = logging.getLogger(__name__)

#: Raised when the meaning of a landed row changes, so that nothing older is reused.
LANDING_VERSION = 1


@dataclass(frozen=True)
class Landing:
    """What landing one source did: the loads now in force, and which are new."""

    loads: tuple[Load, ...]
    new: tuple[Load, ...]


@dataclass(frozen=True)
class Job:
    """One load to make: a table, and the files it is made from, by file entry."""

    table: Table
    table_mapping: TableMapping
    mode: LoadMode
    files: dict[str, tuple[ExtractFile, ...]]
    load_id: str

    @property
    def loaded_files(self) -> tuple[LoadedFile, ...]:
        return tuple(
            LoadedFile(file.name, file.sha256, file.bytes)
            for files in self.files.values()
            for file in files
        )


def land_source(
    mapping: SourceMapping,
    *,
    extracts_dir: Path,
    lake_dir: Path,
    ledger: Ledger,
    max_set_aside_share: float,
    memory_limit: str = MEMORY_LIMIT,
) -> Landing:
    """Land every table of one source, or none.

    The same files under the same mapping land nothing new. ``memory_limit`` is what
    DuckDB may use before it spills to disk.

    Raises:
        ExtractError: names the file, what is wrong with it and what to do.
    """
    history = [load for load in ledger.history() if load.source == mapping.name]
    cursors = _usable_cursors(mapping, ledger, current_loads(history), lake_dir)
    files = collect_files(mapping, extracts_dir, lake_dir / "originals", cursors)
    jobs = _plan(mapping, files)
    landing = land_jobs(
        mapping,
        jobs,
        files,
        history=history,
        lake_dir=lake_dir,
        max_set_aside_share=max_set_aside_share,
        memory_limit=memory_limit,
    )
    reached = _reached_cursors(mapping, files, cursors)
    if landing.new or reached:
        ledger.append(landing.new, reached)
    else:
        logger.info("  the same files as before: nothing new to land")
    return landing


def land_jobs(
    mapping: SourceMapping,
    jobs: Sequence[Job],
    files: dict[str, tuple[ExtractFile, ...]],
    *,
    history: Sequence[Load],
    lake_dir: Path,
    max_set_aside_share: float,
    memory_limit: str,
) -> Landing:
    """Write the loads that are not in force yet into the lake, all of them or none.

    Args:
        jobs: the loads that are wanted in force.
        files: the source's files, by file entry; its views may read any of them.
        history: the source's loads that need not be written again.

    Raises:
        ExtractError: names the file, what is wrong with it and what to do.
    """
    # A load whose file was removed from the lake is landed again like a new one.
    by_id = {
        (load.table, load.load_id): load for load in history if load.rows_path(lake_dir).exists()
    }
    in_force: dict[str, list[str]] = {}
    for load in current_loads(history):
        in_force.setdefault(load.table, []).append(load.load_id)
    loads: list[Load] = []
    new: list[Load] = []
    with _staging(lake_dir / ".staging" / mapping.name, memory_limit) as (folder, connection):
        workbench = Workbench(
            mapping,
            connection,
            files,
            max_set_aside_share,
            ReadableFiles(folder / "readable"),
        )
        for job in jobs:
            key = (job.table.name, job.load_id)
            ids = in_force.get(job.table.name, [])
            # A full load is all there is of its table, not one among others.
            is_full = job.mode is LoadMode.FULL
            is_in_force = ids == [job.load_id] if is_full else job.load_id in ids
            if is_in_force and key in by_id:
                loads.append(by_id[key])
                continue
            # A content that was landed once and replaced since is in the lake
            # already: it only has to be put in force again.
            load = by_id.get(key) or _land(mapping, job, workbench, folder)
            loads.append(load)
            new.append(load)
            logger.info(
                "  %s: %s rows landed, %s set aside",
                load.table,
                f"{load.rows_landed:,}",
                f"{load.rows_set_aside:,}",
            )
        for load in new:
            _move_into_lake(load, folder, lake_dir)
    return Landing(loads=tuple(loads), new=tuple(new))


def _land(mapping: SourceMapping, job: Job, workbench: Workbench, folder: Path) -> Load:
    draft = Load(
        load_id=job.load_id,
        source=mapping.name,
        table=job.table.name,
        mode=job.mode,
        rows_read=0,
        rows_landed=0,
        rows_set_aside=0,
        months=(),
        files=job.loaded_files,
    )
    return workbench.write(
        draft,
        job.files,
        rows_path=draft.rows_path(folder),
        findings_path=draft.findings_path(folder),
    )


def _plan(mapping: SourceMapping, files: dict[str, tuple[ExtractFile, ...]]) -> list[Job]:
    """One job a table; for the modes that take files one by one, one job a file."""
    jobs = []
    for name, table_mapping in mapping.source.tables.items():
        entries = mapping.entries_behind(table_mapping.from_)
        mode = table_mapping.mode
        if mode is LoadMode.UPSERT and _is_whole_table(mapping, entries, files):
            mode = LoadMode.FULL
        if mode is LoadMode.FULL:
            groups = [{entry: files[entry] for entry in entries}]
        else:
            (entry,) = entries
            groups = [{entry: (file,)} for file in files[entry]]
        for group in groups:
            load_id = load_id_of(mapping, name, table_mapping, group)
            jobs.append(Job(CONTRACT[name], table_mapping, mode, group, load_id))
    return jobs


def _is_whole_table(
    mapping: SourceMapping, entries: list[str], files: dict[str, tuple[ExtractFile, ...]]
) -> bool:
    """Whether what was read is all that a database has, not what changed in it."""
    return all(
        mapping.source.files[entry].is_in_database
        and files[entry]
        and all(file.since is None for file in files[entry])
        for entry in entries
    )


def _usable_cursors(
    mapping: SourceMapping, ledger: Ledger, in_force: Sequence[Load], lake_dir: Path
) -> dict[str, str]:
    """By entry where the last read ended; without those that have to be read whole.

    That is so where the mapping is not as it was, since the rows of before are without
    what it asks for now, and where rows of before are gone from the lake.
    """
    usable = {}
    for entry, cursor in ledger.cursors(mapping.name).items():
        tables = [name for name, item in mapping.source.tables.items() if item.from_ == entry]
        loads = [load for load in in_force if load.table in tables]
        if (
            entry in mapping.source.files
            and cursor.fingerprint == _fingerprint(mapping, entry)
            and {load.table for load in loads} == set(tables)
            and all(load.rows_path(lake_dir).exists() for load in loads)
        ):
            usable[entry] = cursor.value
    return usable


def _reached_cursors(
    mapping: SourceMapping,
    files: dict[str, tuple[ExtractFile, ...]],
    before: dict[str, str],
) -> list[Cursor]:
    return [
        Cursor(mapping.name, entry, _fingerprint(mapping, entry), file.cursor)
        for entry, entry_files in files.items()
        for file in entry_files
        if file.cursor is not None and before.get(entry) != file.cursor
    ]


def _fingerprint(mapping: SourceMapping, entry: str) -> str:
    """A hash of all that decides what rows are made of an entry's."""
    parts = [f"version {LANDING_VERSION}", mapping.source.files[entry].model_dump_json()]
    for name, table_mapping in mapping.source.tables.items():
        if table_mapping.from_ == entry:
            parts += [repr(CONTRACT[name]), table_mapping.model_dump_json()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def load_id_of(
    mapping: SourceMapping,
    table_name: str,
    table_mapping: TableMapping,
    files: dict[str, tuple[ExtractFile, ...]],
) -> str:
    """A hash of all that decides what the load's rows are."""
    parts = [
        f"version {LANDING_VERSION}",
        mapping.name,
        repr(CONTRACT[table_name]),
        table_mapping.model_dump_json(),
        *(f"{name}: {sql}" for name, sql in mapping.source.views.items()),
    ]
    for entry, entry_files in files.items():
        parts.append(mapping.source.files[entry].model_dump_json())
        parts += [f"{file.name} {file.sha256}" for file in entry_files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@contextmanager
def _staging(folder: Path, memory_limit: str) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """A scratch folder, and a DuckDB database that spills into it; gone afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    connection = duckdb.connect(
        config={"temp_directory": str(folder / "spill"), "memory_limit": memory_limit}
    )
    connection.execute("SET TimeZone = 'UTC'")
    try:
        yield folder, connection
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _move_into_lake(load: Load, staging: Path, lake_dir: Path) -> None:
    for target in (load.rows_path(lake_dir), load.findings_path(lake_dir)):
        staged = staging / target.relative_to(lake_dir)
        if staged.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
