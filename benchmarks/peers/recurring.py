"""Recurring revenue: the models beside the usual calendar of months by customers.

``python -m benchmarks.peers.recurring [contracts]``; both build, in one DuckDB and from the same
contracts, who had what MRR at the end of each month and what moved, and must agree to the last
place before anything is timed against anything.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.compiled import Model, compile_models
from benchmarks.peers.table import Figure, print_figures

FOLDER = Path(__file__).parent
AS_OF_DATE = "2025-12-31"
CONTRACTS = 1_000_000
MOVEMENTS = ("int_contracts", "int_recurring_terms", "int_mrr_changes", "fct_mrr_movements")
MARTS = ("int_mrr_retention", "kpi_recurring_revenue", "kpi_mrr_cohorts")

OUR_TOTALS = """
CREATE OR REPLACE TABLE our_totals AS
SELECT month_start, movement, sum(closing_mrr - opening_mrr) AS change, count(*) AS clients
FROM core.fct_mrr_movements WHERE movement <> 'none' GROUP BY ALL
"""
PEER_TOTALS = """
CREATE OR REPLACE TABLE peer_totals AS
SELECT month_start, movement, sum(change) AS change, count(*) AS clients
FROM peer_mrr WHERE movement <> 'none' GROUP BY ALL
"""
#: Each client's MRR at the end of every month: what the movements' last row before says.
OUR_MONTHS = """
SELECT peer.customer_id, peer.month_start, coalesce(ours.closing_mrr, 0) AS mrr
FROM peer_mrr AS peer ASOF LEFT JOIN core.fct_mrr_movements AS ours
ON peer.customer_id = ours.client_id AND peer.month_start >= ours.month_start
"""


class DifferentAnswersError(Exception):
    """What is compared does not say the same, so its time means nothing."""


def measure(contracts: int) -> list[Figure]:
    """Seconds of both on so many contracts of eight years, after their answers agreed.

    Raises:
        DifferentAnswersError: if a client's month or a month's total differs.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = compile_models((*MOVEMENTS, *MARTS), AS_OF_DATE, folder)
        database = folder / "data" / "warehouse.duckdb"
        database.parent.mkdir()
        with duckdb.connect(str(database)) as connection:
            connection.execute("SET enable_progress_bar = false")
            _make_contracts(connection, contracts)
            by_name = {model.name: model for model in models}
            ours = _build(connection, [by_name[name] for name in MOVEMENTS])
            ours += _timed(connection, OUR_TOTALS)
            peer = _timed(connection, (FOLDER / "calendar_mrr.sql").read_text(encoding="utf-8"))
            peer += _timed(connection, PEER_TOTALS)
            _compare(connection)
            marts = _build(connection, [by_name[name] for name in MARTS])
    subject = f"MRR movements, {contracts:,} contracts"
    return [
        Figure(subject, "months x customers, SQL on DuckDB", peer, ours),
        Figure(f"{subject}, ours with all marts", "the same", peer, ours + marts),
    ]


def _make_contracts(connection: duckdb.DuckDBPyConnection, contracts: int) -> None:
    script = (FOLDER / "contracts.sql").read_text(encoding="utf-8")
    connection.execute(script.replace("$contracts", str(contracts)))


def _build(connection: duckdb.DuckDBPyConnection, models: list[Model]) -> float:
    return sum(model.build(connection) for model in models)


def _timed(connection: duckdb.DuckDBPyConnection, statement: str) -> float:
    started = time.perf_counter()
    connection.execute(statement)
    return time.perf_counter() - started


def _compare(connection: duckdb.DuckDBPyConnection) -> None:
    for what, ours, peers in (
        ("client-months", OUR_MONTHS, "SELECT customer_id, month_start, mrr FROM peer_mrr"),
        ("totals", "FROM our_totals", "FROM peer_totals"),
    ):
        [(different,)] = connection.execute(
            f"SELECT count(*) FROM (({ours} EXCEPT {peers}) UNION ALL ({peers} EXCEPT {ours}))"
        ).fetchall()
        [(rows,)] = connection.execute(f"SELECT count(*) FROM ({peers})").fetchall()
        if different or not rows:
            raise DifferentAnswersError(f"{different:,} of {rows:,} {what} differ")
        print(f"  {rows:,} {what} are the same", flush=True)


if __name__ == "__main__":
    print_figures(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CONTRACTS))
