"""One cluster for all tests, and two nights of a company on it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from dagster_project.settings import EngineName, Environment, Settings
from tests.command_line import PROJECT_ROOT, CommandLine
from tests.spark.cluster import Cluster, standalone_cluster

RUN_SECONDS = 1200

#: The project's own options for a small company, and no check of classes.
QUICK_JAVA = (
    "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m -XX:+UseSerialGC "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)

#: A line that a run writes when it is in the middle of building the models.
IN_THE_MIDDLE = "core.dim_reps"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with standalone_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as running:
        yield running


def run_on_spark(
    command: CommandLine,
    environment: Mapping[str, str],
    in_the_middle: Callable[[], None] | None = None,
) -> str:
    """Run the nightly job, do something in the middle of the models, and say what it said."""
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
    return said


#: For tables of some thousand rows, on which a run is all planning and small files: a scan is
#: one task, the catalog does not wait for the disk. What a figure is made of is the same.
FOR_A_SMALL_COMPANY = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.files.openCostInBytes": "16384",
    "spark.sql.artifact.isolation.enabled": "false",
    "spark.sql.ui.explainMode": "simple",
    "spark.driver.extraJavaOptions": f"{QUICK_JAVA} -Dderby.system.durability=test",
    "spark.executor.extraJavaOptions": QUICK_JAVA,
}


#: Where no table has more than some thousand rows, interpreting them costs less than compiling
#: their stages does.
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # Without compiled stages its filter is asked for before it is known.
    "spark.sql.optimizer.dynamicPartitionPruning.enabled": "false",
}


def spark_configuration(folder: Path, **extra: str) -> Path:
    """The project's own configuration of Spark for a small company, with more lines."""
    shutil.copytree(PROJECT_ROOT / "config" / "spark", folder)
    settings = {**FOR_A_SMALL_COMPANY, **extra}
    with (folder / "spark-defaults.conf").open("a") as defaults:
        defaults.writelines(f"{name} {value}\n" for name, value in settings.items())
    return folder


def settings_on_this_machine(
    data_dir: Path,
    environment: Environment = Environment.SAMPLE,
    as_of_date: dt.date | None = None,
) -> Settings:
    """A run on Spark in one process of this machine, on one core."""
    return Settings(
        environment,
        PROJECT_ROOT / "config",
        data_dir,
        as_of_date,
        engine=EngineName.SPARK,
        spark_master="local[1]",
    )


def _await_line(log: Path, line: str, run: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + RUN_SECONDS
    while time.monotonic() < deadline and run.poll() is None:
        if line in log.read_text():
            return
        time.sleep(0.2)
    raise AssertionError(f"the run never said {line!r}:\n{log.read_text()[-6000:]}")
