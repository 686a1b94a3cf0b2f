"""The same company gives the same figures on both engines, to the cent and the row.

Adventure Works is built on DuckDB and on a cluster; and a made-up company with faulty
records, in full on the first night and by what it touched on the second, in the middle of
which the cluster loses a worker. In one file, since a file's tests share one cluster.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.ingestion.increment import RunContext, begin_build
from dagster_project.quality.results import read_results
from dagster_project.simulation.company import simulate
from dagster_project.simulation.nights import play_night
from tests.conftest import CommandLine, Published
from tests.spark.cluster import Cluster
from tests.spark.conftest import Night, run_on_spark, spark_configuration
from tests.spark.parity import differences, table_count

LINES, SEED, DIRT = 6_000, 7, 0.01

FULL = "everything: no complete build is kept here"
INCREMENTAL = "only what was touched since the last run"


def company(folder: Path) -> CommandLine:
    """The company, its extracts as of the day before the first night."""
    simulate(folder, LINES, SEED, DIRT)
    return CommandLine(folder, folder / "config", "simulated")


@pytest.fixture(scope="session")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, Night]:
    """Both nights on DuckDB."""
    folder = tmp_path_factory.mktemp("on_duckdb")
    command = company(folder / "company")
    nights = []
    for number in (1, 2):
        if number > 1:
            play_night(command.data_dir)
        done = command.call("run")
        assert done.returncode == 0, done.stdout + done.stderr
        nights.append(
            Night.keep(
                done.stdout,
                command.data_dir / "warehouse" / "warehouse.duckdb",
                command.data_dir / "published",
                folder / f"night_{number}",
            )
        )
    return nights[0], nights[1]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cluster keeps lake and tables."""
    folder = tmp_path_factory.mktemp("store")
    for name in ("lake", "tables"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="session")
def on_spark(
    cluster: Cluster, store: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Night, Night]:
    """Both nights on Spark, which loses a worker in the middle of the second.

    Lake and tables are behind URIs that are no paths, as an object store's would be.
    """
    folder = tmp_path_factory.mktemp("on_spark")
    command = company(folder / "company")
    mounts = {
        f"spark.hadoop.fs.viewfs.mounttable.store.link./{name}": (store / name).as_uri()
        for name in ("lake", "tables")
    }
    environment = {
        **cluster.environment,
        "KPI_SPARK_LAKE": "viewfs://store/lake",
        "KPI_SPARK_WAREHOUSE": "viewfs://store/tables",
        "SPARK_CONF_DIR": str(spark_configuration(folder / "spark", **mounts)),
    }
    victim = cluster.workers[0]
    nights = []
    for number in (1, 2):
        if number > 1:
            play_night(command.data_dir)
        said = run_on_spark(
            command,
            environment,
            in_the_middle=(lambda: os.kill(victim.pid, signal.SIGKILL)) if number > 1 else None,
        )
        nights.append(
            Night.keep(
                said,
                command.data_dir / "warehouse" / "spark" / "warehouse.duckdb",
                command.data_dir / "published",
                folder / f"night_{number}",
            )
        )
    return nights[0], nights[1]


@pytest.fixture(scope="session")
def sample_on_spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Adventure Works, with lake and tables on this machine's disk."""
    folder = tmp_path_factory.mktemp("sample_on_spark")
    # In one process for both cores: what a second would do is get warm once more.
    one_executor = {"spark.executor.cores": "2", "spark.cores.max": "2"}
    configuration = spark_configuration(folder / "spark", **one_executor)
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
    on_duckdb = read_results(published.command.data_dir / "warehouse" / "warehouse.duckdb")
    assert len(on_duckdb) >= 30
    on_spark = sample_on_spark.data_dir / "warehouse" / "spark" / "warehouse.duckdb"
    assert read_results(on_spark) == on_duckdb


def test_a_full_build_is_the_same_on_both_engines(
    on_duckdb: tuple[Night, Night], on_spark: tuple[Night, Night]
) -> None:
    assert FULL in on_duckdb[0].output
    assert FULL in on_spark[0].output
    assert table_count(on_duckdb[0].database) >= 18
    assert differences(on_duckdb[0].database, on_spark[0].database) == []


