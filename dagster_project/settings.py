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
from typing import TypeVar

from dagster_project.company import Company, load_company
from dagster_project.errors import ConfigurationError
from dagster_project.memory import MEMORY_LIMIT, checked_limit
from dagster_project.simulation.state import Simulation

PROJECT_ROOT = Path(__file__).resolve().parent.parent

ENVIRONMENT_VARIABLE = "KPI_ENVIRONMENT"
AS_OF_VARIABLE = "KPI_AS_OF_DATE"
NIGHT_VARIABLE = "KPI_AS_OF_NIGHT"
CONFIG_VARIABLE = "KPI_CONFIG_DIR"
DATA_VARIABLE = "KPI_DATA_DIR"
ENGINE_VARIABLE = "KPI_ENGINE"
SPARK_MASTER_VARIABLE = "KPI_SPARK_MASTER"
SPARK_LAKE_VARIABLE = "KPI_SPARK_LAKE"
SPARK_WAREHOUSE_VARIABLE = "KPI_SPARK_WAREHOUSE"

#: Spark inside the run's own process group, where no cluster is named.
LOCAL_SPARK = "local[2]"
MEMORY_VARIABLE = "KPI_MEMORY_LIMIT"

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


class EngineName(StrEnum):
    """What the models are built on.

    ``duckdb`` is one file on this machine; ``spark`` is a cluster, or Spark on this
    machine, for when one machine is outgrown.
    """

    DUCKDB = "duckdb"
    SPARK = "spark"


@dataclass(frozen=True)
class Settings:
    """Paths and environment of one run. All paths are absolute.

    ``spark_lake_uri`` is where a cluster finds what was landed, ``spark_warehouse_uri``
    where it builds, each a URI that Spark reads; None is in the data folder. ``night`` is
    the past night whose marts are built again, in folders of their own; None is tonight.
    """

    environment: Environment
    config_dir: Path
    data_dir: Path
    as_of_date: dt.date | None
    engine: EngineName = EngineName.DUCKDB
    spark_master: str = LOCAL_SPARK
    spark_lake_uri: str | None = None
    spark_warehouse_uri: str | None = None
    memory_limit: str = MEMORY_LIMIT
    night: dt.date | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings from the environment.

        Raises:
            ConfigurationError: for an environment that is not in
                :class:`Environment`, an engine that is not in :class:`EngineName`, a
                date that is not ISO (YYYY-MM-DD), or a memory limit that is no size.
        """
        environment = _one_of(Environment, ENVIRONMENT_VARIABLE, "an environment")
        is_simulated = environment is Environment.SIMULATED
        default_data = SIMULATED_DIR if is_simulated else PROJECT_ROOT / "data"
        data_dir = Path(os.environ.get(DATA_VARIABLE, default_data)).resolve()
        # A simulated company is whole in one folder, its configuration included.
        default_config = (data_dir if is_simulated else PROJECT_ROOT) / "config"
        return cls(
            environment=environment,
            config_dir=Path(os.environ.get(CONFIG_VARIABLE, default_config)).resolve(),
            data_dir=data_dir,
            as_of_date=_date(NIGHT_VARIABLE) or _as_of_date(environment, data_dir),
            night=_date(NIGHT_VARIABLE),
            engine=_one_of(EngineName, ENGINE_VARIABLE, "an engine"),
            spark_master=os.environ.get(SPARK_MASTER_VARIABLE, LOCAL_SPARK),
            spark_lake_uri=os.environ.get(SPARK_LAKE_VARIABLE),
            spark_warehouse_uri=os.environ.get(SPARK_WAREHOUSE_VARIABLE),
            memory_limit=checked_limit(os.environ.get(MEMORY_VARIABLE, MEMORY_LIMIT)),
        )

    @cached_property
    def company(self) -> Company:
        """The company's own settings, from ``config/company.yml``."""
        return load_company(self.config_dir / "company.yml")

    @property
    def sources_dir(self) -> Path:
        return self.config_dir / "sources"

    @property
    def spark_conf_dir(self) -> Path:
        """Spark's own configuration, unless ``SPARK_CONF_DIR`` names another."""
        return PROJECT_ROOT / "config" / "spark"

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
    def _builds_dir(self) -> Path:
        """Where is built and published: a past night is not built over tonight's."""
        return self.data_dir / "nights" / self.night.isoformat() if self.night else self.data_dir

    @property
    def warehouse_dir(self) -> Path:
        """What builds leave for the next. Each engine has its own, and knows no other's."""
        folder = self._builds_dir / "warehouse"
        return folder if self.engine is EngineName.DUCKDB else folder / self.engine

    @property
    def warehouse_path(self) -> Path:
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def spark_lake(self) -> str:
        """The folder in which Spark reads what was landed."""
        return self.spark_lake_uri or self.lake_dir.as_uri()

    @property
    def spark_warehouse(self) -> str:
        """The folder in which Spark keeps its tables, ``<schema>.db/<table>`` each."""
        return self.spark_warehouse_uri or (self.warehouse_dir / "tables").as_uri()

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
        return self._builds_dir / "published"

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


_Name = TypeVar("_Name", bound=StrEnum)


def _one_of(names: type[_Name], variable: str, what: str) -> _Name:
    """The member that a variable names; the first one where it is not set."""
    name = os.environ.get(variable, next(iter(names)))
    try:
        return names(name)
    except ValueError:
        raise ConfigurationError(
            f"{variable}={name!r} is not {what}. Set it to one of: {', '.join(names)}."
        ) from None


def _as_of_date(environment: Environment, data_dir: Path) -> dt.date | None:
    return _date(AS_OF_VARIABLE) or _own_as_of_date(environment, data_dir)


def _date(variable: str) -> dt.date | None:
    text = os.environ.get(variable)
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"{variable}={text!r} is not a date. Write it as YYYY-MM-DD."
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
