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
from dagster_project.engines.spark.java import adopt_context, end_java, keep_java
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
        # In quotes, or Java takes what stands behind a blank in it for a class of its own.
        "spark.driver.defaultJavaOptions": f'"-Dderby.system.home={settings.warehouse_dir}"',
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
def spark_session(settings: Settings, *, keeps_java: bool = False) -> Iterator[SparkSession]:
    """A session on the run's Spark.

    The session has to go at the end, since Java holds one at a time and dbt's session,
    which is another process, is the next.

    Args:
        settings: where the run's Spark is.
        keeps_java: whether its Java process stays for dbt and the session after; else it
            goes as well, as it does where an error is raised.

    Raises:
        ConfigurationError: if Spark is not installed, or Java cannot be started.
        PipelineError: if the master cannot be reached, or Spark refuses what is asked of it.
    """
    try:
        with pyspark_importable():
            from pyspark.errors import PySparkException
    except ImportError as error:
        raise ConfigurationError(
            "KPI_ENGINE=spark, but Spark is not installed. Run `make setup-spark`."
        ) from error
    environment = spark_environment(settings)
    if any(os.environ.get(name) != value for name, value in environment.items()):
        end_java()  # what is kept from a run elsewhere, or with another configuration
    os.environ.update(environment)
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    is_kept = False
    try:
        session = _started(settings)
        try:
            yield session
        except PySparkException as error:
            # Its words are Java's, which is about to end.
            raise PipelineError(f"Spark: {error}") from None
        finally:
            session.stop()
        is_kept = keeps_java
    finally:
        if is_kept:
            keep_java()
        else:
            end_java()


def _started(settings: Settings) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        is_adopted = adopt_context()
        session = SparkSession.builder.enableHiveSupport().getOrCreate()
        # What dbt made temporary in its session is nobody else's.
        return session.newSession() if is_adopted else session
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
