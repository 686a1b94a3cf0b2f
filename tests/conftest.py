"""What tests share: running the command line as a person would, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from dagster_project.simulation.company import simulate

PROJECT_ROOT = Path(__file__).resolve().parent.parent

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


@dataclass(frozen=True)
class CommandLine:
    """``python -m dagster_project`` with data (and, where given, config) folders of its own."""

    data_dir: Path
    config_dir: Path = PROJECT_ROOT / "config"
    environment: str = "sample"

    @property
    def database(self) -> Path:
        """The published file."""
        return self.data_dir / "published" / "kpi.duckdb"

    @property
    def run_dirs(self) -> list[Path]:
        """The folders of the published runs."""
        return sorted((self.data_dir / "published" / "runs").iterdir())

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that name its folders."""
        return {
            "KPI_ENVIRONMENT": self.environment,
            "KPI_DATA_DIR": str(self.data_dir),
            "KPI_CONFIG_DIR": str(self.config_dir),
        }

    def call(
        self, *arguments: str, extra: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command and return its exit code and what it printed."""
        environment = {**os.environ, **self.variables, **(extra or {})}
        environment.pop("DAGSTER_HOME", None)
        return subprocess.run(
            [sys.executable, "-m", "dagster_project", *arguments],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@dataclass(frozen=True)
class Published:
    """A published run, and what the command said while it ran."""

    command: CommandLine
    output: str

    @property
    def database(self) -> Path:
        return self.command.database


def run_once(folder: Path, name: str, prepare: Callable[[Path], CommandLine]) -> Published:
    """A run that all of pytest's workers share: the first to ask makes it, the others wait."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    said = folder / f"{name}.output"
    with FileLock(folder / f"{name}.lock"):
        command = prepare(folder / name)
        if not said.exists():
            done = command.call("run")
            assert done.returncode == 0, done.stdout + done.stderr
            said.write_text(done.stdout, encoding="utf-8")
    return Published(command, said.read_text(encoding="utf-8"))


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
