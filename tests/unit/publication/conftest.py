"""A small made-up build: a warehouse by plain SQL, dbt's results, checks and loads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.publication.receipt import Receipt, issue_receipt
from dagster_project.settings import Environment, Settings

CLIENTS = """
    CREATE SCHEMA core;
    CREATE TABLE core.dim_client AS
        SELECT * FROM (VALUES (3, 'Zoë''s'), (1, 'Acme'), (2, NULL)) AS t (client_key, client_name);
    COMMENT ON TABLE core.dim_client IS 'One row per client; the client''s newest name.';
    COMMENT ON COLUMN core.dim_client.client_name IS 'Name, as "invoiced" -- last.';
"""
REVENUE = """
    CREATE SCHEMA marts;
    CREATE TABLE marts.kpi_revenue AS
        SELECT i % 7 AS client_key, DATE '2014-01-01' + (i % 180)::INTEGER AS day,
            (i * 37 % 10007)::DECIMAL(18, 2) AS revenue, 'run-a' AS run_id
        FROM range(5000) AS t (i);
    COMMENT ON TABLE marts.kpi_revenue IS 'Revenue by client and day.';
"""
PRIVATE = "CREATE SCHEMA staging; CREATE TABLE staging.stg_secret AS SELECT 1 AS salary;"


@dataclass(frozen=True)
class File:
    name: str = "invoices.csv"
    sha256: str = "ab" * 32
    bytes: int = 1234


@dataclass(frozen=True)
class Load:
    source: str = "erp"
    table: str = "invoice"
    load_id: str = "load-1"
    files: tuple[File, ...] = (File(),)
    rows_read: int = 12
    rows_landed: int = 10
    rows_set_aside: int = 2


@dataclass(frozen=True)
class Check:
    table: str = "invoice"
    name: str = "row_count"
    severity: str = "critical"
    has_passed: bool = True
    observed: object = 10
    expected: object = "5 to 20"
    remedy: str = "Ask accounting for the whole extract."

    def but(self, **changes: object) -> Check:
        return replace(self, **changes)  # type: ignore[arg-type]


GOOD_RESULTS: tuple[tuple[str, str], ...] = (
    ("model.sales.dim_client", "success"),
    ("model.sales.kpi_revenue", "success"),
    ("seed.sales.regions", "success"),
    ("test.sales.unique_client", "pass"),
    ("unit_test.sales.kpi_revenue.rounds", "pass"),
    ("test.sales.few_nulls", "warn"),
    ("exposure.sales.pages", "no-op"),
)


@dataclass
class Build:
    """One company's data folder, and the means to build into it."""

    settings: Settings
    check: Check = field(default_factory=Check)
    load: Load = field(default_factory=Load)

    @property
    def run_results_path(self) -> Path:
        return self.settings.data_dir / "target" / "run_results.json"

    def warehouse(
        self,
        build_id: str = "build-1",
        run_id: str = "run-a",
        tables: Sequence[str] = (CLIENTS, REVENUE, PRIVATE),
        as_of_date: dt.date = dt.date(2014, 6, 30),
        full_build_id: str = "build-1",
    ) -> None:
        path = self.settings.warehouse_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with duckdb.connect(path) as connection:
            connection.execute("CREATE SCHEMA run")
            connection.execute(
                "CREATE TABLE run.context (run_id VARCHAR, build_id VARCHAR, as_of_date DATE, "
                "full_build_id VARCHAR)"
            )
            connection.execute(
                "INSERT INTO run.context VALUES (?, ?, ?, ?)",
                [run_id, build_id, as_of_date, full_build_id],
            )
            for statements in tables:
                connection.execute(statements)

    def change(self, statements: str) -> None:
        with duckdb.connect(self.settings.warehouse_path) as connection:
            connection.execute(statements)

    def dbt_ended(self, results: Sequence[tuple[str, str]] = GOOD_RESULTS) -> None:
        self.run_results_path.parent.mkdir(parents=True, exist_ok=True)
        document = {
            "metadata": {
                "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
                "invocation_id": "f765169f",
            },
            "results": [
                {"unique_id": name, "status": status, "message": f"{status}!", "failures": None}
                for name, status in results
            ],
            "elapsed_time": 1.5,
        }
        self.run_results_path.write_text(json.dumps(document), encoding="utf-8")

    def keys_are(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Let dbt's manifest say which columns are a mart's key."""
        nodes: dict[str, object] = {}
        for mart, columns in keys.items():
            schema, alias = mart.split(".")
            nodes[f"model.{mart}"] = {"resource_type": "model", "schema": schema, "alias": alias}
            nodes[f"test.{mart}"] = {
                "resource_type": "test",
                "attached_node": f"model.{mart}",
                "test_metadata": {"name": "unique_key", "kwargs": {"columns": list(columns)}},
            }
        self.settings.manifest_path.parent.mkdir(parents=True, exist_ok=True)
        self.settings.manifest_path.write_text(json.dumps({"nodes": nodes}), encoding="utf-8")

    def receipt(
        self, checks: Sequence[Check] | None = None, loads: Sequence[Load] | None = None
    ) -> Receipt:
        return issue_receipt(
            self.settings,
            run_results_path=self.run_results_path,
            checks=[self.check] if checks is None else checks,
            loads=[self.load] if loads is None else loads,
            project_version="1.2.3",
        )

    def good(
        self,
        build_id: str = "build-1",
        run_id: str = "run-a",
        tables: Sequence[str] = (CLIENTS, REVENUE, PRIVATE),
    ) -> Receipt:
        """A whole build with a passing receipt."""
        self.warehouse(build_id, run_id, tables)
        self.dbt_ended()
        return self.receipt()

    def edit_receipt(self, edit: Callable[[dict[str, object]], object]) -> None:
        path = self.settings.receipt_path
        document = json.loads(path.read_text(encoding="utf-8"))
        edit(document)
        path.write_text(json.dumps(document), encoding="utf-8")

    @property
    def has_staging(self) -> bool:
        return (self.settings.published_dir / ".staging").exists()


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(
        Settings(
            environment=Environment.PRODUCTION,
            config_dir=tmp_path / "config",
            data_dir=tmp_path / "data",
            as_of_date=dt.date(2014, 6, 30),
        )
    )
