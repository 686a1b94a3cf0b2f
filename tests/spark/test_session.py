"""How a run's processes find Spark and share it, and what is said when they cannot."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark import SparkContext

from dagster_project.engines.engine import engine_of
from dagster_project.engines.spark.session import spark_environment, spark_session
from dagster_project.errors import ConfigurationError, PipelineError
from dagster_project.settings import Settings
from tests.command_line import PROJECT_ROOT
from tests.spark.conftest import settings_on_this_machine

ENGINE_OF_DUCKDB = """
import sys
from dagster_project.engines.engine import engine_of
from dagster_project.settings import Settings
engine_of(Settings.from_environment()).build_environment()
assert "pyspark" not in sys.modules
assert "sqlglot" not in sys.modules
"""


SESSION_OF_ANOTHER_PROCESS = """
from pyspark.sql import SparkSession
session = SparkSession.builder.enableHiveSupport().getOrCreate()
session.range(3).createOrReplaceTempView("made_there")
print(session.sparkContext.applicationId)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_on_this_machine(tmp_path / "data of a company")


def _java() -> subprocess.Popen[bytes]:
    """The Java process that this one has started."""
    gateway = SparkContext._gateway
    assert gateway is not None
    process: subprocess.Popen[bytes] = gateway.proc
    return process


def test_dbt_and_the_run_are_told_the_same(settings: Settings) -> None:
    arguments = shlex.split(spark_environment(settings)["PYSPARK_SUBMIT_ARGS"])
    assert arguments[:2] == ["--master", "local[1]"]
    assert arguments[-1] == "pyspark-shell"
    configured = dict(item.split("=", 1) for item in arguments if "=" in item)
    assert configured["spark.sql.session.timeZone"] == "UTC"
    assert configured["spark.sql.warehouse.dir"] == settings.spark_warehouse
    assert str(settings.warehouse_dir) in configured["spark.hadoop.javax.jdo.option.ConnectionURL"]


def test_a_cluster_s_own_configuration_takes_the_project_s_place(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARK_CONF_DIR", raising=False)
    own = spark_environment(settings)["SPARK_CONF_DIR"]
    assert (Path(own) / "spark-defaults.conf").exists()
    monkeypatch.setenv("SPARK_CONF_DIR", "/etc/spark/conf")
    assert spark_environment(settings)["SPARK_CONF_DIR"] == "/etc/spark/conf"


def test_a_run_s_processes_share_one_java(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in spark_environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    script = tmp_path / "another_process.py"
    script.write_text(SESSION_OF_ANOTHER_PROCESS)
    with spark_session(settings, keeps_java=True):
        java = _java()
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **engine_of(settings).build_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert java.poll() is None
    with spark_session(settings) as session:
        assert session.sparkContext.applicationId == done.stdout.strip()
        assert session.catalog.listTables() == []
    assert java.poll() is not None
    assert "PYSPARK_GATEWAY_PORT" not in engine_of(settings).build_environment()


def test_java_of_a_session_that_fails_says_why_and_is_not_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in spark_environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    with (
        pytest.raises(PipelineError, match="no_such_table"),
        spark_session(settings, keeps_java=True) as session,
    ):
        java = _java()
        session.table("no_such_table")
    assert java.poll() is not None


def test_without_java_a_person_is_told_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # What a session leaves in the environment is put back after the test.
    for name, value in spark_environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no java here"))
    with pytest.raises(ConfigurationError, match="needs Java 17"), spark_session(settings):
        pass


def test_duckdb_as_the_engine_imports_nothing_of_spark() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENGINE_OF_DUCKDB],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
