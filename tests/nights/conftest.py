"""One recording of dbt for all tests of nights."""

from __future__ import annotations

import pytest

from dagster_project.company import load_company
from tests.command_line import PROJECT_ROOT
from tests.nights.company import FIRST_DAY
from tests.nights.recording import Recordings, record


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """Both kinds of build, for the sample's settings and a shorter calendar."""
    dbt_vars = load_company(PROJECT_ROOT / "config" / "company.yml").dbt_vars()
    # A document may be older than the calendar, so the first of them are.
    dbt_vars["first_calendar_year"] = FIRST_DAY.year + 1
    return record(tmp_path_factory.mktemp("recordings"), dbt_vars)
