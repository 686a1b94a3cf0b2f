"""Runs a command and says what it took: seconds on the clock and of the processors, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: How often the memory of a command and of what it started is looked at.
SAMPLE_SECONDS = 0.25

_KIB_PER_GIB = 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """What a command took. ``peak_gib`` is of all its processes at one moment."""

    seconds: float
    cpu_seconds: float
    peak_gib: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def measured(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run a Python command to its end and measure it.

    Args:
        command: arguments after the interpreter's own name.
        folder: where it is started.
        environment: what it sees, beside this process's own environment.

    Raises:
        SystemExit: if it fails; what it printed is shown.
    """
    before = os.times()
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        memory = _Memory(process.pid)
        memory.start()
        output, _ = process.communicate()
        memory.stop()
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        print(output)
        raise SystemExit(f"{' '.join(command)}: failed, so nothing was measured.")
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Cost(seconds, cpu, memory.peak_gib)


class _Memory(threading.Thread):
    """Adds up the resident memory of a process and all below it, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._is_over = threading.Event()
        self.peak_gib = 0.0

    def run(self) -> None:
        while not self._is_over.wait(SAMPLE_SECONDS):
            resident = sum(_resident_kib(pid) for pid in _tree(self._pid))
            self.peak_gib = max(self.peak_gib, resident / _KIB_PER_GIB)

    def stop(self) -> None:
        self._is_over.set()
        self.join()


def _tree(pid: int) -> list[int]:
    """A process and everything that it started, as far as it is still running."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(descendant for child in children for descendant in _tree(int(child)))]


def _resident_kib(pid: int) -> int:
    """Memory of a process, also what it shares with others, so that no sum is too small.

    To tell what is shared, Linux looks at every page: with 11 GiB, every quarter of a second,
    that took more than half a core from what was measured.
    """
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    except OSError:
        pass  # it has just ended
    return 0
