"""Targets of reps, managers and the company against their revenue."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from .dates import ONE_DAY, add_months
from .model import UNASSIGNED, ZERO, Book, Target
from .revenue import revenue_rows

MONTHS = {"month": 1, "quarter": 3, "year": 12}
SNAP_DAYS = 7

Key = tuple[str, str, str, date]


class PlanFact(NamedTuple):
    """One row of ``kpi_plan_fact`` without its key."""

    period_end: date
    plan_low: Decimal
    fact: Decimal
    attainment: Fraction | None


def target_end(start: date, period_type: str, next_start: date | None) -> date:
    """Last day of a target: its natural end, or the day before a next one that starts near it."""
    end = add_months(start, MONTHS[period_type]) - ONE_DAY
    if next_start and abs((next_start - end).days) <= SNAP_DAYS:
        return next_start - ONE_DAY
    return end


def attainment(fact: Decimal, low: Decimal, high: Decimal | None) -> Fraction | None:
    """1 within the range; else the fact over the end that it missed or passed."""
    bound = low if fact < low else low if high is None else high
    if low <= fact <= bound:
        return Fraction(1)
    return Fraction(fact) / Fraction(bound) if bound else None


class RepRevenue:
    """Running revenue of each rep by day."""

    def __init__(self, book: Book) -> None:
        by_rep: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in revenue_rows(book):
            by_rep[row.rep][row.day] += row.amount
        self.reps = set(by_rep)
        self._days = {rep: sorted(days) for rep, days in by_rep.items()}
        self._totals = {
            rep: list(accumulate((days[day] for day in sorted(days)), initial=ZERO))
            for rep, days in by_rep.items()
        }

    def between(self, reps: Collection[str], first: date, last: date) -> Decimal:
        """Net revenue of the reps from the first to the last day."""
        total = ZERO
        for rep in self.reps.intersection(reps):
            low = bisect_left(self._days[rep], first)
            high = bisect_right(self._days[rep], last)
            total += self._totals[rep][high] - self._totals[rep][low]
        return total


def targets_with_end(book: Book) -> list[tuple[Target, date]]:
    """Every target and its last day."""
    starts: dict[tuple[str, str], list[date]] = defaultdict(list)
    for target in book.targets:
        starts[target.rep, target.period_type].append(target.period_start)
    found = []
    for target in book.targets:
        later = [s for s in starts[target.rep, target.period_type] if s > target.period_start]
        end = target_end(target.period_start, target.period_type, min(later, default=None))
        found.append((target, end))
    return found


def plan_fact(book: Book) -> dict[Key, PlanFact]:
    """``kpi_plan_fact`` by (level, entity_id, period_type, period_start).

    The revenue of a manager is that of everyone below and their own; the company's plan is
    the sum of its reps' and is held against all revenue that is credited to reps.
    """
    revenue = RepRevenue(book)
    teams = {("rep", rep): {rep} for rep in book.reps}
    teams |= {("manager", boss): book.team_of(boss) for boss in book.managers()}
    plans: dict[Key, list[tuple[Target, date]]] = defaultdict(list)
    for target, end in targets_with_end(book):
        for (level, entity), team in teams.items():
            if target.rep in team:
                key = (level, entity, target.period_type, target.period_start)
                plans[key].append((target, end))
        plans["company", "all", target.period_type, target.period_start].append((target, end))
    found = {}
    for key, parts in plans.items():
        level, entity, _, start = key
        reps = revenue.reps - {UNASSIGNED} if level == "company" else teams[level, entity]
        end = max(end for _, end in parts)
        low = sum((target.low for target, _ in parts), ZERO)
        highs = [target.low if target.high is None else target.high for target, _ in parts]
        fact = revenue.between(reps, start, min(end, book.as_of))
        found[key] = PlanFact(end, low, fact, attainment(fact, low, sum(highs, ZERO)))
    return found
