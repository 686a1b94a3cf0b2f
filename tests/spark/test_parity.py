"""The same company gives the same figures on both engines, to the cent and the row.

Adventure Works is built on DuckDB and on a cluster; and a made-up company with faulty
records, in full on the first night and by what it touched on the second, in the middle of
which the cluster loses a worker. In one file, since a file's tests share one cluster.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.ingestion.increment import RunContext, begin_build
from dagster_project.quality.results import read_results
from tests.command_line import CommandLine, Published
from tests.spark.cluster import Cluster
from tests.spark.conftest import INTERPRETED, run_on_spark, spark_configuration
from tests.spark.parity import differences, table_count
from tests.two_nights import Night, TwoNights

#: In one process for both cores: what a second would do is get warm once more.
ONE_EXECUTOR = {"spark.executor.cores": "2", "spark.cores.max": "2"}

FULL = "everything: no complete build is kept here"
INCREMENTAL = "only what was touched since the last run"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cluster keeps lake and tables."""
    folder = tmp_path_factory.mktemp("store")
    for name in ("lake", "tables"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="session")
def on_spark(cluster: Cluster, store: Path, tmp_path_factory: pytest.TempPathFactory) -> TwoNights:
    """Both nights on Spark, which interprets, and loses a worker in the middle of the second.

    Lake and tables are behind URIs that are no paths, as an object store's would be.
    """
    folder = tmp_path_factory.mktemp("on_spark")
    mounts = {
        f"spark.hadoop.fs.viewfs.mounttable.store.link./{name}": (store / name).as_uri()
        for name in ("lake", "tables")
    }
    configurations = {
        1: spark_configuration(folder / "one executor", **mounts, **INTERPRETED, **ONE_EXECUTOR),
        2: spark_configuration(folder / "one executor a worker", **mounts, **INTERPRETED),
    }

    def kill_a_worker() -> None:
        os.kill(cluster.workers[0].pid, signal.SIGKILL)

    def run(command: CommandLine, number: int) -> str:
        environment = {
            **cluster.environment,
            "KPI_SPARK_LAKE": "viewfs://store/lake",
            "KPI_SPARK_WAREHOUSE": "viewfs://store/tables",
            "SPARK_CONF_DIR": str(configurations[number]),
        }
        in_the_middle = kill_a_worker if number > 1 else None
        return run_on_spark(command, environment, in_the_middle)

    return TwoNights.play(folder / "nights", "warehouse/spark", run)


@pytest.fixture(scope="session")
def sample_on_spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Adventure Works in compiled stages, with lake and tables on this machine's disk."""
    folder = tmp_path_factory.mktemp("sample_on_spark")
    configuration = spark_configuration(folder / "spark", **ONE_EXECUTOR)
    command = CommandLine(folder / "data")
    command.data_dir.mkdir()
    run_on_spark(command, {**cluster.environment, "SPARK_CONF_DIR": str(configuration)})
    return command


def test_adventure_works_is_the_same_on_both_engines(
    published: Published, sample_on_spark: CommandLine
) -> None:
    assert table_count(published.database) >= 18
    assert differences(published.database, sample_on_spark.database) == []


def test_the_checks_of_adventure_works_come_out_alike(
    published: Published, sample_on_spark: CommandLine
) -> None:
    on_duckdb = read_results(published.command.warehouse)
    assert len(on_duckdb) >= 30
    on_spark = sample_on_spark.data_dir / "warehouse" / "spark" / "warehouse.duckdb"
    assert read_results(on_spark) == on_duckdb


def test_a_full_build_is_the_same_on_both_engines(
    two_nights: TwoNights, on_spark: TwoNights
) -> None:
    assert FULL in two_nights.first.output
    assert FULL in on_spark.first.output
    assert table_count(two_nights.first.database) >= 18
    assert differences(two_nights.first.database, on_spark.first.database) == []


def test_a_night_that_loses_a_worker_is_the_same_on_both_engines(
    two_nights: TwoNights, on_spark: TwoNights, cluster: Cluster
) -> None:
    for night in (two_nights.second, on_spark.second):
        assert INCREMENTAL in night.output
        assert not is_full_build(night)
    assert cluster.workers[0].wait(timeout=10) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    assert differences(two_nights.first.database, two_nights.second.database)
    assert differences(two_nights.second.database, on_spark.second.database) == []


