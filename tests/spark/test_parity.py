"""The same company gives the same figures on both engines, to the cent and the row."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import duckdb
import pytest

from dagster_project.publication.receipt import Receipt, read_receipt
from dagster_project.quality.results import CheckResult, read_results
from tests.conftest import CommandLine, Published
from tests.spark.cluster import Cluster
from tests.spark.conftest import SparkRun, run_on_spark, spark_configuration
from tests.spark.parity import differences, table_count


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A made-up company with faulty records, on DuckDB."""
    folder = tmp_path_factory.mktemp("simulated")
    command = CommandLine(folder, folder / "config", "simulated")
    written = command.call(
        "simulate", "--lines", "20000", "--seed", "7", "--dirt", "0.01", "--to", str(folder)
    )
    assert written.returncode == 0, written.stdout + written.stderr
    done = command.call("run")
    assert done.returncode == 0, done.stdout + done.stderr
    return Published(command, done.stdout)


@pytest.fixture(scope="session")
def simulated_on_spark(
    simulated: Published, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> SparkRun:
    """The same company on Spark, which loses a worker in the middle of the build.

    Lake and tables are behind URIs that are no paths, as an object store's would be.
    """
    folder = tmp_path_factory.mktemp("simulated_on_spark") / "company"
    shutil.copytree(
        simulated.command.data_dir,
        folder,
        ignore=shutil.ignore_patterns("lake", "warehouse", "published"),
    )
    store = tmp_path_factory.mktemp("store")
    mounts = {}
    for name in ("lake", "tables"):
        (store / name).mkdir()
        mounts[f"spark.hadoop.fs.viewfs.mounttable.store.link./{name}"] = (store / name).as_uri()
    environment = {
        **cluster.environment,
        "KPI_SPARK_LAKE": "viewfs://store/lake",
        "KPI_SPARK_WAREHOUSE": "viewfs://store/tables",
        "SPARK_CONF_DIR": str(
            spark_configuration(tmp_path_factory.mktemp("configuration") / "spark", **mounts)
        ),
    }
    victim = cluster.workers[0]
    return run_on_spark(
        CommandLine(folder, folder / "config", "simulated"),
        environment,
        in_the_middle=lambda: os.kill(victim.pid, signal.SIGKILL),
    )


def test_adventure_works_is_the_same_on_both_engines(
    published: Published, sample_on_spark: SparkRun
) -> None:
    assert table_count(published.database) >= 18
    assert differences(published.database, sample_on_spark.command.database) == []


def test_the_checks_of_adventure_works_come_out_alike(
    published: Published, sample_on_spark: SparkRun
) -> None:
    on_duckdb = checks(published.command.data_dir / "warehouse" / "warehouse.duckdb")
    assert len(on_duckdb) >= 30
    assert checks(sample_on_spark.warehouse_path) == on_duckdb


def test_a_run_that_loses_a_worker_ends_right(
    simulated: Published, simulated_on_spark: SparkRun, cluster: Cluster
) -> None:
    assert cluster.workers[0].wait(timeout=10) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    assert differences(simulated.database, simulated_on_spark.command.database) == []


def test_the_checks_of_a_faulty_company_come_out_alike(
    simulated: Published, simulated_on_spark: SparkRun
) -> None:
    on_duckdb = checks(simulated.command.data_dir / "warehouse" / "warehouse.duckdb")
    assert any(not check.has_passed for check in on_duckdb)
    assert checks(simulated_on_spark.warehouse_path) == on_duckdb


def test_the_cluster_reads_and_builds_in_the_store(
    simulated_on_spark: SparkRun, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = tmp_path_factory.getbasetemp() / "store0"
    landed = {
        path.relative_to(simulated_on_spark.command.data_dir / "lake")
        for path in (simulated_on_spark.command.data_dir / "lake" / "loads").rglob("*.parquet")
    }
    assert landed <= {
        path.relative_to(store / "lake") for path in (store / "lake").rglob("*.parquet")
    }
    assert list((store / "tables" / "marts.db" / "kpi_churn").glob("*.parquet"))


def test_both_engines_write_the_same_receipt(
    published: Published, sample_on_spark: SparkRun
) -> None:
    on_duckdb, on_spark = receipt(published.command), receipt(sample_on_spark.command)
    assert on_spark.has_passed
    of_one_build = {"build_id", "parts"}
    assert on_spark.model_dump(exclude=of_one_build) == on_duckdb.model_dump(exclude=of_one_build)


def test_differences_are_found(published: Published, tmp_path: Path) -> None:
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
        shutil.copy(published.database, changed)
        changed.chmod(0o644)
        with duckdb.connect(changed) as connection:
            connection.execute(change)
        found = differences(published.database, changed)
        assert found
        assert table.split(".")[1] in found[0]


def checks(warehouse_path: Path) -> tuple[CheckResult, ...]:
    return read_results(warehouse_path)


def receipt(command: CommandLine) -> Receipt:
    return read_receipt(command.data_dir / "published" / "receipt.json")
