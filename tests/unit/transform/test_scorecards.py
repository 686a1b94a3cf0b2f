"""A scorecard's KPI that is in no mart is told before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dagster_project.company import load_company
from dagster_project.errors import ConfigurationError
from dagster_project.settings import PROJECT_ROOT
from dagster_project.simulation.configuration import SIMULATED_COMPANY
from dagster_project.transform.scorecards import check_scorecards

COMMITTED = PROJECT_ROOT / "config" / "company.yml"


def test_the_committed_scorecards_are_right() -> None:
    check_scorecards(load_company(COMMITTED), COMMITTED)
    check_scorecards(SIMULATED_COMPANY, COMMITTED)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mart": "kpi_rep_performanc"}, "no mart 'kpi_rep_performanc'"),
        ({"fact": "net_revenu"}, "kpi_rep_performance has no column 'net_revenu'"),
        ({"where": {"level": "rep"}}, "kpi_rep_performance has no column 'level'"),
        ({"mart": "kpi_client_value", "fact": "is_lost"}, "'period_type'"),
    ],
)
def test_a_kpi_that_is_not_there_is_named(
    change: dict[str, object], told: str, tmp_path: Path
) -> None:
    settings = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
    settings["scorecards"]["roles"]["rep"][0].update(change)
    path = tmp_path / "company.yml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"scorecards\.roles\.rep, KPI 'revenue'") as error:
        check_scorecards(load_company(path), path)
    assert told in str(error.value)
