"""One cluster for all tests, and a run of each company on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT_ROOT, CommandLine
from tests.spark.cluster import Cluster, standalone_cluster

RUN_SECONDS = 1200

#: A line that a run writes when it is in the middle of building the models.
IN_THE_MIDDLE = "core.dim_reps"


@dataclass(frozen=True)
class SparkRun:
    """A nightly run on the cluster: what it said, and where its files are."""

    command: CommandLine
    output: str

    @property
    def warehouse_path(self) -> Path:
        """The warehouse file beside Spark's tables."""
        return self.command.data_dir / "warehouse" / "spark" / "warehouse.duckdb"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with standalone_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as running:
        yield running


@pytest.fixture(scope="session")
def sample_on_spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> SparkRun:
    """Adventure Works, with the lake and Spark's tables on this machine's disk."""
    command = CommandLine(tmp_path_factory.mktemp("sample_on_spark"))
    return run_on_spark(command, cluster.environment)


def run_on_spark(
    command: CommandLine,
    environment: Mapping[str, str],
    in_the_middle: Callable[[], None] | None = None,
) -> SparkRun:
    """Run the nightly job, and do something once it is in the middle of the models."""
    log = command.data_dir / "run.log"
    with log.open("wb") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "dagster_project", "run"],
            cwd=PROJECT_ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"},
                **command.variables,
                **environment,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            if in_the_middle is not None:
                _await_line(log, IN_THE_MIDDLE, run)
                in_the_middle()
            run.wait(timeout=RUN_SECONDS)
        finally:
            if run.poll() is None:
                run.kill()
                run.wait()
    said = log.read_text()
    assert run.returncode == 0, said[-6000:]
    return SparkRun(command, said)


def spark_configuration(folder: Path, **extra: str) -> Path:
    """The project's own configuration of Spark, with more lines."""
    shutil.copytree(PROJECT_ROOT / "config" / "spark", folder)
    with (folder / "spark-defaults.conf").open("a") as defaults:
        defaults.writelines(f"{name} {value}\n" for name, value in extra.items())
    return folder


def _await_line(log: Path, line: str, run: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + RUN_SECONDS
    while time.monotonic() < deadline and run.poll() is None:
        if line in log.read_text():
            return
        time.sleep(0.2)
    raise AssertionError(f"the run never said {line!r}:\n{log.read_text()[-6000:]}")
