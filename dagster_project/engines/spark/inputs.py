"""What the warehouse file lays out for a build, laid out again in Spark's catalog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from dagster_project.engines.spark.delivery import DELIVERED_SCHEMAS
from dagster_project.engines.spark.dialect import spark_type, spark_view
from dagster_project.engines.spark.files import SparkFiles
from dagster_project.ingestion.sql import identifier

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def create_input_views(
    session: SparkSession, warehouse_path: Path, lake_dir: Path, lake_uri: str
) -> None:
    """Make every view of the warehouse file in Spark, over the same files of the lake.

    Args:
        session: where to make them.
        warehouse_path: the warehouse file, with views over Parquet files in the lake.
        lake_dir: the lake on this machine.
        lake_uri: where the cluster reads it. Files that are missing there are copied;
            they are named by their contents, so one that is there is the same.
    """
    files = SparkFiles(session)

    def place(path: str) -> str:
        uri = f"{lake_uri.rstrip('/')}/{Path(path).relative_to(lake_dir).as_posix()}"
        if lake_uri != lake_dir.as_uri():
            files.upload(Path(path), uri)
        return uri

    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        views = connection.execute(
            "SELECT schema_name, sql FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    for schema in dict.fromkeys(schema for schema, _ in views):
        session.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for _, sql in views:
        session.sql(spark_view(sql, place))


def copy_run_tables(session: SparkSession, warehouse_path: Path) -> None:
    """Copy what the run says of itself: its context, loads, counts and check results.

    These are tables of a few rows. Those that a build delivers are not among them.
    """
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() "
            "WHERE NOT list_contains(?, schema_name)",
            [list(DELIVERED_SCHEMAS)],
        ).fetchall()
        for schema, table in tables:
            relation = connection.sql(f"FROM {identifier(schema)}.{identifier(table)}")
            columns = ", ".join(
                f"`{name}` {spark_type(str(type_))}"
                for name, type_ in zip(relation.columns, relation.types, strict=True)
            )
            session.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            rows = session.createDataFrame(relation.fetchall(), columns).coalesce(1)
            rows.write.mode("overwrite").saveAsTable(f"{schema}.{table}")
