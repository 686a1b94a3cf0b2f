"""What was recorded of each visit, and what its client was invoiced afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .bills import Books
from .dates import Calendar
from .landed import Row
from .model import ZERO, ratio

RESULT_DAYS = 30


class Quality(NamedTuple):
    """Columns of ``kpi_visit_quality``."""

    period_end: date
    visits: int
    with_purpose: int
    with_appointment: int
    with_display: int
    with_own_stock: int
    with_competitor_stock: int
    with_report: int
    with_next_step: int
    complete_visits: int
    complete_share: Fraction | None
    complete_visits_judged: int
    incomplete_visits_judged: int
    revenue_after_complete: Decimal
    revenue_after_incomplete: Decimal
    revenue_per_complete_visit: Fraction | None
    revenue_per_incomplete_visit: Fraction | None


class Visit(NamedTuple):
    """One visit: what was recorded, and the revenue after it if that can be told yet."""

    recorded: tuple[bool, ...]
    revenue_after: Decimal | None


def _recorded(report: Row | None) -> tuple[bool, ...]:
    if report is None:
        return (False,) * 7
    return (
        bool(report["purpose"]),
        report["is_prearranged"] is True,
        bool(report["display_state"]),
        report["own_stock"] is not None,
        report["competitor_stock"] is not None,
        bool(report["summary"]),
        bool(report["next_step"]),
    )


def visit_quality(books: Books, calendar: Calendar) -> Mapping[tuple[str, str, date], Quality]:
    """Visits of each rep and period, by (rep, type of period, its first day)."""
    reports = {row["activity_id"]: row for row in books.rows("crm.visit_reports")}
    visits: dict[tuple[str, str, date], list[Visit]] = defaultdict(list)
    ends: dict[tuple[str, date], date] = {}
    for row in books.rows("crm.activities"):
        day = row["occurred_at"].date()
        if row["activity_type"] != "visit" or day > books.as_of:
            continue
        last_day = day + timedelta(days=RESULT_DAYS)
        revenue: Decimal | None = None
        if row["account_id"] is not None and last_day <= books.as_of:
            of_client = books.client_revenue.get(books.client_of(row["account_id"]), {})
            revenue = sum((of for on, of in of_client.items() if day < on <= last_day), ZERO)
        visit = Visit(_recorded(reports.get(row["activity_id"])), revenue)
        for period in calendar.periods_of(day):
            ends[period.period_type, period.start] = period.end
            visits[row["rep_id"], period.period_type, period.start].append(visit)
    found: dict[tuple[str, str, date], Quality] = {}
    for key, made in visits.items():
        complete = [visit for visit in made if all(visit.recorded)]
        after = [visit.revenue_after for visit in complete if visit.revenue_after is not None]
        after_other = [
            visit.revenue_after
            for visit in made
            if visit.revenue_after is not None and not all(visit.recorded)
        ]
        counts = [sum(visit.recorded[part] for visit in made) for part in range(7)]
        found[key] = Quality(
            ends[key[1:]],
            len(made),
            counts[0],
            counts[1],
            counts[2],
            counts[3],
            counts[4],
            counts[5],
            counts[6],
            len(complete),
            ratio(len(complete), len(made)),
            len(after),
            len(after_other),
            sum(after, ZERO),
            sum(after_other, ZERO),
            ratio(sum(after, ZERO), len(after)),
            ratio(sum(after_other, ZERO), len(after_other)),
        )
    return found
