"""One recording of dbt for all tests of nights."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from filelock import FileLock

from dagster_project.company import load_company
from tests.command_line import PROJECT_ROOT
from tests.conftest import shared_by_workers
from tests.nights.company import FIRST_DAY
from tests.nights.recording import Recordings, record


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """Both kinds of build, for the sample's settings and a shorter calendar.

    The first of pytest's workers to ask records them, the others wait.
    """
    folder = shared_by_workers(tmp_path_factory.getbasetemp()) / "recordings"
    with FileLock(f"{folder}.lock"):
        kept = folder / "recordings.pickle"
        if not kept.exists():
            folder.mkdir(exist_ok=True)
            kept.write_bytes(pickle.dumps(_recorded(folder)))
    recorded: Recordings = pickle.loads(kept.read_bytes())
    return recorded


def _recorded(folder: Path) -> Recordings:
    dbt_vars = load_company(PROJECT_ROOT / "config" / "company.yml").dbt_vars()
    # A document may be older than the calendar, so the first of them are.
    dbt_vars["first_calendar_year"] = FIRST_DAY.year + 1
    return record(folder, dbt_vars)
