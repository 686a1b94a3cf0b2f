"""How much memory a run's DuckDB may take before it spills to disk."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from dagster_project.errors import ConfigurationError

#: DuckDB keeps more than its limit while it reads files, dbt and Dagster have their own
#: needs, and the machine caches what is on its disk: together as much again.
SHARE_OF_MACHINE = 0.42

#: What a container may use, where that is less than the machine has.
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B|%)", re.IGNORECASE)


def share_of_memory(container_limit: Path = CONTAINER_LIMIT) -> str:
    """The share of the machine's memory, or of the container's, in DuckDB's words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # No container, or one without a limit, which says "max".
    with contextlib.suppress(OSError, ValueError):
        memory = min(memory, int(container_limit.read_text(encoding="ascii")))
    return f"{int(memory * SHARE_OF_MACHINE / 10**6)}MB"


def checked_limit(given: str) -> str:
    """A limit as DuckDB understands it.

    Raises:
        ConfigurationError: for what is not a size.
    """
    if not _SIZE.fullmatch(given.strip()):
        raise ConfigurationError(
            f"The memory limit {given!r} is not a size. Write a number and a unit in "
            "KPI_MEMORY_LIMIT, 8GB for one, or leave it unset."
        )
    return given.strip()


#: What DuckDB may use where nothing else is said.
MEMORY_LIMIT = share_of_memory()
