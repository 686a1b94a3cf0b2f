"""What a plan asks for, worked back by the rates of the months before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from .dates import ONE_DAY, add_months, month_start
from .model import ZERO, exact, ratio, round_money
from .people import People

MINIMUM_CASES = 30
MONTHS = {"month": 1, "quarter": 3}


class Required(NamedTuple):
    """Columns of ``kpi_required_activity``."""

    period_end: date
    leader_id: str
    plan_low: Decimal
    average_deal: Decimal | None
    is_team_average_deal: bool
    proposal_to_deal: Fraction | None
    proposal_to_deal_cases: int
    is_team_proposal_to_deal: bool
    meeting_to_proposal: Fraction | None
    meeting_to_proposal_cases: int
    is_team_meeting_to_proposal: bool
    call_to_meeting: Fraction | None
    call_to_meeting_cases: int
    is_team_call_to_meeting: bool
    lead_to_deal: Fraction | None
    lead_to_deal_cases: int
    is_team_lead_to_deal: bool
    first_touch_to_lead: Fraction | None
    first_touch_to_lead_cases: int
    is_team_first_touch_to_lead: bool
    required_deals: int | None
    required_proposals: int | None
    required_meetings: int | None
    required_calls: int | None
    required_leads: int | None
    required_first_touches: int | None


class Event(NamedTuple):
    """Something a rep did on a day; ``amount`` is the revenue of a deal."""

    rep_id: str
    day: date
    kind: str
    amount: Decimal = ZERO


def events(people: People) -> list[Event]:
    """Deals, proposals, meetings, calls, leads and first touches up to the run's day."""
    found: list[Event] = []
    for document in people.documents:
        day = document["issued_on"]
        amount = people.worth(document["net_amount"], document["currency"], day)
        if document["document_type"] == "invoice" and amount is not None:
            found.append(Event(people.primary_rep(document), day, "deals", amount))
    touched: set[str] = set()
    activities = people.rows("crm.activities")
    activities.sort(key=lambda row: (row["occurred_at"], row["activity_id"]))
    kinds = {"proposal": "proposals", "meeting": "meetings", "call": "calls"}
    for row in activities:
        day = row["occurred_at"].date()
        if day > people.as_of:
            continue
        kind = kinds.get(row["activity_type"].split()[-1])
        if kind is not None:
            found.append(Event(row["rep_id"], day, kind))
        if row["lead_id"] is not None and row["lead_id"] not in touched:
            touched.add(row["lead_id"])
            found.append(Event(row["rep_id"], day, "first_touches"))
    for row in people.rows("crm.leads"):
        if row["created_at"].date() <= people.as_of and row["owner_rep_id"] is not None:
            found.append(Event(row["owner_rep_id"], row["created_at"].date(), "leads"))
    return found


def required_activity(people: People) -> Mapping[tuple[str, str, date], Required]:
    """What each plan asks for, by (rep, type of period, its first day)."""
    counts: dict[tuple[str, str, date, str], int] = defaultdict(int)
    money: dict[tuple[str, str, date], Decimal] = defaultdict(lambda: ZERO)
    for event in events(people):
        leaders = [("team", leader) for leader in people.leaders(event.rep_id, event.day)]
        for role, credited in [("own", event.rep_id), *leaders]:
            month = month_start(event.day)
            counts[role, credited, month, event.kind] += 1
            money[role, credited, month] += event.amount

    found: dict[tuple[str, str, date], Required] = {}
    for plan in people.rows("intermediate.int_rep_plans_by_period"):
        period_type, start, rep_id = plan["period_type"], plan["period_start"], plan["rep_id"]
        if period_type not in MONTHS:
            continue
        counted_before = min(start, month_start(people.as_of + ONE_DAY))
        months = [add_months(counted_before, -back) for back in range(1, 13)]
        position = people.position(rep_id, min(start, people.as_of))
        leader = (position and position["manager_rep_id"]) or rep_id
        team = {"own": rep_id, "team": leader}

        def total(
            kind: str, role: str, months: list[date] = months, team: Mapping[str, str] = team
        ) -> int:
            return sum(counts.get((role, team[role], month, kind), 0) for month in months)

        def side(cases: str, total: Callable[[str, str], int] = total) -> str:
            return "team" if total(cases, "own") < MINIMUM_CASES else "own"

        of_deals = side("deals")
        deals = total("deals", of_deals)
        revenue = sum((money.get((of_deals, team[of_deals], m), ZERO) for m in months), ZERO)
        average = exact(revenue) / deals if deals else None

        def rate(
            results: str,
            cases: str,
            total: Callable[[str, str], int] = total,
            side: Callable[[str], str] = side,
        ) -> tuple[Fraction | None, int, bool]:
            role = side(cases)
            count = total(cases, role)
            return ratio(total(results, role), count), count, role == "team"

        def needed(count: Fraction | int | None, of_rate: Fraction | None) -> int | None:
            return ceil(count / of_rate) if count is not None and of_rate else None

        proposal = rate("deals", "proposals")
        meeting = rate("proposals", "meetings")
        call = rate("meetings", "calls")
        lead = rate("deals", "leads")
        touch = rate("leads", "first_touches")
        plan_low = Decimal(plan["plan_low"])
        required_deals = needed(exact(plan_low), average)
        required_proposals = needed(required_deals, proposal[0])
        required_meetings = needed(required_proposals, meeting[0])
        required_leads = needed(required_deals, lead[0])
        found[rep_id, period_type, start] = Required(
            add_months(start, MONTHS[period_type]) - ONE_DAY,
            leader,
            plan_low,
            None if average is None else round_money(average),
            of_deals == "team",
            *proposal,
            *meeting,
            *call,
            *lead,
            *touch,
            required_deals,
            required_proposals,
            required_meetings,
            needed(required_meetings, call[0]),
            required_leads,
            needed(required_leads, touch[0]),
        )
    return found
