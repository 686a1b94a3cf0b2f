"""The hidden folder a publication is prepared in, on the filesystem it is published to."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_project.errors import PublicationRefusedError

RUNS = "runs"
_STAGING = ".staging"
_REPLACED = "replaced"


def replaced_path(staging: Path, run_id: str) -> Path:
    """Where a published run steps aside while its successor takes its place."""
    return staging / _REPLACED / run_id


@contextmanager
def staging_folder(published: Path, build_id: str) -> Iterator[Path]:
    """An empty ``published/.staging/<build_id>``, gone again at the end however that comes.

    Raises:
        PublicationRefusedError: if another publication is running.
    """
    published.mkdir(parents=True, exist_ok=True)
    with _only_publisher(published):
        _sweep(published)
        folder = published / _STAGING / build_id
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            _sweep(published)


@contextmanager
def _only_publisher(published: Path) -> Iterator[None]:
    """Hold the published folder; the kernel lets go even of a publisher that was killed."""
    descriptor = os.open(published, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublicationRefusedError(
                f"{published}: another publication is running. Let it end, then publish again."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _sweep(published: Path) -> None:
    """Remove all staging, after giving back any run that a killed publisher left aside."""
    staging = published / _STAGING
    for run in staging.glob(f"*/{_REPLACED}/*"):
        home = published / RUNS / run.name
        if not home.exists():
            run.replace(home)
    if staging.exists():
        shutil.rmtree(staging)
