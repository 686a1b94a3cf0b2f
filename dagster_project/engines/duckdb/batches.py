"""The contract's tables in the warehouse file, as Great Expectations reads them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project.engines.engine import UnreadableTableError
from dagster_project.errors import PipelineError
from dagster_project.memory import MEMORY_LIMIT

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.abstract_data_context import (
        AbstractDataContext,
    )
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource


class DuckDBInputs:
    """The inputs in a warehouse file, which is opened for reading only.

    ``memory_limit`` is what DuckDB may use before it spills to disk.
    """

    def __init__(self, warehouse_path: Path, memory_limit: str = MEMORY_LIMIT) -> None:
        self._warehouse_path = warehouse_path
        self._memory_limit = memory_limit

    @contextmanager
    def batches(self, context: AbstractDataContext) -> Iterator[DuckDBBatches]:
        """Open the file, and leave it free for others at the end.

        Raises:
            PipelineError: if there is no such file, or it is open for writing.
        """
        from great_expectations.datasource.fluent.interfaces import TestConnectionError

        from dagster_project.engines.duckdb.dialect import connection_string

        if not self._warehouse_path.exists():
            raise PipelineError(
                f"{self._warehouse_path}: no such warehouse. Land the inputs first."
            )
        try:
            datasource = context.data_sources.add_sql(
                "warehouse",
                connection_string=connection_string(self._warehouse_path, self._memory_limit),
            )
        except TestConnectionError as error:
            raise PipelineError(
                f"{self._warehouse_path}: cannot be opened for reading: "
                f"{error.__cause__ or error}. "
                "Close whatever has it open for writing, then run again."
            ) from error
        try:
            with warnings.catch_warnings():
                # The schema is to be part of the connection one day. DuckDB's has none,
                # and the inputs are in three.
                warnings.filterwarnings("ignore", "`schema_name` is deprecated", DeprecationWarning)
                yield DuckDBBatches(datasource)
        finally:
            # Each has connections of its own, and any of them would keep other
            # processes from opening the warehouse.
            datasource.get_execution_engine().close()
            datasource.get_engine().dispose()


class DuckDBBatches:
    """See :class:`~dagster_project.engines.engine.Batches`."""

    def __init__(self, datasource: SQLDatasource) -> None:
        self._datasource = datasource

    def batch_definition(self, table: str) -> BatchDefinition[Any]:
        """All rows of a table.

        Raises:
            UnreadableTableError: if it cannot be opened.
        """
        from great_expectations.datasource.fluent.interfaces import TestConnectionError

        # Not a query asset: to learn a query's columns, Great Expectations fetches its rows.
        schema, entity = table.split(".")
        try:
            asset = self._datasource.add_table_asset(table, table_name=entity, schema_name=schema)
        except TestConnectionError as error:
            raise UnreadableTableError(str(error.__cause__ or error)) from error
        return asset.add_batch_definition_whole_table("all rows")

    def batch_parameters(self, table: str) -> dict[str, Any]:
        """None: the table is found by its name."""
        return {}

    def query(self, sql: str) -> str:
        """The SQL as it is."""
        return sql
