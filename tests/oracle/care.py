"""First touches of leads, and what was done for clients once they had bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from .dates import Period
from .model import ratio
from .people import People

FOLLOW_UP_DAYS = 30
NO_CAMPAIGN = "no campaign"


class LeadGeneration(NamedTuple):
    """Columns of ``kpi_lead_generation``."""

    touches: int
    first_touches: int
    leads: int
    leads_per_first_touch: Fraction | None


class RepeatTouches(NamedTuple):
    """Columns of ``kpi_repeat_touches``."""

    touches: int
    clients_touched: int
    touches_per_client: Fraction | None


class NewClientCare(NamedTuple):
    """Columns of ``kpi_new_client_care``."""

    new_clients: int
    new_clients_judged: int
    followed_up: int
    followed_up_share: Fraction | None
    referrals_won: int
    referring_clients: int
    referrals_per_client: Fraction | None


def _periods(people: People, day: date) -> Iterator[Period]:
    yield from people.calendar.periods_of(day)


def lead_generation(people: People) -> Mapping[tuple[str, date, str], LeadGeneration]:
    """Touches and leads by (type of period, its first day, channel)."""
    channels = {row["lead_id"]: row["channel"] for row in people.rows("crm.leads")}
    counts: dict[tuple[str, date, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    touched: set[str] = set()
    activities = people.rows("crm.activities")
    for row in sorted(activities, key=lambda row: (row["occurred_at"], row["activity_id"])):
        day, lead_id = row["occurred_at"].date(), row["lead_id"]
        if lead_id is None or day > people.as_of:
            continue
        for period in _periods(people, day):
            of_channel = counts[period.period_type, period.start, channels[lead_id]]
            of_channel[0] += 1
            of_channel[1] += lead_id not in touched
        touched.add(lead_id)
    for row in people.rows("crm.leads"):
        day = row["created_at"].date()
        if day <= people.as_of:
            for period in _periods(people, day):
                counts[period.period_type, period.start, row["channel"]][2] += 1
    return {
        key: LeadGeneration(touches, first, leads, ratio(leads, first))
        for key, (touches, first, leads) in counts.items()
    }


def first_purchases(people: People) -> Mapping[str, date]:
    """The day of each client's first invoice above zero."""
    found: dict[str, date] = {}
    for document in people.documents:
        if document["document_type"] == "invoice" and document["net_amount"] > 0:
            client_id, day = document["client_id"], document["issued_on"]
            found[client_id] = min(day, found.get(client_id, day))
    return found


def repeat_touches(people: People) -> Mapping[tuple[str, date, str], RepeatTouches]:
    """Activities with clients that had bought, by (type of period, its first day, campaign)."""
    first = first_purchases(people)
    clients: dict[tuple[str, date, str], list[str]] = defaultdict(list)
    for row in people.rows("crm.activities"):
        day = row["occurred_at"].date()
        if row["account_id"] is None or day > people.as_of:
            continue
        client_id = people.client_of(row["account_id"])
        if client_id in first and day > first[client_id]:
            for period in _periods(people, day):
                campaign_id = row["campaign_id"] or NO_CAMPAIGN
                clients[period.period_type, period.start, campaign_id].append(client_id)
    return {
        key: RepeatTouches(len(of), len(set(of)), ratio(len(of), len(set(of))))
        for key, of in clients.items()
    }


def new_client_care(people: People) -> Mapping[tuple[str, date], NewClientCare]:
    """What was done for new clients, by (type of period, its first day)."""
    touched: dict[str, list[date]] = defaultdict(list)
    for row in people.rows("crm.activities"):
        if row["account_id"] is not None and row["occurred_at"].date() <= people.as_of:
            client_id = people.client_of(row["account_id"])
            touched[client_id].append(row["occurred_at"].date())
    referrers: dict[str, str] = {}
    for row in people.rows("crm.accounts"):
        if row["referred_by_account_id"] is not None:
            client_id = people.client_of(row["account_id"])
            referrer = people.client_of(row["referred_by_account_id"])
            referrers[client_id] = min(referrer, referrers.get(client_id, referrer))
    groups: dict[tuple[str, date], list[tuple[str, date]]] = defaultdict(list)
    for client_id, day in first_purchases(people).items():
        for period in _periods(people, day):
            groups[period.period_type, period.start].append((client_id, day))
    found: dict[tuple[str, date], NewClientCare] = {}
    for key, members in groups.items():
        judged = [
            (client_id, day, day + timedelta(days=FOLLOW_UP_DAYS))
            for client_id, day in members
            if day + timedelta(days=FOLLOW_UP_DAYS) <= people.as_of
        ]
        followed_up = sum(
            any(day < touch <= last_day for touch in touched[client_id])
            for client_id, day, last_day in judged
        )
        referred_by = [referrers[client_id] for client_id, _ in members if client_id in referrers]
        found[key] = NewClientCare(
            len(members),
            len(judged),
            followed_up,
            ratio(followed_up, len(judged)),
            len(referred_by),
            len(set(referred_by)),
            ratio(len(referred_by), len(set(referred_by))),
        )
    return found
