"""Adventure Works gives the same figures on both engines, to the cent and the row.

Lake and tables are on this machine's disk, as without any further setting.
"""

from __future__ import annotations

import pytest

from dagster_project.quality.results import read_results
from tests.conftest import CommandLine, Published
from tests.spark.cluster import Cluster
from tests.spark.conftest import run_on_spark, spark_configuration
from tests.spark.parity import differences, table_count


@pytest.fixture(scope="module")
def on_spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The sample, built on a cluster."""
    folder = tmp_path_factory.mktemp("adventure_works_on_spark")
    configuration = spark_configuration(folder / "spark")
    command = CommandLine(folder / "data")
    command.data_dir.mkdir()
    run_on_spark(command, {**cluster.environment, "SPARK_CONF_DIR": str(configuration)})
    return command


def test_every_mart_is_the_same(published: Published, on_spark: CommandLine) -> None:
    assert table_count(published.database) >= 18
    assert differences(published.database, on_spark.database) == []


def test_the_checks_of_the_inputs_come_out_alike(
    published: Published, on_spark: CommandLine
) -> None:
    on_duckdb = read_results(published.command.data_dir / "warehouse" / "warehouse.duckdb")
    assert len(on_duckdb) >= 30
    assert read_results(on_spark.data_dir / "warehouse" / "spark" / "warehouse.duckdb") == on_duckdb
