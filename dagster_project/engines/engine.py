"""What a run asks of the engine its models are built on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from dagster_project.settings import EngineName, Settings

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.abstract_data_context import (
        AbstractDataContext,
    )


class UnreadableTableError(Exception):
    """A contract table that the engine cannot open; its checks cannot be judged."""


class Batches(Protocol):
    """The contract's tables as Great Expectations reads them on one engine."""

    def batch_definition(self, table: str) -> BatchDefinition[Any]:
        """All rows of a table (``schema.name``).

        Raises:
            UnreadableTableError: if it cannot be opened.
        """

    def batch_parameters(self, table: str) -> dict[str, Any]:
        """What a validation of the table is run with."""

    def query(self, sql: str) -> str:
        """A measure's SQL, written for DuckDB, as this engine takes it."""


class Inputs(Protocol):
    """The inputs of one build, ready to be judged."""

    def batches(self, context: AbstractDataContext) -> AbstractContextManager[Batches]:
        """Open the inputs for Great Expectations, and close them at the end.

        Raises:
            PipelineError: if they cannot be opened.
        """


class Engine(Protocol):
    """The engine of one deployment. Each method raises a ``PipelineError`` for a person."""

    def inputs(self) -> AbstractContextManager[Inputs]:
        """The contract's tables as the warehouse file lays them out.

        On leaving without an error, what the file holds by then (the run, its loads, the
        results of the checks) is there for the models as well.
        """

    def build_environment(self) -> Mapping[str, str]:
        """The environment variables by which dbt finds this engine."""

    def deliver(self, manifest: Path) -> None:
        """Bring the published tables that dbt built into the warehouse file.

        Args:
            manifest: dbt's manifest, with the tables' columns, types and descriptions.
        """


def engine_of(settings: Settings) -> Engine:
    """The engine that the settings name."""
    match settings.engine:
        case EngineName.DUCKDB:
            from dagster_project.engines.duckdb.engine import DuckDBEngine

            return DuckDBEngine(settings.warehouse_path, settings.memory_limit)
        case EngineName.SPARK:
            from dagster_project.engines.spark.engine import SparkEngine

            return SparkEngine(settings)
