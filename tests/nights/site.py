"""Nights of a small company: landed for real, built by replay, held against full builds."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.ingestion.history import history_digest
from dagster_project.ingestion.increment import RunContext, begin_build
from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.ingestion.landing import land_source
from dagster_project.ingestion.ledger import Ledger, current_loads
from dagster_project.ingestion.mapping import SourceMapping, load_mappings
from dagster_project.quality.results import store_results
from tests.nights.company import EVENTS, Company, Delivery, Event
from tests.nights.recording import Recordings

#: What is neither a figure nor made of any: what a build looked at, and which build made
#: what.
ABOUT_THE_BUILD = (
    "int_client_months_touched",
    "int_compared_client_months_touched",
    "int_client_periods_touched",
    "int_client_month_builds",
)


@dataclass(frozen=True)
class Night:
    """What happens to a company before a night, and how the night's build goes.

    ``days`` is how far the as-of date moves on. ``stops_after`` is the share of the
    models after which the build fails; None where it does not.
    """

    events: tuple[Event, ...] = ()
    days: int = 1
    stops_after: float | None = None


class Site:
    """A company, its lake and its warehouse, below one folder."""

    def __init__(
        self, folder: Path, recordings: Recordings, company: Company, as_of_date: dt.date
    ) -> None:
        self._folder = folder
        self._recordings = recordings
        self._company = company
        self._as_of_date = as_of_date
        self._delivery = Delivery(folder)
        self._lake_dir = folder / "lake"
        self._ledger = Ledger(self._lake_dir / "ledger.duckdb")
        self._builds = 0
        self._mappings: dict[str, SourceMapping] = {}
        self.warehouse = folder / "by night" / "warehouse.duckdb"
        self.warehouse.parent.mkdir(parents=True)
        shutil.copy(recordings.warehouse, self.warehouse)
        with duckdb.connect(str(self.warehouse)) as connection:
            # The tables are there for the replay to replace; no build of them counts.
            connection.execute("DROP SCHEMA built CASCADE")

    def play(self, night: Night, *, with_marts: bool, left_out: str | None = None) -> None:
        """Let a night happen and build it.

        Args:
            night: what happens.
            with_marts: whether everything is built, or only what later nights go on from.
            left_out: a rule about touched months that the build does without.
        """
        for name, *numbers in night.events:
            EVENTS[name](self._company, *numbers)
        self._as_of_date += dt.timedelta(days=night.days)
        if self._delivery.deliver(self._company):
            mappings = load_mappings(self._delivery.sources_dir)
            self._mappings = {mapping.name: mapping for mapping in mappings}
        for mapping in self._mappings.values():
            land_source(
                mapping,
                extracts_dir=self._delivery.extracts_dir,
                lake_dir=self._lake_dir,
                ledger=self._ledger,
                max_set_aside_share=0.0,
            )
        self._build(
            self.warehouse, night, must_be_full=False, with_marts=with_marts, left_out=left_out
        )

    def differences(self, *, with_marts: bool) -> list[str]:
        """Tables in which the warehouse differs from a full build of the same inputs."""
        full = self._folder / "at once" / "warehouse.duckdb"
        full.parent.mkdir(exist_ok=True)
        shutil.copy(self.warehouse, full)
        self._build(full, Night(), must_be_full=True, with_marts=with_marts)
        return differing_rows(self.warehouse, full)

    def _build(
        self,
        warehouse: Path,
        night: Night,
        *,
        must_be_full: bool,
        with_marts: bool,
        left_out: str | None = None,
    ) -> None:
        self._builds += 1
        history = self._ledger.history()
        loads = [load for load in current_loads(history) if load.source in self._mappings]
        run = RunContext("a run", f"build {self._builds}", self._as_of_date, "one company")
        prepare_warehouse(warehouse, self._lake_dir, loads, self._mappings)
        store_results(warehouse, [])
        with duckdb.connect(str(warehouse)) as connection:
            reason = begin_build(
                connection, run, loads, history, self._lake_dir, must_be_full=must_be_full
            )
            digest = history_digest(connection, run.as_of_date)
        recording = self._recordings.full if reason else self._recordings.by_month
        if not with_marts:
            recording = recording.only(self._recordings.kept)
        if night.stops_after is not None:
            recording = recording.until(night.stops_after)
        elif left_out is not None and not reason:
            recording = recording.without(left_out)
        with duckdb.connect(str(warehouse), config={"threads": 1}) as connection:
            recording.replay(connection, run.as_of_date, run.run_id)
            # What a run adds to the history must not make the same run another one.
            assert history_digest(connection, run.as_of_date) == digest


def differing_rows(one: Path, other: Path) -> list[str]:
    """Up to three rows a table that only one of two warehouse files has."""
    with duckdb.connect(str(one), read_only=True) as connection:
        connection.execute(f"ATTACH '{other}' AS at_once (READ_ONLY)")
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() "
            "WHERE database_name = 'warehouse' "
            "AND schema_name IN ('intermediate', 'core', 'marts') "
            f"AND table_name NOT IN {ABOUT_THE_BUILD} ORDER BY ALL"
        ).fetchall()
        found = []
        for schema, table in tables:
            name = f'"{schema}"."{table}"'
            by_night, at_once = (
                connection.execute(f"FROM {database}.{name} ORDER BY ALL").fetchall()
                for database in ("warehouse", "at_once")
            )
            if by_night == at_once:
                continue
            rows = connection.execute(
                f"(SELECT 'by night' AS build, * FROM (FROM warehouse.{name} "
                f"EXCEPT ALL FROM at_once.{name}) ORDER BY ALL LIMIT 3) UNION ALL "
                f"(SELECT 'at once' AS build, * FROM (FROM at_once.{name} "
                f"EXCEPT ALL FROM warehouse.{name}) ORDER BY ALL LIMIT 3)"
            ).fetchall()
            found += [f"{schema}.{table}: {row}" for row in rows]
    return found
