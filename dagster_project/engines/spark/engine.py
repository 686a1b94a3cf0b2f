"""The models built by Spark, beside a warehouse file that holds the run itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dagster_project.engines.spark.batches import SparkInputs
from dagster_project.engines.spark.delivery import deliver
from dagster_project.engines.spark.inputs import copy_run_tables, create_input_views
from dagster_project.engines.spark.java import java_environment
from dagster_project.engines.spark.session import spark_environment, spark_session
from dagster_project.settings import Settings


class SparkEngine:
    """See :class:`~dagster_project.engines.engine.Engine`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def inputs(self) -> Iterator[SparkInputs]:
        """The warehouse file's views, made in Spark over the same files."""
        settings = self._settings
        with spark_session(settings, keeps_java=True) as session:
            create_input_views(
                session, settings.warehouse_path, settings.lake_dir, settings.spark_lake
            )
            yield SparkInputs(session)
            copy_run_tables(session, settings.warehouse_path)

    def build_environment(self) -> Mapping[str, str]:
        """How dbt's session reaches the same Spark, in the Java process that is running."""
        return {**spark_environment(self._settings), **java_environment()}

    def deliver(self, manifest: Path) -> None:
        """Bring the published tables from Spark into the warehouse file."""
        settings = self._settings
        with spark_session(settings) as session:
            deliver(session, settings.warehouse_path, manifest, settings.warehouse_dir / "delivery")
