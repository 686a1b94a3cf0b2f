"""Runs that tests share, each made once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from dagster_project.simulation.company import simulate
from tests.command_line import PROJECT_ROOT, CommandLine, Published
from tests.two_nights import TwoNights

#: Enough for every table of the contract to hold rows, few enough to be published in seconds.
SIMULATED_LINES = 20_000

#: The two files that take longest, one for each core; and a short one, since what a worker
#: is given beside its first file waits for that.
FIRST_FILES = (
    "tests/spark/test_parity.py",
    "tests/nights/test_nights_equal_a_full_build.py",
    "tests/spark/test_dialect.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or it is left to one core at the end."""
    places = {PROJECT_ROOT / name: place for place, name in enumerate(FIRST_FILES)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def shared_by_workers(folder: Path) -> Path:
    """The folder that all of pytest's workers see, given one worker's own."""
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def run_once(folder: Path, name: str, prepare: Callable[[Path], CommandLine]) -> Published:
    """A run that all of pytest's workers share: the first to ask makes it, the others wait."""
    folder = shared_by_workers(folder)
    said = folder / f"{name}.output"
    with FileLock(folder / f"{name}.lock"):
        command = prepare(folder / name)
        if not said.exists():
            said.write_text(run_well(command), encoding="utf-8")
    return Published(command, said.read_text(encoding="utf-8"))


def run_well(command: CommandLine) -> str:
    """Run the nightly job, which must succeed, and return what it said."""
    done = command.call("run")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample, landed, checked, built and published once."""

    def sample(folder: Path) -> CommandLine:
        folder.mkdir(exist_ok=True)
        return CommandLine(folder)

    return run_once(tmp_path_factory.getbasetemp(), "sample_run", sample)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A made-up company that fills every table of the contract, published once."""

    def made_up(folder: Path) -> CommandLine:
        if not folder.exists():
            simulate(folder, SIMULATED_LINES, seed=1)
        return CommandLine(folder, folder / "config", "simulated")

    return run_once(tmp_path_factory.getbasetemp(), "simulated_run", made_up)


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> TwoNights:
    """Two runs of a made-up company with faulty records, the second of what was touched."""
    folder = shared_by_workers(tmp_path_factory.getbasetemp())
    with FileLock(folder / "two_nights.lock"):
        played = folder / "two_nights"
        if not TwoNights.of(played).second.folder.exists():
            TwoNights.play(played, "warehouse", lambda command, _: run_well(command))
    return TwoNights.of(played)
