"""Where a run reads and writes, and what it refuses to guess."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import ConfigurationError
from dagster_project.memory import share_of_memory
from dagster_project.settings import (
    AS_OF_VARIABLE,
    CONFIG_VARIABLE,
    DATA_VARIABLE,
    ENGINE_VARIABLE,
    ENVIRONMENT_VARIABLE,
    PROJECT_ROOT,
    SAMPLE_AS_OF_DATE,
    SPARK_LAKE_VARIABLE,
    SPARK_MASTER_VARIABLE,
    SPARK_WAREHOUSE_VARIABLE,
    EngineName,
    Environment,
    Settings,
)
from dagster_project.simulation.state import Simulation


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        AS_OF_VARIABLE,
        CONFIG_VARIABLE,
        DATA_VARIABLE,
        ENGINE_VARIABLE,
        ENVIRONMENT_VARIABLE,
        SPARK_LAKE_VARIABLE,
        SPARK_MASTER_VARIABLE,
        SPARK_WAREHOUSE_VARIABLE,
    ):
        monkeypatch.delenv(name, raising=False)


def test_without_any_setting_the_sample_is_built() -> None:
    settings = Settings.from_environment()
    assert settings.environment is Environment.SAMPLE
    assert settings.extracts_dir == PROJECT_ROOT / "data" / "sample"
    assert settings.sources_dir == PROJECT_ROOT / "config" / "sources"
    assert settings.require_as_of_date() == SAMPLE_AS_OF_DATE
    assert settings.company.reporting_currency == "USD"


def test_production_reads_and_writes_below_its_own_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "production")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "config"))
    settings = Settings.from_environment()
    assert settings.extracts_dir == tmp_path / "data" / "extracts"
    assert settings.sources_dir == tmp_path / "config" / "sources"
    for path in (
        settings.lake_dir,
        settings.ledger_path,
        settings.warehouse_path,
        settings.receipt_path,
        settings.published_path,
        settings.data_docs_dir,
    ):
        assert path.is_relative_to(tmp_path / "data")


def test_a_simulated_company_is_whole_in_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_of_date = dt.date(2026, 1, 2)
    Simulation(lines=5000, seed=1, dirt=0.0, as_of_date=as_of_date).write(tmp_path)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "simulated")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    settings = Settings.from_environment()
    assert settings.require_as_of_date() == as_of_date
    assert settings.config_dir == tmp_path / "config"
    assert settings.extracts_dir == tmp_path / "extracts"
    assert settings.published_path.is_relative_to(tmp_path)


def test_without_a_simulation_the_way_to_one_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "simulated")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    with pytest.raises(ConfigurationError, match="make simulate"):
        Settings.from_environment()


@pytest.mark.parametrize("name", ["prod", "", "Sample", "staging"])
def test_an_environment_that_is_not_listed_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, name)
    with pytest.raises(ConfigurationError, match="sample, production, simulated"):
        Settings.from_environment()


def test_folders_are_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, "somewhere")
    assert Settings.from_environment().data_dir == tmp_path / "somewhere"


def test_the_as_of_date_is_given_and_never_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "production")
    with pytest.raises(ConfigurationError, match="--as-of YYYY-MM-DD"):
        Settings.from_environment().require_as_of_date()
    monkeypatch.setenv(AS_OF_VARIABLE, "2024-02-29")
    assert Settings.from_environment().require_as_of_date() == dt.date(2024, 2, 29)


@pytest.mark.parametrize("text", ["2023-02-29", "29.02.2024", "today", ""])
def test_a_date_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(AS_OF_VARIABLE, text)
    with pytest.raises(ConfigurationError, match="YYYY-MM-DD"):
        Settings.from_environment()


def test_without_any_setting_the_models_are_built_on_duckdb() -> None:
    assert Settings.from_environment().engine is EngineName.DUCKDB


@pytest.mark.parametrize("name", ["", "Spark", "duck", "databricks"])
def test_an_engine_that_is_not_listed_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, name)
    with pytest.raises(ConfigurationError, match="not an engine"):
        Settings.from_environment()


def test_each_engine_has_a_warehouse_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    on_duckdb = Settings.from_environment()
    monkeypatch.setenv(ENGINE_VARIABLE, "spark")
    on_spark = Settings.from_environment()
    assert on_spark.warehouse_path != on_duckdb.warehouse_path
    assert on_spark.dbt_target_dir != on_duckdb.dbt_target_dir
    # What is landed and what people read is one.
    assert on_spark.ledger_path == on_duckdb.ledger_path
    assert on_spark.published_path == on_duckdb.published_path
    # A cluster on this machine needs no more to be said.
    assert on_spark.spark_lake == on_duckdb.lake_dir.as_uri()
    assert on_spark.spark_warehouse.startswith(on_spark.warehouse_dir.as_uri())


def test_a_cluster_is_named_by_its_master_and_its_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SPARK_MASTER_VARIABLE, "spark://master:7077")
    monkeypatch.setenv(SPARK_LAKE_VARIABLE, "s3a://bucket/lake")
    monkeypatch.setenv(SPARK_WAREHOUSE_VARIABLE, "s3a://bucket/tables")
    settings = Settings.from_environment()
    assert settings.spark_master == "spark://master:7077"
    assert settings.spark_lake == "s3a://bucket/lake"
    assert settings.spark_warehouse == "s3a://bucket/tables"


class TestTheMemoryLimit:
    def test_is_a_share_of_the_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("KPI_MEMORY_LIMIT", raising=False)
        limit = Settings.from_environment().memory_limit
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        assert limit.endswith("MB")
        assert 0 < int(limit.removesuffix("MB")) * 10**6 < machine / 2

    def test_is_a_share_of_the_container(self, tmp_path: Path) -> None:
        for said, expected in {"2000000000": "840MB", "max": share_of_memory(tmp_path)}.items():
            limit = tmp_path / "memory.max"
            limit.write_text(f"{said}\n")
            assert share_of_memory(limit) == expected

    def test_may_be_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KPI_MEMORY_LIMIT", " 1.5 GiB ")
        limit = Settings.from_environment().memory_limit
        with duckdb.connect(config={"memory_limit": limit}) as connection:
            assert connection.execute("SELECT current_setting('memory_limit')").fetchall() == [
                ("1.5 GiB",)
            ]

    @pytest.mark.parametrize("given", ["8", "GB", "eight GB", "8 G B", ""])
    def test_is_refused_where_it_is_no_size(
        self, monkeypatch: pytest.MonkeyPatch, given: str
    ) -> None:
        monkeypatch.setenv("KPI_MEMORY_LIMIT", given)
        with pytest.raises(ConfigurationError, match="KPI_MEMORY_LIMIT"):
            Settings.from_environment()
