"""The models' unit tests: worked examples, number for number, whatever the data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from dagster_project.settings import Settings
from dagster_project.transform.project import DBT_EXECUTABLE, dbt_vars_argument
from tests.conftest import PROJECT_ROOT, Published


def test_every_unit_test_passes(published: Published, tmp_path: Path) -> None:
    # dbt takes the types of a unit test's inputs from a built warehouse.
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(published.command.data_dir / "warehouse" / "warehouse.duckdb", warehouse)
    environment = {
        **os.environ,
        "KPI_WAREHOUSE_PATH": str(warehouse),
        "KPI_AS_OF_DATE": "2014-06-30",
        "KPI_RUN_ID": "unit-test",
    }
    done = subprocess.run(
        [
            str(DBT_EXECUTABLE),
            "test",
            "--select",
            "test_type:unit",
            "--project-dir",
            str(PROJECT_ROOT / "dbt"),
            "--profiles-dir",
            str(PROJECT_ROOT / "dbt"),
            "--target-path",
            str(tmp_path / "target"),
            "--log-path",
            str(tmp_path / "logs"),
            "--vars",
            dbt_vars_argument(Settings.from_environment()),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    assert len(results) >= 30
    assert {result["status"] for result in results} == {"pass"}
