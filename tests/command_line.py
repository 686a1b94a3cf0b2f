"""Running the command line as a person would, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class CommandLine:
    """``python -m dagster_project`` with data (and, where given, config) folders of its own."""

    data_dir: Path
    config_dir: Path = PROJECT_ROOT / "config"
    environment: str = "sample"

    @property
    def database(self) -> Path:
        """The published file."""
        return self.data_dir / "published" / "kpi.duckdb"

    @property
    def warehouse(self) -> Path:
        """What DuckDB built; a run on Spark keeps its own elsewhere."""
        return self.data_dir / "warehouse" / "warehouse.duckdb"

    @property
    def run_dirs(self) -> list[Path]:
        """The folders of the published runs."""
        return sorted((self.data_dir / "published" / "runs").iterdir())

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that name its folders."""
        return {
            "KPI_ENVIRONMENT": self.environment,
            "KPI_DATA_DIR": str(self.data_dir),
            "KPI_CONFIG_DIR": str(self.config_dir),
        }

    def call(
        self, *arguments: str, extra: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command and return its exit code and what it printed."""
        environment = {**os.environ, **self.variables, **(extra or {})}
        environment.pop("DAGSTER_HOME", None)
        return subprocess.run(
            [sys.executable, "-m", "dagster_project", *arguments],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@dataclass(frozen=True)
class Published:
    """A published run, and what the command said while it ran."""

    command: CommandLine
    output: str

    @property
    def database(self) -> Path:
        return self.command.database
