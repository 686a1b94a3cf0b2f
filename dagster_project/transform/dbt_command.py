"""The dbt command line as Dagster runs it, started no slower than it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dagster_dbt import DbtCliResource
from dagster_dbt.compat import DBT_PYTHON_VERSION

from dagster_project.settings import Settings
from dagster_project.transform.project import DBT_EXECUTABLE


class DbtCommand(DbtCliResource):
    """dagster-dbt's resource, less what takes it three seconds before each dbt command.

    It asks the executable for its version, in a process that imports all of dbt, and makes
    an adapter to look up the columns of what was built. Here the executable is the one
    beside this Python, and no asset asks for its columns.
    """

    @property
    def _cli_version(self) -> Any:
        return DBT_PYTHON_VERSION

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


def dbt_resource(settings: Settings) -> DbtCliResource:
    """The dbt command line on this project."""
    return DbtCommand(
        dbt_executable=str(DBT_EXECUTABLE),
        project_dir=str(settings.dbt_dir),
        profiles_dir=str(settings.dbt_dir),
        global_config_flags=["--log-path", str(settings.dbt_target_dir / "logs")],
    )