def test_a_night_that_loses_a_worker_is_the_same_on_both_engines(
    on_duckdb: tuple[Night, Night], on_spark: tuple[Night, Night], cluster: Cluster
) -> None:
    for night in (on_duckdb[1], on_spark[1]):
        assert INCREMENTAL in night.output
        assert not is_full_build(night)
    assert cluster.workers[0].wait(timeout=10) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    assert differences(on_duckdb[0].database, on_duckdb[1].database)
    assert differences(on_duckdb[1].database, on_spark[1].database) == []


def test_a_night_builds_only_the_months_it_touched(
    on_spark: tuple[Night, Night], store: Path
) -> None:
    """A table's months are folders; those of other months are as the first night left them."""
    table = store / "tables" / "core.db" / "fct_revenue_lines"
    first_night_ended = on_spark[0].database.stat().st_mtime
    written = {
        folder.name.removeprefix("month_start="): max(
            path.stat().st_mtime for path in folder.glob("*.parquet")
        )
        for folder in table.glob("month_start=*")
    }
    built_anew = {month for month, at in written.items() if at > first_night_ended}
    with duckdb.connect(on_spark[1].warehouse, read_only=True) as connection:
        noted = connection.execute(
            "SELECT DISTINCT month_start::VARCHAR FROM intermediate.int_client_month_builds "
            "WHERE build_id = (SELECT build_id FROM run.context)"
        ).fetchall()
    assert built_anew
    assert built_anew <= {month for (month,) in noted}
    assert len(built_anew) < len(written)


@pytest.mark.parametrize("night", [0, 1])
def test_the_checks_of_the_inputs_come_out_alike(
    on_duckdb: tuple[Night, Night], on_spark: tuple[Night, Night], night: int
) -> None:
    checks = on_duckdb[night].checks
    assert len(checks) >= 80
    assert any(not check.has_passed for check in checks)
    assert on_spark[night].checks == checks


@pytest.mark.parametrize("night", [0, 1])
def test_both_engines_write_the_same_receipt(
    on_duckdb: tuple[Night, Night], on_spark: tuple[Night, Night], night: int
) -> None:
    assert on_spark[night].receipt.has_passed
    of_one_build = {"build_id", "parts"}
    on_both = [
        nights[night].receipt.model_dump(exclude=of_one_build) for nights in (on_duckdb, on_spark)
    ]
    assert on_both[0] == on_both[1]


def test_the_cluster_reads_and_builds_in_the_store(
    on_spark: tuple[Night, Night], store: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lake = tmp_path_factory.getbasetemp() / "on_spark0" / "company" / "lake"
    landed = {path.relative_to(lake) for path in (lake / "loads").rglob("*.parquet")}
    assert landed
    assert landed <= {
        path.relative_to(store / "lake") for path in (store / "lake").rglob("*.parquet")
    }
    assert list((store / "tables" / "marts.db" / "kpi_churn").glob("*.parquet"))


def test_a_build_that_did_not_end_is_followed_by_a_full_one(
    on_spark: tuple[Night, Night], tmp_path: Path
) -> None:
    """What it left half done is in Spark's tables, and nothing of it came home."""
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(on_spark[1].warehouse, warehouse)
    with duckdb.connect(warehouse) as connection:
        [(fingerprint,)] = connection.execute("SELECT fingerprint FROM built.context").fetchall()
        broken_off = RunContext("20260102-broken", "broken", dt.date(2026, 1, 2), fingerprint)
        connection.execute("DELETE FROM built.loads")
        assert begin_build(connection, broken_off, [], [], tmp_path) is None
        next_one = replace(broken_off, build_id="next")
        reason = begin_build(connection, next_one, [], [], tmp_path)
    assert reason == "the build before did not end, and what it touched is not known"


def test_differences_are_found(on_duckdb: tuple[Night, Night], tmp_path: Path) -> None:
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
        shutil.copy(on_duckdb[0].database, changed)
        changed.chmod(0o644)
        with duckdb.connect(changed) as connection:
            connection.execute(change)
        found = differences(on_duckdb[0].database, changed)
        assert found
        assert table.split(".")[1] in found[0]


def is_full_build(night: Night) -> bool:
    with duckdb.connect(night.warehouse, read_only=True) as connection:
        [(is_full,)] = connection.execute("SELECT is_full_build FROM run.context").fetchall()
    return bool(is_full)
