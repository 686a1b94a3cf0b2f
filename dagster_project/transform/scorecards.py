"""Whether the KPIs on the scorecards are in the marts that ``company.yml`` says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from dagster_project.company import Company, ScorecardKpi
from dagster_project.errors import ConfigurationError
from dagster_project.settings import PROJECT_ROOT

MARTS_DIR = PROJECT_ROOT / "dbt" / "models" / "marts"

#: What a row of every mart on a scorecard says of its period.
PERIOD_COLUMNS = ("period_type", "period_start", "period_end")


def check_scorecards(company: Company, path: Path) -> None:
    """Look up every mart and column that a scorecard names.

    Args:
        company: the settings.
        path: the file they were read from, for the message.

    Raises:
        ConfigurationError: names the role, the KPI, what is not there and what is.
    """
    described = {file.stem: file for file in MARTS_DIR.rglob("*.yml")}
    for role, kpis in company.scorecards.roles.items():
        for kpi in kpis:
            place = f"{path}: scorecards.roles.{role}, KPI {kpi.kpi!r}"
            if kpi.mart not in described:
                raise ConfigurationError(
                    f"{place}: no mart {kpi.mart!r}. There are: {', '.join(sorted(described))}."
                )
            columns = _columns(described[kpi.mart], kpi.mart)
            missing = [name for name in _named(kpi) if name not in columns]
            if missing:
                raise ConfigurationError(
                    f"{place}: {kpi.mart} has no column {', '.join(map(repr, missing))}. "
                    f"It has: {', '.join(columns)}."
                )


def _named(kpi: ScorecardKpi) -> Iterator[str]:
    yield from (kpi.person, *PERIOD_COLUMNS, kpi.fact, *kpi.where)
    yield from filter(None, (kpi.plan_low, kpi.plan_high, kpi.n))


def _columns(path: Path, mart: str) -> list[str]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        column["name"]
        for model in document["models"]
        if model["name"] == mart
        for column in model["columns"]
    ]
