"""The files of a source: found by their patterns, hashed, and kept as they came."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from dagster_project.errors import ExtractError
from dagster_project.ingestion.mapping import SourceMapping


@dataclass(frozen=True)
class ExtractFile:
    """One delivered file.

    ``name`` is its path below the extracts folder, as people know it; ``path`` is
    the kept copy that is read, which nobody changes while a run reads it.
    """

    name: str
    path: Path
    sha256: str
    bytes: int


def collect_files(
    mapping: SourceMapping, extracts_dir: Path, originals_dir: Path
) -> dict[str, tuple[ExtractFile, ...]]:
    """Find, hash and keep the files of every entry under ``files``.

    Returns:
        For each file entry of the mapping its files, in the order of their names.

    Raises:
        ExtractError: if a pattern finds no file, or a file is empty.
    """
    return {
        entry: tuple(
            _keep(path, extracts_dir, originals_dir / mapping.name)
            for path in _find(mapping, entry, extracts_dir)
        )
        for entry in mapping.source.files
    }


def _find(mapping: SourceMapping, entry: str, extracts_dir: Path) -> list[Path]:
    pattern = mapping.source.files[entry].pattern
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


def _keep(path: Path, extracts_dir: Path, kept_dir: Path) -> ExtractFile:
    name = path.relative_to(extracts_dir).as_posix()
    size = path.stat().st_size
    if size == 0:
        raise ExtractError(
            name,
            "the file is empty (0 bytes).",
            "Have the system export it again; what was landed before stays in force.",
        )
    sha256 = _sha256(path)
    kept = kept_dir / sha256[:16] / path.name
    if not kept.exists():
        # Originals hold whatever the system exports, personal data too, so only
        # the account that runs the pipeline may look into them.
        kept_dir.mkdir(parents=True, exist_ok=True)
        kept_dir.chmod(0o700)
        kept.parent.mkdir(exist_ok=True)
        arriving = kept.with_name(f".{kept.name}.arriving")
        shutil.copyfile(path, arriving)
        if _sha256(arriving) != sha256:
            arriving.unlink()
            raise ExtractError(
                name,
                "the file changed while it was copied.",
                "Run again when its system has finished writing it.",
            )
        arriving.replace(kept)
    return ExtractFile(name, kept, sha256, size)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
