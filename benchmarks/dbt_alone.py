"""``dbt build`` of the same project on the same warehouse, with nothing around it.

``python -m benchmarks.dbt_alone`` under a run's own environment: everything is built
anew, and the same data tests run.
"""

from __future__ import annotations

import os
import subprocess
import sys

from dagster_project.publication.warehouse import open_warehouse, read_context
from dagster_project.settings import Settings
from dagster_project.transform.assets import LANDED_KEY_TESTS
from dagster_project.transform.project import (
    DBT_EXECUTABLE,
    dbt_environment,
    dbt_vars_argument,
)


def build(settings: Settings) -> int:
    """Run dbt to its end and return its exit code."""
    with open_warehouse(settings.warehouse_path) as connection:
        run = read_context(connection)
    return subprocess.run(
        [
            str(DBT_EXECUTABLE),
            "build",
            "--full-refresh",
            *("--exclude-resource-type", "unit_test"),
            *("--exclude", LANDED_KEY_TESTS),
            *("--project-dir", str(settings.dbt_dir)),
            *("--profiles-dir", str(settings.dbt_dir)),
            *("--target-path", str(settings.dbt_target_dir)),
            *("--vars", dbt_vars_argument(settings)),
        ],
        env={**os.environ, **dbt_environment(settings, run.as_of_date, run.run_id)},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(build(Settings.from_environment()))
