"""What sales cost against the budget, and what the plan returns, a month and a year at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.bills import Books

from .dates import add_months, month_end, month_start
from .model import ZERO, ratio, round_money

ONE_DAY = timedelta(days=1)
EIGHT_PLACES = Decimal("1e-8")

CostKey = tuple[date, str, bool]


class MonthOfCosts(NamedTuple):
    """One category's month; money in the reporting currency."""

    fiscal_year: int
    is_promotion: bool
    is_partial: bool
    budget: Decimal
    actual: Decimal
    difference: Decimal
    spent_share: Fraction | None
    budget_ytd: Decimal
    actual_ytd: Decimal
    difference_ytd: Decimal


class PlanReturn(NamedTuple):
    """One fiscal year; money in the reporting currency."""

    gross_margin: Decimal | None
    prior_gross_margin: Decimal | None
    margin_growth: Decimal | None
    expected_margin_growth_low: Decimal | None
    expected_margin_growth_high: Decimal | None
    plan_cost_budget: Decimal | None
    plan_cost_actual: Decimal | None
    promotion_budget: Decimal | None
    promotion_actual: Decimal | None
    expected_return_low: Fraction | None
    expected_return_high: Fraction | None
    actual_return: Fraction | None


def year_start(day: date, first_month: int) -> date:
    """First day of the fiscal year that holds the day."""
    return date(day.year - (day.month < first_month), first_month, 1)


def year_name(day: date, first_month: int) -> int:
    """The calendar year in which the day's fiscal year ends."""
    return (add_months(year_start(day, first_month), 12) - ONE_DAY).year


def costs(
    books: Books, settings: Mapping[str, Any]
) -> tuple[dict[CostKey, Decimal], dict[CostKey, Decimal]]:
    """Budget and spending by (month, category, whether recurring); ``settings`` as configured."""
    named = {cost["cost_type"]: cost for cost in settings["rep_costs"]}
    budget: dict[CostKey, Decimal] = defaultdict(lambda: ZERO)
    actual: dict[CostKey, Decimal] = defaultdict(lambda: ZERO)
    for row in books.rows("planning.budget_lines"):
        key = (month_start(row["month"]), row["category"], row["is_recurring"])
        budget[key] += books.worth(row["amount"], row["currency"], row["month"]) or ZERO
    for row in books.rows("accounting.sales_expenses"):
        if row["spent_on"] <= books.as_of:
            key = (month_start(row["spent_on"]), row["category"], row["is_recurring"])
            actual[key] += books.worth(row["amount"], row["currency"], row["spent_on"]) or ZERO
    for row in books.rows("accounting.rep_costs"):
        kind = row["cost_type"]
        if row["month"] > books.as_of or kind in settings["rep_cost_types_in_expenses"]:
            continue
        setting = named.get(kind, {"category": kind, "is_recurring": True})
        key = (month_start(row["month"]), setting["category"], setting["is_recurring"])
        actual[key] += books.worth(row["amount"], row["currency"], row["month"]) or ZERO
    return dict(budget), dict(actual)


def sales_budget(
    books: Books, settings: Mapping[str, Any], first_month: int
) -> dict[CostKey, MonthOfCosts]:
    """Every category's month that was budgeted or spent in."""
    budget, actual = costs(books, settings)
    found = {}
    for key in budget.keys() | actual.keys():
        month, *kind = key

        def to_date(
            amounts: Mapping[CostKey, Decimal], month: date = month, kind: list[Any] = kind
        ) -> Decimal:
            since = year_start(month, first_month)
            return sum(
                (a for k, a in amounts.items() if [*k[1:]] == kind and since <= k[0] <= month), ZERO
            )

        planned, spent = budget.get(key, ZERO), actual.get(key, ZERO)
        found[key] = MonthOfCosts(
            fiscal_year=year_name(month, first_month),
            is_promotion=key[1] in settings["promotion_categories"],
            is_partial=month_end(month) > books.as_of,
            budget=planned,
            actual=spent,
            difference=spent - planned,
            spent_share=ratio(spent, planned),
            budget_ytd=to_date(budget),
            actual_ytd=to_date(actual),
            difference_ytd=to_date(actual) - to_date(budget),
        )
    return found


def plan_return(
    books: Books, settings: Mapping[str, Any], first_month: int
) -> dict[tuple[int], PlanReturn]:
    """Every fiscal year up to the running one that was planned or cost something."""
    budget, actual = costs(books, settings)
    plans = {
        row["period_start"]: (row["target_low"], row["target_high"] or row["target_low"], row)
        for row in books.rows("planning.sales_targets")
        if row["level"] == "company" and row["period_type"] == "year"
    }
    days = {key[0] for key in (*budget, *actual)} | set(plans)
    starts = {year_start(day, first_month) for day in days}
    found = {}
    for start in sorted(s for s in starts if s <= books.as_of):
        end = add_months(start, 12) - ONE_DAY
        last_day = min(end, books.as_of)
        prior_start = add_months(start, -12)
        same_day = add_months(last_day + ONE_DAY, -12) - ONE_DAY
        margin, _ = margin_of(books, start, last_day)
        prior, _ = margin_of(books, prior_start, same_day)
        last_year, with_cost = margin_of(books, prior_start, start - ONE_DAY)
        revenue = [
            amount
            for bill in books.bills
            if prior_start <= bill.day < start
            for amount in bill.amounts
            if amount is not None
        ]
        ends: list[Decimal | None] = [None, None]
        if start in plans and revenue and last_year is not None and with_cost:
            rate = (last_year / with_cost).quantize(EIGHT_PLACES)
            low, high, row = plans[start]
            for place, plan in enumerate((low, high)):
                worth = books.worth(plan, row["currency"], start)
                if worth is not None:
                    ends[place] = round_money((worth - sum(revenue)) * rate)
        growth = None if margin is None or prior is None else margin - prior
        promotions = settings["promotion_categories"]
        cost = year_cost(budget, start, end, promotions, is_promotion=False)
        spent = year_cost(actual, start, end, promotions, is_promotion=False)
        found[(year_name(start, first_month),)] = PlanReturn(
            margin,
            prior,
            growth,
            ends[0],
            ends[1],
            cost,
            spent,
            year_cost(budget, start, end, promotions, is_promotion=True),
            year_cost(actual, start, end, promotions, is_promotion=True),
            None if ends[0] is None else ratio(ends[0], cost),
            None if ends[1] is None else ratio(ends[1], cost),
            None if growth is None else ratio(growth, spent),
        )
    return found


def margin_of(books: Books, first: date, last: date) -> tuple[Decimal | None, Decimal]:
    """Margin and revenue of the lines whose cost is known, both days included."""
    known = [
        (net, cost)
        for bill in books.bills
        if first <= bill.day <= last
        for net, cost in bill.costs
        if net is not None and cost is not None
    ]
    revenue = sum((net for net, _ in known), ZERO)
    return (revenue - sum((cost for _, cost in known), ZERO) if known else None), revenue


def year_cost(
    amounts: Mapping[CostKey, Decimal],
    first: date,
    last: date,
    promotions: Collection[str],
    *,
    is_promotion: bool,
) -> Decimal | None:
    """What the year's promotions cost, or everything but them; None without any."""
    chosen = [
        amount
        for (month, category, _), amount in amounts.items()
        if first <= month <= last and (category in promotions) == is_promotion
    ]
    return sum(chosen, ZERO) if chosen else None
