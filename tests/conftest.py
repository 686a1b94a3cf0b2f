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
#: What ``make simulate`` makes unless told.
SIMULATED_LINES = 100_000


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


def publish_once(
    factory: pytest.TempPathFactory, name: str, prepare: Callable[[Path], CommandLine]
) -> Published:
    """A run for all tests of all of pytest's workers, made by the first that asks for it.

    ``prepare`` gets an empty folder and says how the command is called in it.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = shared / name, shared / f"{name}.output"
    with FileLock(shared / f"{name}.lock"):
        if not said.exists():
            folder.mkdir()
            command = prepare(folder)
            done = command.call("run")
            assert done.returncode == 0, done.stdout + done.stderr
            (shared / f"{name}.command").write_text(
                f"{command.data_dir}\n{command.config_dir}\n{command.environment}"
            )
            said.write_text(done.stdout, encoding="utf-8")
    data_dir, config_dir, environment = (shared / f"{name}.command").read_text().split("\n")
    command = CommandLine(Path(data_dir), Path(config_dir), environment)
    return Published(command, said.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample, landed, checked, built and published once for all tests."""
    return publish_once(tmp_path_factory, "sample_run", CommandLine)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A made-up company with every input there is, published once for all tests.

    It is that of ``make simulate`` with no other word.
    """

    def prepare(folder: Path) -> CommandLine:
        simulate(folder, SIMULATED_LINES, seed=1)
        return CommandLine(folder, folder / "config", "simulated")

    return publish_once(tmp_path_factory, "simulated_run", prepare)
