"""Figures beside each other, with what they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

PACKAGES = ("duckdb", "pandas", "pyarrow", "polars")


class Figure(NamedTuple):
    """Seconds that a peer and our models took for the same answer, in one run."""

    subject: str
    peer: str
    peer_seconds: float
    our_seconds: float

    @property
    def ratio(self) -> float:
        """How many times as long as ours the peer took."""
        return self.peer_seconds / self.our_seconds


def print_figures(figures: Iterable[Figure]) -> None:
    """Print the figures as a table, below the versions and the machine."""
    print(f"\n{machine()}\n")
    print(f"{'':<58}{'peer':<36}{'peer':>10}{'ours':>10}{'ratio':>9}")
    for figure in figures:
        print(
            f"{figure.subject:<58}{figure.peer:<36}{figure.peer_seconds:>8.2f} s"
            f"{figure.our_seconds:>8.2f} s{figure.ratio:>9.1f}"
        )


def machine() -> str:
    """The machine and the versions, in a line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = [f"{os.cpu_count()} cores", f"{memory:.0f} GiB", f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)
