"""Making a company: its history, its configuration and the truth about it."""

from __future__ import annotations

import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.sql import literal
from dagster_project.simulation.configuration import SYSTEMS, write_configuration
from dagster_project.simulation.faults import inject_faults
from dagster_project.simulation.laws import HISTORY_END, SQL_DIR, company_connection
from dagster_project.simulation.nights import play_night
from dagster_project.simulation.scale import HISTORY_WORKDAYS, Scale
from dagster_project.simulation.state import STATE_NAME, Simulation
from dagster_project.simulation.tables import EXTRACTS, extract_of
from dagster_project.simulation.truth import write_truth
from dagster_project.simulation.writer import write_parquet

logger = logging.getLogger(__name__)

#: Beyond it nothing could be told from what is left.
MOST_DIRT = 0.2

#: There while a company is written, so that one that was broken off is known for it.
_UNFINISHED_NAME = ".simulating"
#: What a simulation makes in its folder, and may therefore replace.
_OWN_PARTS = ("config", "extracts", "truth", "lake", "warehouse", "published", STATE_NAME)


def simulate(
    folder: Path, lines: int, seed: int = 1, dirt: float = 0.0, nights: int = 0
) -> Simulation:
    """Write a company of about ``lines`` invoice lines into a folder of its own.

    The same arguments give the same bytes. What an earlier simulation left in the
    folder, its lake and published marts included, is replaced.

    Args:
        folder: where ``config``, ``extracts``, ``truth`` and ``simulation.json`` go.
        lines: invoice lines in the five years of history.
        seed: which company of this size.
        dirt: share of records with an injected fault.
        nights: ordinary nights to play after the history.

    Raises:
        ConfigurationError: for sizes out of bounds, or a folder that holds something else.
    """
    scale = Scale.of(lines)
    if not 0 <= dirt <= MOST_DIRT:
        raise ConfigurationError(
            f"DIRT={dirt}: no share of records that can be spoilt. Name one from 0 to {MOST_DIRT}."
        )
    _clear(folder)
    simulation = Simulation(lines=lines, seed=seed, dirt=dirt, as_of_date=HISTORY_END)
    write_configuration(folder / "config")
    with company_connection(scale, seed, HISTORY_END, spill_dir=folder / ".spill") as connection:
        _export_history(connection, folder / "extracts")
        write_truth(connection, folder / "truth")
        if dirt > 0:
            inject_faults(connection, folder, dirt)
    simulation.write(folder)
    (folder / _UNFINISHED_NAME).unlink()
    for _ in range(nights):
        simulation = play_night(folder)
    return simulation


def _export_history(connection: duckdb.DuckDBPyConnection, extracts_dir: Path) -> None:
    """Write the history of every table, each shown to those that are made from it."""
    for schema in SYSTEMS:
        connection.execute(f"CREATE SCHEMA {schema}")
    connection.execute(
        "CREATE VIEW history_numbers AS "
        f"SELECT range AS document FROM range({HISTORY_WORKDAYS} * group_count())"
    )
    # The lines are as much work as all the rest, which does not read them.
    with ThreadPoolExecutor(max_workers=1) as beside:
        lines = extract_of("accounting.invoice_lines")
        writing = beside.submit(
            write_parquet,
            connection.cursor(),
            lines.select(numbers="history_numbers"),
            lines.path(extracts_dir),
        )
        for extract in EXTRACTS:
            if extract is lines:
                continue
            if extract.table.name == "planning.sales_targets":
                connection.execute((SQL_DIR / "planning" / "facts.sql").read_text(encoding="utf-8"))
            path = extract.path(extracts_dir)
            write_parquet(connection, extract.select(numbers="history_numbers"), path)
            connection.execute(
                f"CREATE VIEW {extract.table.name} AS SELECT * FROM read_parquet({literal(path)})"
            )
        writing.result()


def _clear(folder: Path) -> None:
    """Remove an earlier simulation, whole or broken off, and nothing else."""
    is_ours = any((folder / name).exists() for name in (STATE_NAME, _UNFINISHED_NAME))
    if folder.exists() and any(folder.iterdir()) and not is_ours:
        raise ConfigurationError(
            f"{folder}: the folder holds something else than a simulation. "
            "Name an empty or a new one with --to."
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _UNFINISHED_NAME).touch()
    for part in _OWN_PARTS:
        path = folder / part
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
