"""What tests share: running the command line as a person would, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

PROJECT_ROOT = Path(__file__).resolve().parent.parent

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


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The sample, landed, checked, built and published once for all of pytest's workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    command = CommandLine(folder / "sample_run")
    said = folder / "sample_run.output"
    with FileLock(folder / "sample_run.lock"):
        if not said.exists():
            command.data_dir.mkdir(exist_ok=True)
            done = command.call("run")
            assert done.returncode == 0, done.stdout + done.stderr
            said.write_text(done.stdout, encoding="utf-8")
    return Published(command, said.read_text(encoding="utf-8"))
