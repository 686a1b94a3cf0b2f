"""How far leads and opportunities moved, one case after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from .dates import month_start
from .landed import Row
from .model import ratio
from .people import People

STAGES = ("discovery", "qualified", "proposal", "negotiation")
STEPS = ("lead", "converted", *STAGES, "won")
NO_LEAD = "no lead"

Key = tuple[date, str, str, str, int]


class Step(NamedTuple):
    """Columns of ``kpi_funnel``."""

    step: str
    reached: int
    reached_before: int | None
    step_rate: Fraction | None
    timed_cases: int
    mean_days_in_step: Fraction | None
    won: int
    win_rate: Fraction | None


@dataclass(frozen=True)
class Case:
    """A lead, or an opportunity without one: the moment of each step it came to."""

    cohort: tuple[date, str, str, str]
    moments: Mapping[int, datetime | None]


def _stage_moments(
    opportunity: Row, changes: list[Row], as_of: date
) -> Mapping[int, datetime | None]:
    """When an opportunity came to each stage; ``len(STAGES)`` stands for won."""
    known: list[tuple[int, datetime | None]] = [(0, opportunity["created_at"])]
    for change in changes:
        for stage in (change["from_stage"], change["to_stage"]):
            if stage in STAGES:
                known.append((STAGES.index(stage), change["changed_at"]))
    if not changes and opportunity["stage"] in STAGES:
        known.append((STAGES.index(opportunity["stage"]), None))
    if opportunity["is_won"] and opportunity["closed_at"].date() <= as_of:
        known.append((len(STAGES), opportunity["closed_at"]))
    moments: dict[int, datetime | None] = {}
    for stage_number in range(max(number for number, _ in known) + 1):
        at = [moment for number, moment in known if number >= stage_number and moment is not None]
        moments[stage_number] = min(at, default=None)
    return moments


def cases(people: People) -> list[Case]:
    """Every lead, and every opportunity that came of none."""
    as_of = people.as_of
    changes: dict[str, list[Row]] = defaultdict(list)
    for change in people.rows("crm.opportunity_stage_changes"):
        if change["changed_at"].date() <= as_of:
            changes[change["opportunity_id"]].append(change)
    leads = [row for row in people.rows("crm.leads") if row["created_at"].date() <= as_of]
    leads.sort(key=lambda lead: (lead["created_at"], lead["lead_id"]))
    leads_of: dict[str, list[Row]] = defaultdict(list)
    for lead in leads:
        if lead["account_id"] is not None:
            leads_of[people.client_of(lead["account_id"])].append(lead)

    opportunity_of: dict[str, Row] = {}
    without_lead: list[Row] = []
    opportunities = people.rows("crm.opportunities")
    opportunities.sort(key=lambda row: (row["created_at"], row["opportunity_id"]))
    for opportunity in opportunities:
        created_at = opportunity["created_at"]
        if created_at.date() > as_of:
            continue
        of_client = leads_of.get(people.client_of(opportunity["account_id"] or ""), [])
        before = [lead for lead in of_client if lead["created_at"] <= created_at]
        if before and before[-1]["lead_id"] not in opportunity_of:
            opportunity_of[before[-1]["lead_id"]] = opportunity
        else:
            without_lead.append(opportunity)

    found: list[Case] = []
    for lead in leads:
        moments: dict[int, datetime | None] = {1: lead["created_at"]}
        its_own = opportunity_of.get(lead["lead_id"])
        conversions = [
            moment
            for moment in (lead["converted_at"], its_own["created_at"] if its_own else None)
            if moment is not None and moment.date() <= as_of
        ]
        if conversions:
            moments[2] = min(conversions)
        if its_own is not None:
            stages = _stage_moments(its_own, changes[its_own["opportunity_id"]], as_of)
            moments |= {number + 3: moment for number, moment in stages.items()}
        cohort = month_start(lead["created_at"].date())
        temperature = lead["temperature"] or "unknown"
        found.append(Case((cohort, "lead", lead["channel"], temperature), moments))
    for opportunity in without_lead:
        stages = _stage_moments(opportunity, changes[opportunity["opportunity_id"]], as_of)
        cohort = month_start(opportunity["created_at"].date())
        found.append(
            Case(
                (cohort, "opportunity", NO_LEAD, NO_LEAD),
                {number + 3: moment for number, moment in stages.items()},
            )
        )
    return found


def funnel(people: People) -> Mapping[Key, Step]:
    """The steps of each cohort, by (month, case type, channel, temperature, step number)."""
    cohorts: dict[tuple[date, str, str, str], list[Case]] = defaultdict(list)
    for case in cases(people):
        cohorts[case.cohort].append(case)
    found: dict[Key, Step] = {}
    for cohort, members in cohorts.items():
        reached_before: int | None = None
        won = sum(len(STEPS) in case.moments for case in members)
        for step_number in range(1 if cohort[1] == "lead" else 3, len(STEPS) + 1):
            reached = sum(step_number in case.moments for case in members)
            days = [
                (later.date() - moment.date()).days
                for case in members
                if (moment := case.moments.get(step_number)) is not None
                and (later := case.moments.get(step_number + 1)) is not None
            ]
            found[(*cohort, step_number)] = Step(
                STEPS[step_number - 1],
                reached,
                reached_before,
                None if reached_before is None else ratio(reached, reached_before),
                len(days),
                ratio(sum(days), len(days)),
                won,
                ratio(won, reached),
            )
            reached_before = reached
    return found
