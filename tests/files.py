"""Folders, compared by what is in them."""

from __future__ import annotations

import hashlib
from pathlib import Path


def contents(folder: Path, pattern: str = "*") -> dict[str, str]:
    """The files below a folder by content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob(pattern))
        if path.is_file()
    }
