"""Goals held against the months they run for, one goal at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from tests.oracle.bills import Books
from tests.oracle.landed import Row

from .dates import add_months, month_start, months_between
from .model import ZERO, exact

FLOWS = {"kpi_revenue_yoy.net_revenue"}
RATES = {"kpi_churn.logo_churn_rate"}

Months = Mapping[date, Fraction]


class Goal(NamedTuple):
    """One goal; values in the unit of its measure."""

    is_specific: bool
    is_stretching: bool | None
    is_attainable: bool | None
    is_dated: bool
    baseline: Fraction | None
    last_year: Fraction | None
    best_change: Fraction | None
    fact: Fraction | None
    time_share: Fraction | None
    expected_to_date: Fraction | None
    is_on_track: bool | None


def revenue_by_month(books: Books) -> Months:
    """The company's net revenue by the first day of the month."""
    found: dict[date, Decimal] = {}
    for bill in books.bills:
        month = month_start(bill.day)
        amounts = (amount for amount in bill.amounts if amount is not None)
        found[month] = found.get(month, ZERO) + sum(amounts, ZERO)
    return {month: exact(amount) for month, amount in found.items()}


def goals(
    books: Books,
    monthly: Mapping[str, Months],
    first_month: date,
    past_years: int,
    potential: Mapping[date, Fraction],
) -> dict[tuple[str], Goal]:
    """Every goal; ``monthly`` by measure, ``potential`` by first day of the fiscal year."""
    return {
        (row["goal_id"],): one_goal(books, row, monthly, first_month, past_years, potential)
        for row in books.rows("planning.goals")
    }


def one_goal(
    books: Books,
    row: Row,
    monthly: Mapping[str, Months],
    first_month: date,
    past_years: int,
    potential: Mapping[date, Fraction],
) -> Goal:
    """One goal, judged."""
    measure, starts, due = row["measure"], row["starts_on"], row["due_on"]
    is_specific = measure is not None and row["scope"] is not None
    if measure not in FLOWS | RATES or starts is None or due is None:
        return Goal(is_specific, None, None, starts is not None and due is not None, *[None] * 7)
    is_flow = measure in FLOWS
    target = None if row["target"] is None else Fraction(row["target"])

    def value(years_back: int) -> Fraction | None:
        first = add_months(month_start(starts), -12 * years_back)
        last = add_months(month_start(due), -12 * years_back)
        if years_back and first < first_month:
            return None
        months = monthly[measure]
        known = [months[month] for month in months_between(first, last) if month in months]
        if not known:
            return None
        return sum(known, Fraction(0)) / (1 if is_flow else len(known))

    values = [value(back) for back in range(past_years + 1)]
    changes = [
        newer / older for newer, older in pairwise(values[1:]) if newer is not None and older
    ]
    best = (max(changes) if is_flow else min(changes)) if changes else None
    fact, last_year = values[0], values[1]
    baseline = last_year if row["baseline"] is None else Fraction(row["baseline"])
    passed = min(due, books.as_of) - starts + timedelta(days=1)
    share = Fraction(max(passed.days, 0), (due - starts).days + 1)
    stretching = attainable = on_track = expected = None
    if target is not None:
        if last_year is not None:
            stretching = target > last_year if is_flow else target < last_year
            if best is not None and last_year:
                change = target / last_year
                limit = potential.get(starts, target) if is_flow else target
                attainable = change <= best and target <= limit if is_flow else change >= best
        if is_flow:
            expected = target * share
        elif baseline is not None:
            expected = baseline + (target - baseline) * share
        if expected is not None and fact is not None:
            on_track = fact >= expected if is_flow else fact <= expected
    return Goal(
        is_specific,
        stretching,
        attainable,
        True,
        baseline,
        last_year,
        best,
        fact,
        share,
        expected,
        on_track,
    )
