"""Every path and environment setting of a run, as one typed object.

Nothing else in the project reads an environment variable or names a folder, so a
deployment is one place to check. An environment that is not listed is an error:
there is deliberately no fallback that could write one company's marts over
another's.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from dagster_project.company import Company, load_company
from dagster_project.errors import ConfigurationError
from dagster_project.simulation.state import Simulation

PROJECT_ROOT = Path(__file__).resolve().parent.parent

ENVIRONMENT_VARIABLE = "KPI_ENVIRONMENT"
AS_OF_VARIABLE = "KPI_AS_OF_DATE"
CONFIG_VARIABLE = "KPI_CONFIG_DIR"
DATA_VARIABLE = "KPI_DATA_DIR"
MEMORY_VARIABLE = "KPI_MEMORY_LIMIT"

#: What DuckDB may use before it spills to disk, unless told otherwise.
MEMORY_LIMIT = "8GB"

#: Where ``make simulate`` writes its company unless told otherwise.
SIMULATED_DIR = PROJECT_ROOT / "data" / "simulated"

#: The day the committed sample was extracted: its last document and last change.
SAMPLE_AS_OF_DATE = dt.date(2014, 6, 30)


class Environment(StrEnum):
    """Where a run's extracts come from.

    ``sample`` reads the extracts committed under ``data/sample``;
    ``production`` reads the company's own under ``data/extracts``;
    ``simulated`` reads a made-up company, with its configuration, from the folder
    that ``make simulate`` writes.
    """

    SAMPLE = "sample"
    PRODUCTION = "production"
    SIMULATED = "simulated"


@dataclass(frozen=True)
class Settings:
    """Paths and environment of one run. All paths are absolute."""

    environment: Environment
    config_dir: Path
    data_dir: Path
    as_of_date: dt.date | None
    memory_limit: str = MEMORY_LIMIT

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings from the environment.

        Raises:
            ConfigurationError: for an environment that is not in
                :class:`Environment`, or a date that is not ISO (YYYY-MM-DD).
        """
        name = os.environ.get(ENVIRONMENT_VARIABLE, Environment.SAMPLE)
        try:
            environment = Environment(name)
        except ValueError:
            known = ", ".join(Environment)
            raise ConfigurationError(
                f"{ENVIRONMENT_VARIABLE}={name!r} is not an environment. Set it to one of: {known}."
            ) from None
        is_simulated = environment is Environment.SIMULATED
        default_data = SIMULATED_DIR if is_simulated else PROJECT_ROOT / "data"
        data_dir = Path(os.environ.get(DATA_VARIABLE, default_data)).resolve()
        # A simulated company is whole in one folder, its configuration included.
        default_config = (data_dir if is_simulated else PROJECT_ROOT) / "config"
        return cls(
            environment=environment,
            config_dir=Path(os.environ.get(CONFIG_VARIABLE, default_config)).resolve(),
            data_dir=data_dir,
            as_of_date=_as_of_date(environment, data_dir),
            memory_limit=os.environ.get(MEMORY_VARIABLE, MEMORY_LIMIT),
        )

    @cached_property
    def company(self) -> Company:
        """The company's own settings, from ``config/company.yml``."""
        return load_company(self.config_dir / "company.yml")

    @property
    def sources_dir(self) -> Path:
        return self.config_dir / "sources"

    @property
    def extracts_dir(self) -> Path:
        if self.environment is Environment.SAMPLE:
            return PROJECT_ROOT / "data" / "sample"
        return self.data_dir / "extracts"

    @property
    def lake_dir(self) -> Path:
        return self.data_dir / "lake"

    @property
    def ledger_path(self) -> Path:
        return self.lake_dir / "ledger.duckdb"

    @property
    def warehouse_dir(self) -> Path:
        return self.data_dir / "warehouse"

    @property
    def warehouse_path(self) -> Path:
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def receipt_path(self) -> Path:
        """What the last build was checked for, beside the warehouse it speaks of."""
        return self.warehouse_dir / "receipt.json"

    @property
    def dbt_target_dir(self) -> Path:
        """dbt's artifacts of the last build: manifest, compiled SQL, run results."""
        return self.warehouse_dir / "dbt"

    @property
    def run_results_path(self) -> Path:
        """What dbt says of every model and test of the build."""
        return self.dbt_target_dir / "run_results.json"

    @property
    def manifest_path(self) -> Path:
        """What dbt says of the project that was built."""
        return self.dbt_target_dir / "manifest.json"

    @property
    def checked_docs_dir(self) -> Path:
        """The pages about the last checks, whether or not their build is published."""
        return self.warehouse_dir / "data_docs"

    @property
    def published_dir(self) -> Path:
        return self.data_dir / "published"

    @property
    def published_path(self) -> Path:
        return self.published_dir / "kpi.duckdb"

    @property
    def data_docs_dir(self) -> Path:
        """The pages about the checks of what is published."""
        return self.published_dir / "data_docs"

    @property
    def dbt_dir(self) -> Path:
        return PROJECT_ROOT / "dbt"

    def require_as_of_date(self) -> dt.date:
        """The run's as-of date.

        Raises:
            ConfigurationError: if none was given; no part of a run reads the clock.
        """
        if self.as_of_date is None:
            raise ConfigurationError(
                "No as-of date was given, and nothing here reads the clock. "
                f"Pass one: --as-of YYYY-MM-DD, or set {AS_OF_VARIABLE}."
            )
        return self.as_of_date


def _as_of_date(environment: Environment, data_dir: Path) -> dt.date | None:
    text = os.environ.get(AS_OF_VARIABLE)
    if text is None:
        return _own_as_of_date(environment, data_dir)
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"{AS_OF_VARIABLE}={text!r} is not a date. Write it as YYYY-MM-DD."
        ) from None


def _own_as_of_date(environment: Environment, data_dir: Path) -> dt.date | None:
    """The day that an environment's extracts are known to be of."""
    match environment:
        case Environment.SAMPLE:
            return SAMPLE_AS_OF_DATE
        case Environment.SIMULATED:
            return Simulation.read(data_dir).as_of_date
        case Environment.PRODUCTION:
            return None
