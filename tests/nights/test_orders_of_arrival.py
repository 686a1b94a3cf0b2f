"""The same extracts, whatever night each arrives in, give the same marts."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dagster_project.errors import ExtractError
from dagster_project.ingestion.increment import RunContext, begin_build
from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.quality.results import store_results
from tests.nights.fast import FAST_DIR
from tests.nights.recording import Recordings
from tests.nights.site import differing_rows
from tests.unit.ingestion.site import ANY_SHARE, Site
from tests.unit.ingestion.test_arrival import EXTRACTS, MAPPING

AS_OF = dt.date(2024, 11, 30)
ORDERS = 10


def test_ten_orders_of_arrival_give_the_same_marts(recordings: Recordings) -> None:
    """Every table of a full build, row for row, findings with their files and rows among them."""
    shuffler = random.Random(11)
    names = list(EXTRACTS)
    with tempfile.TemporaryDirectory(dir=FAST_DIR) as folder:
        at_once = _built(Path(folder) / "at once", recordings, [names])
        with duckdb.connect(str(at_once), read_only=True) as connection:
            [(revenue,)] = connection.execute(
                "SELECT sum(net_revenue) FROM core.fct_revenue_lines"
            ).fetchall()
            [(findings,)] = connection.execute("SELECT count(*) FROM marts.dq_findings").fetchall()
        assert revenue > 0
        assert findings > 1
        for number in range(ORDERS):
            order = shuffler.sample(names, len(names))
            built = _built(Path(folder) / str(number), recordings, [[name] for name in order])
            assert differing_rows(built, at_once) == [], order
            shutil.rmtree(Path(folder) / str(number))


def _built(folder: Path, recordings: Recordings, nights: Sequence[Sequence[str]]) -> Path:
    """The warehouse of a full build after nights in each of which some extracts arrive."""
    site = Site(folder)
    # In the reporting currency of the recorded settings: there are no rates here.
    site.map(MAPPING.replace("'EUR'", "'USD'"))
    for names in nights:
        for name in names:
            site.deliver(f"books/{name}", EXTRACTS[name])
        try:
            site.land(max_set_aside_share=ANY_SHARE)
        except ExtractError as error:
            # A kind of file never came yet; the next night lands what did.
            assert "no such file" in str(error)
    warehouse = folder / "warehouse.duckdb"
    shutil.copy(recordings.warehouse, warehouse)
    loads, history = site.loads(), site.ledger.history()
    run = RunContext("a run", "a build", AS_OF, "one company")
    prepare_warehouse(warehouse, site.lake_dir, loads, {"books": site.mapping()})
    store_results(warehouse, [])
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("DROP SCHEMA built CASCADE")
        begin_build(connection, run, loads, history, site.lake_dir, must_be_full=True)
    with duckdb.connect(str(warehouse), config={"threads": 1}) as connection:
        recordings.full.replay(connection, run.as_of_date, run.run_id)
    return warehouse
