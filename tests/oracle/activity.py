"""What reps were asked to do and did, counted day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from .dates import Period, days_of, is_working_day
from .landed import Row
from .model import CENT_OF_CENT, ZERO, ratio
from .people import People

FINEST_FIRST = ("day", "week", "month", "quarter", "year")
INVOICE = "invoice issued"


class PlanFact(NamedTuple):
    """Columns of ``kpi_activity_plan_fact``."""

    period_end: date
    is_partial: bool
    employed_working_days: int
    planned: Decimal
    fact: int
    completion: Fraction | None


def norm_of(people: People, norms: list[Row], rep_id: str, day: date) -> Mapping[str, Row]:
    """The norm that holds for a rep on a day, by kind of activity."""
    position = people.position(rep_id, day)
    assert position is not None
    found: dict[str, Row] = {}

    def order(norm: Row) -> tuple[bool, date, int]:
        return (
            norm["scope"] == "rep",
            norm["valid_from"],
            -FINEST_FIRST.index(norm["period_type"]),
        )

    for norm in norms:
        entity = {"rep": rep_id, "role": position["role"]}[norm["scope"]]
        if norm["scope_id"] != entity or norm["valid_from"] > day:
            continue
        held = found.get(norm["activity_type"])
        if held is None or order(norm) > order(held):
            found[norm["activity_type"]] = norm
    return found


def plan_fact(people: People) -> Mapping[tuple[str, str, str, date, str], PlanFact]:
    """Plan and fact by rep, own or team, period and kind of activity."""
    norms = people.rows("planning.activity_norms")
    planned: dict[tuple[str, date, str], Decimal] = defaultdict(lambda: ZERO)
    employed: set[tuple[str, date]] = set()

    @cache
    def working_days(period: Period) -> list[date]:
        return [day for day in days_of(period) if is_working_day(day)]

    for rep_id, stretches in people.positions.items():
        first_day = min(row["valid_from"] for row in stretches)
        for day in days_of(Period("", first_day, people.as_of)):
            if not is_working_day(day) or not people.is_employed(rep_id, day):
                continue
            employed.add((rep_id, day))
            for activity_type, norm in norm_of(people, norms, rep_id, day).items():
                (period,) = (p for p in people.periods(day) if p.period_type == norm["period_type"])
                days = working_days(period)
                place = days.index(day)
                upto, before = (
                    (norm["planned_count"] * count / len(days)).quantize(
                        CENT_OF_CENT, ROUND_HALF_UP
                    )
                    for count in (place + 1, place)
                )
                planned[rep_id, day, activity_type] += upto - before

    facts: dict[tuple[str, date, str], int] = defaultdict(int)
    for row in people.rows("crm.activities"):
        day = row["occurred_at"].date()
        if day <= people.as_of and row["activity_type"] != INVOICE:
            facts[row["rep_id"], day, row["activity_type"]] += 1
    for document in people.documents:
        if document["document_type"] == "invoice":
            facts[people.primary_rep(document), document["issued_on"], INVOICE] += 1

    leading = {
        row["manager_rep_id"]
        for row in people.rows("crm.reps")
        if row["manager_rep_id"] is not None
    }

    def credited(rep_id: str, day: date) -> list[tuple[str, str]]:
        team = [("team", leader) for leader in people.leaders(rep_id, day) if leader in leading]
        return [("own", rep_id), *team]

    Key = tuple[str, str, str, date, str]
    totals: dict[Key, list[Decimal | int]] = defaultdict(lambda: [ZERO, 0])
    ends: dict[tuple[str, date], date] = {}
    for rep_id, day, activity_type in planned.keys() | facts.keys():
        for role, credited_id in credited(rep_id, day):
            for period in people.periods(day):
                ends[period.period_type, period.start] = period.end
                total = totals[credited_id, role, period.period_type, period.start, activity_type]
                total[0] += planned.get((rep_id, day, activity_type), ZERO)
                total[1] += facts.get((rep_id, day, activity_type), 0)
    days_employed: dict[tuple[str, str, str, date], int] = defaultdict(int)
    for rep_id, day in employed:
        for role, credited_id in credited(rep_id, day):
            for period in people.periods(day):
                days_employed[credited_id, role, period.period_type, period.start] += 1
    return {
        key: PlanFact(
            ends[key[2], key[3]],
            ends[key[2], key[3]] > people.as_of,
            days_employed.get(key[:4], 0),
            Decimal(plan),
            int(fact),
            ratio(int(fact), plan),
        )
        for key, (plan, fact) in totals.items()
    }
