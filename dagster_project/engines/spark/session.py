"""The Spark session of a run: how every one of its processes reaches the same Spark.

What decides a figure is set here, and only here. How large Spark may grow is in
``config/spark/spark-defaults.conf``, or the cluster's own (``SPARK_CONF_DIR``).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dagster_project.engines.quiet import pyspark_importable
from dagster_project.errors import ConfigurationError, PipelineError
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_environment(settings: Settings) -> dict[str, str]:
    """The environment variables by which a process finds this run's Spark.

    dbt starts a session of its own, in a process of its own. Both read their
    configuration from here, so neither can differ from the other.
    """
    arguments = ["--master", settings.spark_master, "--name", "sales-kpi"]
    for name, value in _configuration(settings).items():
        arguments += ["--conf", f"{name}={value}"]
    return {
        "PYSPARK_SUBMIT_ARGS": f"{shlex.join(arguments)} pyspark-shell",
        "SPARK_CONF_DIR": os.environ.get("SPARK_CONF_DIR", str(settings.spark_conf_dir)),
    }


def _configuration(settings: Settings) -> dict[str, str]:
    metastore = settings.warehouse_dir / "metastore"
    return {
        "spark.sql.warehouse.dir": settings.spark_warehouse,
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.sources.default": "parquet",
        # A file of the run's machine holds the catalog, unless the cluster's
        # configuration names a metastore service (hive.metastore.uris).
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={metastore};create=true"
        ),
        "spark.driver.defaultJavaOptions": f"-Dderby.system.home={settings.warehouse_dir}",
        # Dates and times mean the same everywhere.
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        # dbt's adapter sets this for its session; the run's own must not differ.
        "spark.sql.ansi.enabled": "false",
        # An incremental model replaces the months it brings and no others.
        "spark.sql.sources.partitionOverwriteMode": "dynamic",
        "spark.ui.showConsoleProgress": "false",
    }


@contextmanager
def spark_session(settings: Settings) -> Iterator[SparkSession]:
    """A session on the run's Spark, gone with its Java process at the end.

    The process has to go, not only the session: it holds the catalog's file, and dbt's
    session, which is another process, opens the same one.

    Raises:
        ConfigurationError: if Spark is not installed, or Java cannot be started.
        PipelineError: if the master cannot be reached.
    """
    try:
        with pyspark_importable():
            from py4j.protocol import Py4JError
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise ConfigurationError(
            "KPI_ENGINE=spark, but Spark is not installed. Run `make setup-spark`."
        ) from error
    os.environ.update(spark_environment(settings))
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    try:
        session = SparkSession.builder.enableHiveSupport().getOrCreate()
    except PySparkException as error:
        raise ConfigurationError(
            "Spark could not be started. It needs Java 17 or later, found by JAVA_HOME or on "
            f"the PATH. {error}"
        ) from error
    except Py4JError as error:
        raise PipelineError(
            f"{settings.spark_master}: Spark could not be started there. See that the master "
            f"runs and has workers. {str(error).splitlines()[0]}"
        ) from error
    try:
        yield session
    finally:
        session.stop()
        _end_java()


def _end_java() -> None:
    """End the Java process behind pyspark, which would otherwise live as long as Python.

    pyspark has no call for it. Java ends by itself when its standard input is closed.
    """
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    if gateway is None:
        return
    process = gateway.proc
    gateway.shutdown()  # type: ignore[no-untyped-call]  # py4j has no types
    SparkContext._gateway = None
    SparkContext._jvm = None
    if process.stdin is not None:
        process.stdin.close()
    process.wait(timeout=60)
