"""The contract's tables in Spark's catalog, as Great Expectations reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dagster_project.engines.engine import UnreadableTableError
from dagster_project.engines.spark.dialect import spark_sql

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context.data_context.abstract_data_context import (
        AbstractDataContext,
    )
    from great_expectations.datasource.fluent.spark_datasource import SparkDatasource
    from pyspark.sql import DataFrame, SparkSession


class SparkInputs:
    """The inputs in a session's catalog."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    @contextmanager
    def batches(self, context: AbstractDataContext) -> Iterator[SparkBatches]:
        """The tables, in this session."""
        # Not kept in memory: a table is read by a handful of checks and may be large.
        yield SparkBatches(
            self._session, context.data_sources.add_spark("warehouse", persist=False)
        )


class SparkBatches:
    """See :class:`~dagster_project.engines.engine.Batches`."""

    def __init__(self, session: SparkSession, datasource: SparkDatasource) -> None:
        self._session = session
        self._datasource = datasource
        self._tables: dict[str, DataFrame] = {}

    def batch_definition(self, table: str) -> BatchDefinition[Any]:
        """All rows of a table.

        Raises:
            UnreadableTableError: if it cannot be opened.
        """
        from pyspark.errors import PySparkException

        try:
            self._tables[table] = self._session.table(table)
        except PySparkException as error:
            raise UnreadableTableError(str(error)) from error
        asset = self._datasource.add_dataframe_asset(table)
        return asset.add_batch_definition_whole_dataframe("all rows")

    def batch_parameters(self, table: str) -> dict[str, Any]:
        """The table itself."""
        return {"dataframe": self._tables[table]}

    def query(self, sql: str) -> str:
        """The SQL in Spark's dialect."""
        # The table's place is no SQL, so it stands for a name while that is translated.
        return spark_sql(sql.replace("{batch}", _BATCH)).replace(_BATCH, "{batch}")


_BATCH = "the_batch"
