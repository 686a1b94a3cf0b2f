"""A company's settings are read typed, and a wrong one is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_project.company import load_company
from dagster_project.errors import ConfigurationError
from dagster_project.settings import PROJECT_ROOT

COMMITTED = PROJECT_ROOT / "config" / "company.yml"

Change = Callable[[dict[str, Any]], object]


def test_the_committed_settings_are_right_and_reach_dbt() -> None:
    company = load_company(COMMITTED)
    variables = company.dbt_vars()
    written = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
    del written["landing"]
    assert variables.keys() == written.keys()
    assert company.model_dump(mode="json", exclude_unset=True, exclude={"landing"}) == written


WRONG: dict[str, tuple[Change, str]] = {
    "unknown setting": (lambda c: c.update(colour="red"), "colour"),
    "missing setting": (lambda c: c.pop("seasons"), "seasons"),
    "unknown part": (lambda c: c["churn"].update(months=3), "churn.months"),
    "currency": (lambda c: c.update(reporting_currency="usd"), "reporting_currency"),
    "month": (lambda c: c.update(fiscal_year_first_month=13), "fiscal_year_first_month"),
    "share": (lambda c: c["landing"].update(max_set_aside_share=5), "max_set_aside_share"),
    "season twice": (lambda c: c["seasons"]["winter"].append(4), "exactly once"),
    "season missing": (lambda c: c["seasons"].pop("winter"), "exactly once"),
    "season apart": (
        lambda c: c.update(seasons={"odd": [1, 3, 2, *range(4, 13)]}),
        "must follow one another",
    ),
    "tiers fall": (lambda c: c["tiers"]["ranks"].reverse(), "must rise"),
    "working day": (lambda c: c.update(working_days=[0]), "working_days"),
    "chain": (lambda c: c.update(chain_depth=0), "chain_depth"),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, change: Change, said: str) -> None:
    document = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
    change(document)
    path = tmp_path / "company.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_company(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_a_season_may_span_the_new_year(tmp_path: Path) -> None:
    document = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
    document["seasons"] = {"winter": [11, 12, 1, 2], "rest": [3, 4, 5, 6, 7, 8, 9, 10]}
    path = tmp_path / "company.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert load_company(path).seasons["winter"] == (11, 12, 1, 2)


def test_a_missing_or_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "company.yml"
    with pytest.raises(ConfigurationError, match="no such file"):
        load_company(path)
    path.write_text("reporting_currency: [USD", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="not valid YAML"):
        load_company(path)
