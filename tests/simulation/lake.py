"""The extracts of a simulation, read by the real landing into the contract's tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.ingestion.landing import land_source
from dagster_project.ingestion.ledger import Ledger, current_loads
from dagster_project.ingestion.mapping import load_mappings
from dagster_project.simulation.configuration import SIMULATED_COMPANY


@contextmanager
def landed(folder: Path, workplace: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Land what a simulation's folder holds now, and open the contract's tables.

    The workplace keeps the lake from one night to the next.
    """
    lake_dir, warehouse = workplace / "lake", workplace / "warehouse" / "warehouse.duckdb"
    ledger = Ledger(lake_dir / "ledger.duckdb")
    mappings = load_mappings(folder / "config" / "sources")
    for mapping in mappings:
        land_source(
            mapping,
            extracts_dir=folder / "extracts",
            lake_dir=lake_dir,
            ledger=ledger,
            max_set_aside_share=SIMULATED_COMPANY.landing.max_set_aside_share,
        )
    prepare_warehouse(
        warehouse,
        lake_dir,
        current_loads(ledger.history()),
        {mapping.name: mapping for mapping in mappings},
    )
    with duckdb.connect(str(warehouse)) as connection:
        yield connection
