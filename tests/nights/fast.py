"""Where a small warehouse is built without waiting for a disk."""

from __future__ import annotations

from pathlib import Path

#: Memory, where the machine has it as a folder; else the usual folder for such files.
FAST_DIR = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
