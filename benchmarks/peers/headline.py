"""Five headline marts: our models' SQL beside pandas and Polars, from the same landed Parquet.

``python -m benchmarks.peers.headline [lines ...]`` makes a company of each size up, runs the
nightly job on it once, then times, in one go: the five marts with everything they read from,
replayed as bare SQL; and each peer, in a process of its own, from reading the files to the last
answer. Peers compute the marts' core columns only, and are given what ours find within their
time: each customer's client and the times under contract. Answers that differ by a cent or a client
void the comparison.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.compiled import PROJECT_ROOT, models_of
from benchmarks.peers.company import ANSWERS, CLIENTS, CONTRACT_SPANS, MATCHED_CUSTOMERS, Company
from benchmarks.peers.recurring import DifferentAnswersError
from benchmarks.peers.table import Figure, print_figures
from dagster_project.company import load_company
from dagster_project.ingestion.sql import literal

AS_OF_DATE = "2025-12-31"
SIZES = (1_000_000, 10_000_000)
PEERS = {"pandas": "benchmarks.peers.marts_pandas", "Polars": "benchmarks.peers.marts_polars"}
OUR_MARTS = (
    "kpi_revenue_yoy",
    "kpi_client_tiers",
    "kpi_churn",
    "kpi_new_business",
    "kpi_seasonality",
)
GIVEN = {
    MATCHED_CUSTOMERS: "SELECT customer_id, client_id FROM intermediate.int_customers_matched",
    CLIENTS: "SELECT client_id, segment FROM core.dim_clients",
    CONTRACT_SPANS: "SELECT client_id, first_day, last_day FROM intermediate.int_contract_spans",
}
CENT = 0.01


def measure(lines: int, scratch: Path) -> list[Figure]:
    """Seconds of each peer and of our marts on a company of so many invoice lines.

    Raises:
        DifferentAnswersError: if a peer's answer is not ours to the cent.
        subprocess.CalledProcessError: if the company cannot be made or a peer fails.
    """
    data_dir = scratch / "company"
    _make_company(lines, data_dir)
    return compare(lines, data_dir, scratch)


def compare(lines: int, data_dir: Path, scratch: Path) -> list[Figure]:
    """The same for a company that is made, landed and built already."""
    told = scratch / "company.json"
    _company(data_dir, scratch).write(told)
    replayed = scratch / "replay" / "warehouse.duckdb"
    replayed.parent.mkdir()
    shutil.copy(data_dir / "warehouse" / "warehouse.duckdb", replayed)
    with duckdb.connect(str(replayed)) as connection:
        connection.execute("SET enable_progress_bar = false")
        marts = models_of(data_dir / "warehouse" / "dbt", OUR_MARTS, with_upstream=True)
        seconds = {model.name: model.build(connection) for model in marts}
        ours, slowest = sum(seconds.values()), max(seconds, key=seconds.__getitem__)
        print(
            f"  ours: {ours:.2f} s in {len(marts)} models, "
            f"of which {slowest} {seconds[slowest]:.2f} s",
            flush=True,
        )
        figures = []
        for peer, module in PEERS.items():
            answers = scratch / peer
            answers.mkdir()
            done = subprocess.run(
                [sys.executable, "-m", module, str(told), str(answers)],
                cwd=PROJECT_ROOT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            _check(connection, answers, peer)
            subject = f"five marts, {lines:,} lines"
            figures.append(Figure(subject, peer, float(done.stdout.split()[-1]), ours))
    return figures


def _make_company(lines: int, data_dir: Path) -> None:
    environment = {**os.environ, "KPI_ENVIRONMENT": "simulated", "KPI_DATA_DIR": str(data_dir)}
    environment.pop("DAGSTER_HOME", None)
    for command in (("simulate", "--lines", str(lines), "--to", str(data_dir)), ("run",)):
        subprocess.run(
            [sys.executable, "-m", "dagster_project", *command],
            cwd=PROJECT_ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _company(data_dir: Path, scratch: Path) -> Company:
    settings = load_company(data_dir / "config" / "company.yml")
    files: dict[str, list[str]] = {}
    for path in sorted((data_dir / "lake" / "loads").glob("*/*/*.parquet")):
        files.setdefault(path.parent.name, []).append(str(path))
    warehouse = data_dir / "warehouse" / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for name, query in GIVEN.items():
            path = scratch / f"{name}.parquet"
            connection.execute(f"COPY ({query}) TO {literal(path)}")
            files[name] = [str(path)]
    return Company(files, AS_OF_DATE, settings.reporting_currency, settings.fiscal_year_first_month)


def _check(connection: duckdb.DuckDBPyConnection, answers: Path, peer: str) -> None:
    for name, ours in ANSWERS.items():
        theirs = f"SELECT * FROM read_parquet('{answers / name}.parquet')"
        columns = connection.execute(f"DESCRIBE {ours}").fetchall()
        keys = [c for c, *_ in columns if c in ("month", "client_id", "segment", "month_of_year")]
        differs = " OR ".join(
            f"ours.{column} IS DISTINCT FROM theirs.{column}"
            if type_ == "VARCHAR"
            else f"(ours.{column} IS NULL) <> (theirs.{column} IS NULL) "
            f"OR abs(ours.{column}::DOUBLE - theirs.{column}::DOUBLE) >= {CENT}"
            for column, type_, *_ in columns
            if column not in keys
        )
        [(rows, different)] = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE ours.{keys[0]} IS NULL "
            f"OR theirs.{keys[0]} IS NULL OR {differs}) "
            f"FROM ({ours}) AS ours FULL JOIN ({theirs}) AS theirs USING ({', '.join(keys)})"
        ).fetchall()
        if different or not rows:
            raise DifferentAnswersError(f"{peer}, {name}: {different:,} of {rows:,} rows differ")
        print(f"  {peer}, {name}: {rows:,} rows are the same", flush=True)


def main(sizes: Sequence[int]) -> list[Figure]:
    """Measure every size, each in a scratch folder of its own."""
    figures = []
    for lines in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            figures += measure(lines, Path(scratch))
    return figures


if __name__ == "__main__":
    print_figures(main([int(size) for size in sys.argv[1:]] or SIZES))
