"""dbt's own tests that a night leaves out: worked examples, and keys of landed rows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from dagster_project.memory import MEMORY_LIMIT
from dagster_project.settings import Settings
from dagster_project.transform.assets import LANDED_KEY_TESTS
from dagster_project.transform.project import DBT_EXECUTABLE, dbt_vars_argument
from tests.command_line import PROJECT_ROOT, Published


def dbt_test(published: Published, folder: Path, *select: str) -> list[str]:
    """Run a selection of dbt's tests on a copy of the warehouse; the status of each."""
    # dbt takes the types of a unit test's inputs from a built warehouse.
    warehouse = folder / "warehouse.duckdb"
    shutil.copy(published.command.warehouse, warehouse)
    environment = {
        **os.environ,
        "KPI_WAREHOUSE_PATH": str(warehouse),
        "KPI_MEMORY_LIMIT": MEMORY_LIMIT,
        "KPI_AS_OF_DATE": "2014-06-30",
        "KPI_RUN_ID": "unit-test",
    }
    done = subprocess.run(
        [
            str(DBT_EXECUTABLE),
            "test",
            "--select",
            *select,
            "--project-dir",
            str(PROJECT_ROOT / "dbt"),
            "--profiles-dir",
            str(PROJECT_ROOT / "dbt"),
            "--target-path",
            str(folder / "target"),
            "--log-path",
            str(folder / "logs"),
            "--vars",
            dbt_vars_argument(Settings.from_environment()),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return [
        result["status"] for result in results if not result["unique_id"].startswith("operation.")
    ]


def test_every_unit_test_passes(published: Published, tmp_path: Path) -> None:
    statuses = dbt_test(published, tmp_path, "test_type:unit")
    assert len(statuses) >= 30
    assert set(statuses) == {"pass"}


def test_the_keys_of_landed_rows_hold(published: Published, tmp_path: Path) -> None:
    """A night leaves these to the landing; here they hold the landing to its word."""
    statuses = dbt_test(published, tmp_path, LANDED_KEY_TESTS)
    staging = PROJECT_ROOT / "dbt" / "models" / "staging"
    assert len(statuses) == len(list(staging.rglob("stg_*.sql")))
    assert set(statuses) == {"pass"}
