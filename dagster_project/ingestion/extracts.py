"""The files of a source: found by their patterns, hashed, and kept as they came."""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from dagster_project.errors import ExtractError
from dagster_project.ingestion.mapping import SourceMapping
from dagster_project.ingestion.postgres import PostgresReader, open_database

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExtractFile:
    """One delivered file, or what was read of one table or query of a database.

    ``name`` is its path below the extracts folder, as people know it; ``path`` is
    the kept copy that is read, which nobody changes while a run reads it. Of a database
    with a cursor, ``since`` is where the read began, None for all rows, and ``cursor``
    the highest value in it.
    """

    name: str
    path: Path
    sha256: str
    bytes: int
    since: str | None = None
    cursor: str | None = None


def collect_files(
    mapping: SourceMapping,
    extracts_dir: Path,
    originals_dir: Path,
    cursors: Mapping[str, str] | None = None,
) -> dict[str, tuple[ExtractFile, ...]]:
    """Find, hash and keep the files of every entry under ``files``.

    Args:
        cursors: where the last read of an entry with a cursor ended.

    Returns:
        For each file entry of the mapping its files, in the order of their names; none
        where a cursor tells that nothing is new.

    Raises:
        ExtractError: if a pattern finds no file, a file is empty, or a database does
            not give what it is asked for.
    """
    kept_dir = originals_dir / mapping.name
    files: dict[str, tuple[ExtractFile, ...]] = {}
    with ExitStack() as opened:
        database: PostgresReader | None = None
        for entry, spec in mapping.source.files.items():
            if spec.pattern is not None:
                paths = _find(mapping, entry, spec.pattern, extracts_dir)
                files[entry] = _keep_all(mapping, entry, paths, extracts_dir, kept_dir)
                continue
            database = database or opened.enter_context(open_database(mapping))
            since = cursors.get(entry) if cursors else None
            files[entry] = _read(database, mapping, entry, since, kept_dir)
    return files


def _read(
    database: PostgresReader, mapping: SourceMapping, entry: str, since: str | None, kept_dir: Path
) -> tuple[ExtractFile, ...]:
    """What a database has of one entry, kept like a file that was delivered."""
    _make_private(kept_dir)
    arriving = kept_dir / f".{entry}.arriving"
    try:
        reading = database.read(entry, since, arriving)
        if since is not None and reading.rows == 0:
            return ()
        name = f"{mapping.source.folder}/{entry}"
        sha256 = _sha256(arriving)
        kept = kept_path(kept_dir, f"{name}.parquet", sha256)
        kept.parent.mkdir(exist_ok=True)
        arriving.replace(kept)
    finally:
        arriving.unlink(missing_ok=True)
    size = kept.stat().st_size
    return (ExtractFile(name, kept, sha256, size, since, reading.cursor or since),)


def _find(mapping: SourceMapping, entry: str, pattern: str, extracts_dir: Path) -> list[Path]:
    folder = extracts_dir / mapping.source.folder
    paths = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not paths:
        raise ExtractError(
            f"{folder}/{pattern}",
            "no such file.",
            f"Deliver the extract, or correct the pattern at "
            f"{mapping.place('files', entry, 'pattern')}.",
        )
    return paths


class _StillBeingWrittenError(ExtractError):
    """A file that its system has not finished."""

    def __init__(self, name: str, sign: str) -> None:
        super().__init__(name, f"{sign}.", "Run again when its system has finished writing it.")


def _keep_all(
    mapping: SourceMapping, entry: str, paths: list[Path], extracts_dir: Path, kept_dir: Path
) -> tuple[ExtractFile, ...]:
    """The files of an entry; without those still being written, if they can wait."""
    kept = []
    for path in paths:
        try:
            _stop_if_unsettled(path, extracts_dir, mapping.source.settle_seconds)
            kept.append(_keep(path, extracts_dir, kept_dir))
        except _StillBeingWrittenError as unfinished:
            if not mapping.is_landed_by_file(entry):
                raise
            logger.warning("  left for the next run: %s", unfinished)
    return tuple(kept)


def _stop_if_unsettled(path: Path, extracts_dir: Path, settle_seconds: int) -> None:
    age = time.time() - path.stat().st_mtime
    if age < settle_seconds:
        raise _StillBeingWrittenError(
            path.relative_to(extracts_dir).as_posix(),
            f"the file changed {max(age, 0):.0f} seconds ago, less than the source's "
            f"settle_seconds of {settle_seconds}",
        )


def _keep(path: Path, extracts_dir: Path, kept_dir: Path) -> ExtractFile:
    name = path.relative_to(extracts_dir).as_posix()
    size = path.stat().st_size
    if size == 0:
        raise ExtractError(
            name,
            "the file is empty (0 bytes).",
            "Have the system export it again; what was landed before stays in force.",
        )
    if not any(path.stat().st_size == size for path in kept_dir.glob(f"*/{escape(path.name)}")):
        return ExtractFile(name, *_copy(path, name, kept_dir), size)
    sha256 = _sha256(path)
    kept = kept_path(kept_dir, name, sha256)
    if not kept.exists():
        kept, sha256 = _copy(path, name, kept_dir)
    return ExtractFile(name, kept, sha256, size)


def _copy(path: Path, name: str, kept_dir: Path) -> tuple[Path, str]:
    """Keep a copy of a file, hashed while it is made; its path and hash."""
    _make_private(kept_dir)
    before = _state(path)
    arriving = kept_dir / f".{path.name}.arriving"
    with ThreadPoolExecutor(max_workers=1) as beside:
        copied = beside.submit(shutil.copyfile, path, arriving)
        sha256 = _sha256(path)
        copied.result()
    if _state(path) != before:
        arriving.unlink()
        raise _StillBeingWrittenError(name, "the file changed while it was copied")
    kept = kept_path(kept_dir, name, sha256)
    kept.parent.mkdir(exist_ok=True)
    arriving.replace(kept)
    return kept, sha256


def _state(path: Path) -> tuple[int, int]:
    """What is different once somebody writes into a file."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def kept_path(kept_dir: Path, name: str, sha256: str) -> Path:
    """Where a source's file of that name and content is kept."""
    return kept_dir / sha256[:16] / Path(name).name


def _make_private(kept_dir: Path) -> None:
    # Originals hold whatever a system exports, personal data too, so only the account
    # that runs the pipeline may look into them.
    kept_dir.mkdir(parents=True, exist_ok=True)
    kept_dir.chmod(0o700)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
