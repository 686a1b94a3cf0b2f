"""The KPIs of a person's role, from the marts that they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from .dates import FAR
from .people import People


@dataclass(frozen=True)
class Result:
    """One KPI of one person in one period, as its mart has it."""

    role: str
    kpi: str
    rep_id: str
    period_type: str
    start: date
    end: date
    plan_low: Any
    plan_high: Any
    fact: Any
    n: int | None
    is_lower_better: bool


class Score(NamedTuple):
    """What is compared of a row of ``kpi_scorecard``."""

    role: str
    manager_rep_id: str | None
    plan_low: Any
    fact: Any
    n: int | None
    attainment: Any
    rank_in_team: int | None
    ranked_in_team: int


def exact(value: Any) -> Fraction | None:
    """A figure of a mart without what arithmetic with doubles would add to it."""
    return None if value is None else Fraction(value)


def as_shown(value: Any) -> float | None:
    """A figure as a scorecard shows it, where money and rates stand in one column."""
    return None if value is None else float(value)


def attainment(result: Result) -> Fraction | None:
    """1 within the range; below or above, a part or a multiple of the nearest end."""
    fact, low, high = exact(result.fact), exact(result.plan_low), exact(result.plan_high)
    if fact is None:
        return None
    if result.is_lower_better:
        if high is None:
            return None
        return Fraction(1) if fact <= high else high / fact
    if low is not None and fact < low:
        return fact / low if low else None
    if high is not None and fact > high:
        return fact / high if high else None
    return Fraction(1) if low else None


def scores(people: People, results: Iterable[Result]) -> Mapping[tuple[str, str, date, str], Score]:
    """The rows of everyone who had the role by the end of the period."""
    teams: dict[tuple[Any, ...], list[Result]] = defaultdict(list)
    for result in results:
        last_day = min(result.end, people.as_of)
        place = max(
            (
                row
                for row in people.positions.get(result.rep_id, ())
                if row["valid_from"] <= last_day and (row["valid_to"] or FAR) >= result.start
            ),
            key=lambda row: row["valid_from"],
            default=None,
        )
        if place is not None and place["role"] == result.role:
            team = (result.role, place["manager_rep_id"])
            teams[(*team, result.kpi, result.period_type, result.start)].append(result)
    found = {}
    for (role, manager, kpi, period_type, start), members in teams.items():
        facts = [exact(each.fact) for each in members if each.fact is not None]
        for each in members:
            fact = exact(each.fact)
            better = [
                other
                for other in facts
                if fact is not None and (other < fact if each.is_lower_better else other > fact)  # type: ignore[operator]
            ]
            found[each.rep_id, period_type, start, kpi] = Score(
                role,
                manager,
                as_shown(each.plan_low),
                as_shown(each.fact),
                each.n,
                attainment(each),
                None if fact is None else len(better) + 1,
                len(facts),
            )
    return found