def test_a_night_builds_only_the_months_it_touched(on_spark: TwoNights, store: Path) -> None:
    """A table's months are folders; those of other months are as the first night left them."""
    table = store / "tables" / "core.db" / "fct_revenue_lines"
    first_night_ended = on_spark.first.database.stat().st_mtime
    written = {
        folder.name.removeprefix("month_start="): max(
            path.stat().st_mtime for path in folder.glob("*.parquet")
        )
        for folder in table.glob("month_start=*")
    }
    built_anew = {month for month, at in written.items() if at > first_night_ended}
    with duckdb.connect(on_spark.second.warehouse, read_only=True) as connection:
        noted = connection.execute(
            "SELECT DISTINCT month_start::VARCHAR FROM intermediate.int_client_month_builds "
            "WHERE build_id = (SELECT build_id FROM run.context)"
        ).fetchall()
    assert built_anew
    assert built_anew <= {month for (month,) in noted}
    assert len(built_anew) < len(written)


def test_the_checks_of_the_inputs_come_out_alike(
    two_nights: TwoNights, on_spark: TwoNights
) -> None:
    for on_duckdb, night in zip(two_nights.both, on_spark.both, strict=True):
        assert len(on_duckdb.checks) >= 80
        assert any(not check.has_passed for check in on_duckdb.checks)
        assert night.checks == on_duckdb.checks


def test_both_engines_write_the_same_receipt(two_nights: TwoNights, on_spark: TwoNights) -> None:
    of_one_build = {"build_id", "parts"}
    for on_duckdb, night in zip(two_nights.both, on_spark.both, strict=True):
        assert night.receipt.has_passed
        told = night.receipt.model_dump(exclude=of_one_build)
        assert told == on_duckdb.receipt.model_dump(exclude=of_one_build)


def test_the_cluster_reads_and_builds_in_the_store(on_spark: TwoNights, store: Path) -> None:
    with duckdb.connect(on_spark.second.warehouse, read_only=True) as connection:
        views = connection.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()
    read = {file for (sql,) in views for file in re.findall(r"loads/[^']+[.]parquet", sql)}
    assert read
    lake = store / "lake"
    assert read <= {path.relative_to(lake).as_posix() for path in lake.rglob("*.parquet")}
    assert list((store / "tables" / "marts.db" / "kpi_churn").glob("*.parquet"))


def test_a_build_that_did_not_end_is_followed_by_a_full_one(
    on_spark: TwoNights, tmp_path: Path
) -> None:
    """What it left half done is in Spark's tables, and nothing of it came home."""
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(on_spark.second.warehouse, warehouse)
    with duckdb.connect(warehouse) as connection:
        [(fingerprint,)] = connection.execute("SELECT fingerprint FROM built.context").fetchall()
        broken_off = RunContext("20260102-broken", "broken", dt.date(2026, 1, 2), fingerprint)
        connection.execute("DELETE FROM built.loads")
        assert begin_build(connection, broken_off, [], [], tmp_path) is None
        next_one = replace(broken_off, build_id="next")
        reason = begin_build(connection, next_one, [], [], tmp_path)
    assert reason == "the build before did not end, and what it touched is not known"


def test_differences_are_found(two_nights: TwoNights, tmp_path: Path) -> None:
    """The comparison itself can fail: on a cent, a ratio, a row and a description."""
    changes = {
        "core.fct_revenue_lines": "UPDATE core.fct_revenue_lines "
        "SET net_revenue = net_revenue + 0.0001 WHERE rowid = 0",
        "marts.kpi_churn": "UPDATE marts.kpi_churn SET logo_churn_rate = logo_churn_rate + 1e-6 "
        "WHERE logo_churn_rate > 0",
        "core.dim_reps": "DELETE FROM core.dim_reps WHERE rep_id = 'unassigned'",
        "core.dim_products": "COMMENT ON TABLE core.dim_products IS 'Other words'",
    }
    for table, change in changes.items():
        changed = tmp_path / f"changed_{table.split('.')[1]}.duckdb"
        shutil.copy(two_nights.first.database, changed)
        changed.chmod(0o644)
        with duckdb.connect(changed) as connection:
            connection.execute(change)
        found = differences(two_nights.first.database, changed)
        assert found
        assert table.split(".")[1] in found[0]


def is_full_build(night: Night) -> bool:
    with duckdb.connect(night.warehouse, read_only=True) as connection:
        [(is_full,)] = connection.execute("SELECT is_full_build FROM run.context").fetchall()
    return bool(is_full)
