"""The company's laws as SQL macros, and a DuckDB connection that knows them.

Every row of every extract follows from its key, the seed and the scale by the macros
of ``sql/laws``: no table is kept, and any old document can be written again.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dagster_project.simulation.scale import HISTORY_WORKDAYS, Scale

SQL_DIR = Path(__file__).parent / "sql"

HISTORY_START = dt.date(2021, 1, 1)
#: The first night's day is the one after it.
HISTORY_END = dt.date(2025, 12, 31)


@contextmanager
def company_connection(
    scale: Scale,
    seed: int,
    as_of_date: dt.date,
    night_days: Sequence[dt.date] = (),
    spill_dir: Path | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the laws of one company, as of a day.

    Args:
        scale: the company's sizes.
        seed: which company of this size it is.
        as_of_date: the last day that has happened.
        night_days: the day of each working day that was played after the history.
        spill_dir: where rows that do not fit into memory go.
    """
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "5GiB"}
    if spill_dir is not None:
        config["temp_directory"] = str(spill_dir)
    connection = duckdb.connect(config=config)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        # Rows must come out in the order of their numbers, whatever the machine: one
        # thread a statement, and the left side of a join, as it is written, is streamed
        # through the right one.
        connection.execute("SET threads = 1")
        connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        for name, value in _constants(scale, seed, as_of_date, night_days).items():
            connection.execute(f"CREATE MACRO {name}() AS {value}")
        for path in sorted((SQL_DIR / "laws").glob("*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))
        yield connection
    finally:
        connection.close()
        if spill_dir is not None:
            shutil.rmtree(spill_dir, ignore_errors=True)


def _constants(
    scale: Scale, seed: int, as_of_date: dt.date, night_days: Sequence[dt.date]
) -> dict[str, str]:
    """What the macros know of this company: name and SQL of each constant."""
    numbers = {
        "seed": seed,
        "history_workdays": HISTORY_WORKDAYS,
        "night_count": len(set(night_days)),
        "workday_count": HISTORY_WORKDAYS + len(night_days),
        "client_count": scale.client_count,
        "frequent_clients": scale.frequent_clients,
        "regular_clients": scale.regular_clients,
        "frequent_rhythm": scale.frequent_rhythm,
        "regular_rhythm": scale.regular_rhythm,
        "rare_rhythm": scale.rare_rhythm,
        "frequent_groups": scale.frequent_groups,
        "regular_groups": scale.regular_groups,
        "group_count": scale.group_count,
        "activity_count": scale.activity_count,
        "product_count": scale.product_count,
        "rep_count": scale.rep_count,
        "reps_a_team": scale.reps_a_team,
    }
    nights = ", ".join(f"DATE '{day.isoformat()}'" for day in night_days)
    return {
        **{name: f"{value}::BIGINT" for name, value in numbers.items()},
        "as_of_date": f"DATE '{as_of_date.isoformat()}'",
        "night_days": f"CAST([{nights}] AS DATE[])",
    }
