"""What a rep brought and did, month by month, and what coaching did to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .bills import Books
from .client_plan import rounded
from .dates import ONE_DAY, add_months, month_start
from .model import UNASSIGNED, ZERO
from .people import People

#: Whole months before and after a coaching that are compared.
MONTHS = 3


class Performance(NamedTuple):
    """What is compared of a row of ``kpi_rep_performance``; money in the reporting currency."""

    net_revenue: Decimal
    deals: int
    average_deal: Decimal | None
    closed_deals: int
    win_rate: Fraction | None
    win_rate_by_value: Fraction | None
    sales_cycle_days: Fraction | None
    activities: int
    coachings: int
    coached_months_judged: int
    coaching_effect: Decimal | None
    peers_without_coaching: int
    coaching_effect_of_peers: Decimal | None


@dataclass
class _Month:
    revenue: Decimal = ZERO
    deals: list[Decimal] = field(default_factory=list)
    won: list[Decimal] = field(default_factory=list)
    lost: list[Decimal] = field(default_factory=list)
    cycle_days: int = 0
    activities: int = 0
    coachings: int = 0
    changes: list[Decimal] = field(default_factory=list)
    peer_changes: list[Decimal] = field(default_factory=list)


Months = Mapping[tuple[str, date], _Month]


def performance(
    books: Books, people: People, fiscal_year_first_month: int
) -> dict[tuple[str, date, str], Performance]:
    """Every rep's results by type and start of period."""
    months = _months(books)
    _add_coaching(books, people, months)
    summed: dict[tuple[str, date, str], list[_Month]] = defaultdict(list)
    for (rep_id, month), figures in months.items():
        into_year = (month.month - fiscal_year_first_month) % 12
        for period_type, start in (
            ("month", month),
            ("quarter", add_months(month, -(into_year % 3))),
            ("year", add_months(month, -into_year)),
        ):
            summed[period_type, start, rep_id].append(figures)
    return {key: _performance(theirs) for key, theirs in summed.items()}


def _months(books: Books) -> dict[tuple[str, date], _Month]:
    found: dict[tuple[str, date], _Month] = defaultdict(_Month)
    for bill in books.bills:
        month = month_start(bill.day)
        for rep_id, amount in bill.parts():
            found[rep_id, month].revenue += amount
        if bill.is_invoice:
            found[bill.primary_rep, month].deals.append(bill.net or ZERO)
    for row in books.rows("crm.opportunities"):
        if row["is_won"] is None or row["closed_at"].date() > books.as_of:
            continue
        month = month_start(row["closed_at"].date())
        figures = found[row["owner_rep_id"] or UNASSIGNED, month]
        amount = books.worth(row["amount"], row["currency"], month) or ZERO
        (figures.won if row["is_won"] else figures.lost).append(amount)
        if row["is_won"]:
            figures.cycle_days += (row["closed_at"].date() - row["created_at"].date()).days
    for row in books.rows("crm.activities"):
        if row["occurred_at"].date() <= books.as_of:
            found[row["rep_id"], month_start(row["occurred_at"].date())].activities += 1
    return found


def _add_coaching(books: Books, people: People, months: dict[tuple[str, date], _Month]) -> None:
    coached: dict[str, set[date]] = defaultdict(set)
    for row in books.rows("crm.coaching"):
        if row["coached_on"] <= books.as_of:
            month = month_start(row["coached_on"])
            coached[row["rep_id"]].add(month)
            months[row["rep_id"], month].coachings += 1
    first_data = min(month_start(bill.day) for bill in books.bills)
    revenue = {key: figures.revenue for key, figures in months.items()}

    def change(rep_id: str, month: date) -> Decimal:
        return sum(
            (
                revenue.get((rep_id, add_months(month, step)), ZERO)
                - revenue.get((rep_id, add_months(month, -step)), ZERO)
                for step in range(1, MONTHS + 1)
            ),
            ZERO,
        )

    for rep_id, their_months in coached.items():
        for month in their_months:
            first, after = add_months(month, -MONTHS), add_months(month, MONTHS + 1)
            if first < first_data or after - ONE_DAY > books.as_of:
                continue
            there = [
                other
                for other in people.positions
                if people.is_employed(other, first) and people.is_employed(other, after - ONE_DAY)
            ]
            if rep_id in there:
                window = {add_months(month, step) for step in range(-MONTHS, MONTHS + 1)}
                months[rep_id, month].changes.append(change(rep_id, month))
                months[rep_id, month].peer_changes.extend(
                    change(other, month)
                    for other in there
                    if not coached.get(other, set()) & window
                )


def _mean(amounts: Iterable[Decimal], parts: int) -> Decimal | None:
    return rounded(Fraction(sum(amounts, ZERO)) / parts) if parts else None


def _performance(months: list[_Month]) -> Performance:
    def every(pick: Callable[[_Month], list[Decimal]]) -> list[Decimal]:
        return [amount for month in months for amount in pick(month)]

    won, lost = every(lambda month: month.won), every(lambda month: month.lost)
    deals = every(lambda month: month.deals)
    changes = every(lambda month: month.changes)
    peers = every(lambda month: month.peer_changes)
    closed = len(won) + len(lost)
    value = sum(won, ZERO) + sum(lost, ZERO)
    return Performance(
        net_revenue=sum((month.revenue for month in months), ZERO),
        deals=len(deals),
        average_deal=_mean(deals, len(deals)),
        closed_deals=closed,
        win_rate=Fraction(len(won), closed) if closed else None,
        win_rate_by_value=Fraction(sum(won, ZERO)) / Fraction(value) if value else None,
        sales_cycle_days=(
            Fraction(sum(month.cycle_days for month in months), len(won)) if won else None
        ),
        activities=sum(month.activities for month in months),
        coachings=sum(month.coachings for month in months),
        coached_months_judged=len(changes),
        coaching_effect=_mean(changes, MONTHS * len(changes)),
        peers_without_coaching=len(peers),
        coaching_effect_of_peers=_mean(peers, MONTHS * len(peers)),
    )
