"""Files and folders that change at once or not at all, and survive a power cut.

A rename is atomic for readers but not durable by itself: the file's bytes and the
folder's entry each need their own fsync, in that order.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

#: Nobody edits what was published; a change is a new publication.
READ_ONLY = 0o444


def fsync_path(path: Path) -> None:
    """Wait until a file's bytes, or a folder's entries, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(path: Path) -> None:
    """Make a file, or every file below a folder, read-only and durable.

    The mode is set outright, so that a strict umask of the run does not lock
    analysts out of what was published for them.
    """
    if path.is_dir():
        for child in sorted(path.iterdir()):
            seal(child)
    elif stat.S_IMODE(path.stat().st_mode) != READ_ONLY:
        path.chmod(READ_ONLY)
    fsync_path(path)


def replace_file(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``, which need not exist.

    Raises:
        OSError: if the rename fails, as across filesystems; ``target`` is as it was.
    """
    new.replace(target)
    fsync_path(target.parent)


def replace_folder(new: Path, target: Path, aside: Path) -> None:
    """Put the folder ``new`` in the place of ``target``, which need not exist.

    No portable call swaps two folders, so the old one steps to ``aside`` first and
    comes back if the new one cannot take its place.

    Raises:
        OSError: if a rename fails; ``target`` is as it was, or still at ``aside``
            where the way back failed too.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    is_replacing = target.exists()
    if is_replacing:
        aside.parent.mkdir(parents=True, exist_ok=True)
        target.replace(aside)
    try:
        new.replace(target)
    except BaseException:
        if is_replacing:
            aside.replace(target)
        raise
    fsync_path(target.parent)
    fsync_path(target.parent.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old text or the new, never a part.

    Raises:
        OSError: if it cannot be written; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        fsync_path(draft)
        replace_file(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
