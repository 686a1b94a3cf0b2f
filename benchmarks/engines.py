"""The same models on DuckDB and on Spark in one process, on one machine, in one go.

``python -m benchmarks.engines 1000000`` (``make bench-spark``) makes a company of so many
invoice lines up, runs the nightly job on either engine over the same extracts, holds every
published table of one to the other's, and prints what either took. Tables whose number of
rows or whose sums of money differ, by whatever they do, void the comparison.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from benchmarks.peers.recurring import DifferentAnswersError
from benchmarks.peers.table import Figure, print_figures
from benchmarks.processes import Cost, measured
from dagster_project.engines.quiet import pyspark_importable
from dagster_project.settings import EngineName
from dagster_project.simulation.company import simulate

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RESULTS_DIR = PROJECT_ROOT / "data" / "benchmarks"

SEED = 1

#: As many cores as DuckDB uses: those of the machine.
SPARK_MASTER = f"local[{os.cpu_count()}]"

#: What ``config/spark`` has for a laptop and a small company, for work that takes minutes:
#: half the memory of the machine, Java's own choice of compiler and collector, and
#: partitions of which adaptive execution joins those that turn out small.
_PARTITIONS_A_CORE = 8
_MEMORY_SHARE = 0.5

_Totals = dict[str, tuple[int, dict[str, Decimal | None]]]


@dataclass(frozen=True)
class Run:
    """A company that one engine builds, in a folder of its own."""

    folder: Path
    engine: EngineName

    @property
    def environment(self) -> dict[str, str]:
        environment = {
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "KPI_ENVIRONMENT": "simulated",
            "KPI_CONFIG_DIR": str(self.folder / "config"),
            "KPI_DATA_DIR": str(self.folder),
            "KPI_ENGINE": str(self.engine),
        }
        if self.engine is EngineName.SPARK:
            environment["KPI_SPARK_MASTER"] = SPARK_MASTER
            environment["SPARK_CONF_DIR"] = str(self.folder / "spark")
            environment["SPARK_LOCAL_IP"] = "127.0.0.1"
        return environment

    @property
    def _warehouse_dir(self) -> Path:
        folder = self.folder / "warehouse"
        return folder / self.engine if self.engine is EngineName.SPARK else folder

    def measure(self) -> Cost:
        return measured(
            ("-m", "dagster_project", "run"), folder=PROJECT_ROOT, environment=self.environment
        )

    def dbt_seconds(self) -> float:
        """What dbt says that its models and tests took, its own start included."""
        results = self._warehouse_dir / "dbt" / "run_results.json"
        return float(json.loads(results.read_text(encoding="utf-8"))["elapsed_time"])

    def totals(self) -> _Totals:
        """Rows and sums of money of every published table, by table and column."""
        path = self.folder / "published" / "kpi.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = connection.execute(
                "SELECT schema_name || '.' || table_name, "
                "list(column_name ORDER BY column_index) "
                "    FILTER (starts_with(data_type, 'DECIMAL')) "
                "FROM duckdb_columns() WHERE schema_name IN ('core', 'marts') GROUP BY ALL"
            ).fetchall()
            return {table: _totals(connection, table, money or []) for table, money in columns}


def _totals(
    connection: duckdb.DuckDBPyConnection, table: str, money: list[str]
) -> tuple[int, dict[str, Decimal | None]]:
    sums = "".join(f', sum("{column}")' for column in money)
    [(rows, *amounts)] = connection.execute(f"SELECT count(*){sums} FROM {table}").fetchall()
    return rows, dict(zip(money, amounts, strict=True))


def measure(lines: int, folder: Path) -> list[Figure]:
    """What a full build takes on either engine: dbt's part, and the whole run.

    Raises:
        DifferentAnswersError: if they do not publish the same.
        SystemExit: if a run fails.
    """
    print(f"{lines:,} lines: simulating", flush=True)
    ours, spark = Run(folder / "duckdb", EngineName.DUCKDB), Run(folder / "spark", EngineName.SPARK)
    simulate(ours.folder, lines, SEED, 0.0)
    # The same files under two names; neither engine writes to an extract.
    shutil.copytree(ours.folder, spark.folder, copy_function=os.link)
    _configure_spark(spark.folder / "spark")
    taken = {}
    for run in (ours, spark):
        print(f"{lines:,} lines: the whole run on {run.engine}", flush=True)
        cost = run.measure()
        taken[run.engine] = (run.dbt_seconds(), cost.seconds)
        print(
            f"  {cost.seconds:.1f} s, of which dbt {run.dbt_seconds():.1f} s; "
            f"{cost.peak_gib:.1f} GiB at most",
            flush=True,
        )
    _compare(ours.totals(), spark.totals())
    return [
        Figure(
            f"{what}, {lines:,} lines",
            f"Spark {SPARK_MASTER}",
            taken[EngineName.SPARK][part],
            taken[EngineName.DUCKDB][part],
        )
        for part, what in enumerate(("models and tests (dbt)", "whole run"))
    ]


def _configure_spark(folder: Path) -> None:
    """The project's own configuration, at the size of the machine."""
    shutil.copytree(PROJECT_ROOT / "config" / "spark", folder)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    own = {
        "spark.driver.memory": f"{int(memory * _MEMORY_SHARE)}g",
        "spark.sql.shuffle.partitions": str((os.cpu_count() or 1) * _PARTITIONS_A_CORE),
        "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
        "spark.local.dir": str(folder / "scratch"),
    }
    with (folder / "spark-defaults.conf").open("a", encoding="utf-8") as defaults:
        defaults.writelines(f"{name} {value}\n" for name, value in own.items())


def _compare(ours: _Totals, theirs: _Totals) -> None:
    different = [
        f"{table}: {ours.get(table)} on DuckDB, {theirs.get(table)} on Spark"
        for table in sorted(ours.keys() | theirs.keys())
        if ours.get(table) != theirs.get(table)
    ]
    if different or not ours:
        raise DifferentAnswersError("\n".join(different) or "nothing was published")
    rows = sum(count for count, _ in ours.values())
    sums = sum(len(money) for _, money in ours.values())
    print(f"  the same {len(ours)} tables, {rows:,} rows and {sums} sums of money", flush=True)


def main() -> None:
    """Measure the sizes that are asked for and print them as one table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lines", type=int, nargs="+", help="invoice lines of each company")
    options = parser.parse_args()
    with pyspark_importable():
        import pyspark
    figures = []
    for lines in options.lines:
        folder = RESULTS_DIR / f"engines-{lines}"
        shutil.rmtree(folder, ignore_errors=True)
        figures += measure(lines, folder)
        shutil.rmtree(folder)
    print_figures(figures)
    print(f"\nSpark {pyspark.__version__}")


if __name__ == "__main__":
    main()
