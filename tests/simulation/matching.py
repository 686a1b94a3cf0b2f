"""A simulated company's customers, matched by the real models and scored on the truth."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import duckdb

from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.ingestion.sql import literal
from dagster_project.memory import MEMORY_LIMIT
from dagster_project.simulation.configuration import SIMULATED_COMPANY
from dagster_project.simulation.laws import HISTORY_END, SQL_DIR, company_connection
from dagster_project.simulation.scale import Scale
from dagster_project.simulation.truth import write_truth
from dagster_project.transform.project import DBT_EXECUTABLE
from tests.command_line import PROJECT_ROOT

_TABLES = ("crm.accounts", "crm.account_merges", "accounting.customers")


def match(folder: Path, clients: int, seed: int = 1, decisions: str | None = None) -> Path:
    """Match a company of so many clients, without documents, and return the warehouse.

    Args:
        folder: for all that is written.
        clients: how many clients the company has had; it knows a few less.
        seed: which company of that size.
        decisions: the text of a file of decisions.

    ``truth`` in the warehouse has one row a customer: ``customer_id``, the client it is
    (``truth``), ``client_id`` and ``match_rule`` as matched, ``link``, ``spelling`` and
    ``weight``, what the client buys beside the others.
    """
    warehouse = folder / "warehouse" / "warehouse.duckdb"
    decisions_path = folder / "decisions.csv"
    if decisions is not None:
        decisions_path.write_text(decisions, encoding="utf-8")
    prepare_warehouse(warehouse, folder / "lake", [], {}, decisions_path)
    _write_tables(folder, warehouse, clients, seed)
    _build(folder, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            f"""
            CREATE TABLE truth AS
            SELECT matched.customer_id, survivors.client_id AS truth, matched.client_id,
                matched.match_rule, known.link, known.spelling, known.weight
            FROM read_parquet({literal(folder / "customers.parquet")}) AS known
            INNER JOIN intermediate.int_accounts_survived AS survivors USING (account_id)
            INNER JOIN intermediate.int_customers_matched AS matched
                ON matched.customer_id = CAST(known.customer_id AS VARCHAR)
            """
        )
    return warehouse


def _write_tables(folder: Path, warehouse: Path, clients: int, seed: int) -> None:
    scale = replace(Scale.of(100_000), client_count=clients)
    with company_connection(scale, seed, HISTORY_END) as connection:
        write_truth(connection, folder)
        connection.execute(
            f"COPY (SELECT *, size_of(customer_id - 20000) AS weight FROM "
            f"read_parquet({literal(folder / 'customer_accounts.parquet')})) "
            f"TO {literal(folder / 'customers.parquet')} (FORMAT parquet)"
        )
        for name in _TABLES:
            sql = (SQL_DIR / f"{name.replace('.', '/')}.sql").read_text(encoding="utf-8")
            connection.execute(
                f"COPY ({sql}) TO {literal(folder / f'{name}.parquet')} (FORMAT parquet)"
            )
    with duckdb.connect(str(warehouse)) as connection:
        for name in _TABLES:
            # In the types of the contract, which the empty view has.
            connection.execute(f"CREATE TABLE {name}_rows AS FROM {name}")
            connection.execute(
                f"INSERT INTO {name}_rows BY NAME "
                f"FROM read_parquet({literal(folder / f'{name}.parquet')})"
            )
            connection.execute(f"CREATE OR REPLACE VIEW {name} AS FROM {name}_rows")


def _build(folder: Path, warehouse: Path) -> None:
    done = subprocess.run(
        [
            str(DBT_EXECUTABLE),
            "--quiet",
            *("--log-path", str(folder / "logs")),
            "run",
            *("--select", "+int_customers_matched"),
            *("--project-dir", str(PROJECT_ROOT / "dbt")),
            *("--profiles-dir", str(PROJECT_ROOT / "dbt")),
            *("--target-path", str(folder / "target")),
            *("--vars", json.dumps(SIMULATED_COMPANY.dbt_vars())),
        ],
        env={
            **os.environ,
            "KPI_WAREHOUSE_PATH": str(warehouse),
            "KPI_MEMORY_LIMIT": MEMORY_LIMIT,
            "KPI_AS_OF_DATE": HISTORY_END.isoformat(),
            "KPI_RUN_ID": "matching",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
