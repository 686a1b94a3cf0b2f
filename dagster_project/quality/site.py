"""A folder of pages that is replaced whole, so nobody reads half a site."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_site(directory: Path) -> Iterator[Path]:
    """A fresh folder that takes the place of ``directory`` when the block ends well.

    If the block raises, ``directory`` stays as it was.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    # Beside it, so that moving is a rename on one filesystem.
    work = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        fresh, former = work / "fresh", work / "former"
        fresh.mkdir()
        yield fresh
        if directory.exists():
            directory.rename(former)
        try:
            fresh.rename(directory)
        except OSError:
            if former.exists():
                former.rename(directory)
            raise
    finally:
        shutil.rmtree(work)
