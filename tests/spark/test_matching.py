"""Names in five scripts are the same names to both engines, and lead to the same clients."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.engines.engine import engine_of
from dagster_project.engines.spark.inputs import copy_run_tables, create_input_views
from dagster_project.engines.spark.session import spark_session
from dagster_project.settings import Environment, Settings
from dagster_project.simulation.configuration import SIMULATED_COMPANY
from dagster_project.simulation.laws import HISTORY_END
from dagster_project.transform.project import DBT_EXECUTABLE
from tests.command_line import PROJECT_ROOT
from tests.simulation.matching import match
from tests.spark.conftest import settings_on_this_machine, spark_configuration

CUSTOMERS = 1_500
MODELS = (
    "int_customer_names",
    "int_account_names",
    "int_customers_found_by_key",
    "int_customer_candidates",
    "int_customers_matched",
)


def test_customers_are_matched_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = match(tmp_path, CUSTOMERS)
    settings = settings_on_this_machine(tmp_path / "spark", Environment.SIMULATED, HISTORY_END)
    monkeypatch.setenv("SPARK_CONF_DIR", str(spark_configuration(tmp_path / "conf")))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    with spark_session(settings, keeps_java=True) as session:
        copy_run_tables(session, _inputs(warehouse, tmp_path / "inputs.duckdb"))
        create_input_views(session, warehouse, tmp_path / "lake", (tmp_path / "lake").as_uri())
    _build(settings, {**os.environ, **engine_of(settings).build_environment()})
    with spark_session(settings) as session:
        for model in MODELS:
            of_spark = session.table(f"intermediate.{model}")
            columns = sorted(of_spark.columns)
            found = {tuple(row) for row in of_spark.select(*columns).collect()}
            expected = set(_rows(warehouse, model, columns))
            assert len(expected) >= CUSTOMERS * 0.9
            assert found == expected, (
                model,
                sorted(found - expected, key=str)[:5],
                sorted(expected - found, key=str)[:5],
            )


def _inputs(warehouse: Path, inputs: Path) -> Path:
    """The warehouse without what was built in it, which Spark has to build itself."""
    with duckdb.connect(str(inputs)) as connection:
        connection.execute(f"ATTACH '{warehouse}' AS warehouse (READ_ONLY)")
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = "
            "'warehouse' AND schema_name IN ('crm', 'accounting', 'planning', 'lake', 'run')"
        ).fetchall()
        for schema, table in tables:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.execute(f"CREATE TABLE {schema}.{table} AS FROM warehouse.{schema}.{table}")
    return inputs


def _rows(warehouse: Path, model: str, columns: list[str]) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            f"SELECT {', '.join(columns)} FROM intermediate.{model}"
        ).fetchall()


def _build(settings: Settings, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [
            str(DBT_EXECUTABLE),
            "--quiet",
            *("--log-path", str(settings.data_dir / "logs")),
            "run",
            *("--select", "+int_customers_matched"),
            *("--project-dir", str(PROJECT_ROOT / "dbt")),
            *("--profiles-dir", str(PROJECT_ROOT / "dbt")),
            *("--target-path", str(settings.data_dir / "target")),
            *("--vars", json.dumps(SIMULATED_COMPANY.dbt_vars())),
        ],
        env={
            **environment,
            "KPI_ENGINE": "spark",
            "KPI_WAREHOUSE_PATH": str(settings.warehouse_path),
            "KPI_MEMORY_LIMIT": "1GB",
            "KPI_AS_OF_DATE": HISTORY_END.isoformat(),
            "KPI_RUN_ID": "matching",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
