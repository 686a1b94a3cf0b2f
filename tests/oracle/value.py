"""What a client is worth, and what reps' clients are worth against the reps' cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .churn import Churn, churn, churn_over_a_year, last_purchase, purchases
from .dates import add_months, month_start
from .model import ZERO, Book, exact, ratio, round_money
from .revenue import client_ledger


class ClientValue(NamedTuple):
    """One row of ``kpi_client_value`` without its key."""

    historic_revenue: Decimal
    historic_margin: Decimal | None
    margin_12_months: Decimal | None
    segment_churn_rate: Fraction | None
    expected_ltv: Decimal | None


class RepLtvCost(NamedTuple):
    """One row of ``kpi_rep_ltv_cost`` without its key."""

    period_end: date
    clients: int
    client_ltv: Decimal
    rep_cost: Decimal | None
    ltv_cost_ratio: Fraction | None


def expected_ltv(margin: Decimal | None, churn_rate: Fraction | None, lost: bool) -> Decimal | None:
    """Margin of an average month over the monthly churn; 0 once lost, None where unknown."""
    if lost:
        return ZERO
    if margin is None or not churn_rate:
        return None
    return round_money(exact(margin) / 12 / churn_rate)


def client_value(book: Book) -> dict[str, ClientValue]:
    """``kpi_client_value`` by client."""
    ledger = client_ledger(book)
    history = purchases(book)
    rates = _segment_rates(book, churn(book), book.as_of)
    found = {}
    for client_id, client in book.clients.items():
        last = history[client_id][-1] if client_id in history else None
        lost = last is not None and book.as_of > last.lost_on
        margin = ledger.trailing_margin(client_id, book.as_of)
        rate = rates[client.segment]
        found[client_id] = ClientValue(
            ledger.revenue(client_id, date.min, book.as_of),
            ledger.margin(client_id, date.min, book.as_of),
            margin,
            rate,
            expected_ltv(margin, rate, lost),
        )
    return found


def _segment_rates(
    book: Book, figures: dict[tuple[date, str, str], Churn], end: date
) -> dict[str, Fraction | None]:
    segments = {client.segment for client in book.clients.values()}
    return {segment: churn_over_a_year(figures, segment, end) for segment in segments}


def ltv_periods(book: Book) -> Iterator[tuple[str, date]]:
    """Label and last day of every period that reps are valued for."""
    calendar = book.calendar
    for name in calendar.complete_fiscal_years(book.first_data_day, book.as_of):
        yield f"FY{name}", calendar.fiscal_year_period(name).end
    yield "trailing_12_months", book.as_of


def rep_cost(book: Book, rep: str, end: date) -> Decimal:
    """The rep's cost of the 12 months that end with the month of ``end``."""
    months = (add_months(month_start(end), -back) for back in range(12))
    return sum((book.costs.get((rep, month), ZERO) for month in months), ZERO)


def rep_ltv_cost(book: Book) -> dict[tuple[str, str, str], RepLtvCost]:
    """``kpi_rep_ltv_cost`` by (rep_id, period_label, scope), for reps with a list or a cost."""
    ledger = client_ledger(book)
    history = purchases(book)
    figures = churn(book)
    found = {}
    for label, end in ltv_periods(book):
        rates = _segment_rates(book, figures, end)
        clients: dict[str, int] = defaultdict(int)
        ltv: dict[str, Decimal] = defaultdict(Decimal)
        for client_id, bought in history.items():
            last = last_purchase(bought, end)
            if last is None:
                continue
            clients[last.primary_rep] += 1
            margin = ledger.trailing_margin(client_id, end)
            rate = rates[book.clients[client_id].segment]
            ltv[last.primary_rep] += expected_ltv(margin, rate, end > last.lost_on) or ZERO
        teams = {(rep, "own"): {rep} for rep in book.reps}
        teams |= {(boss, "team"): book.team_of(boss) for boss in book.managers()}
        for (rep, scope), team in teams.items():
            value = sum((ltv[member] for member in team), ZERO)
            cost = sum((rep_cost(book, member, end) for member in team), ZERO)
            listed = sum(clients[member] for member in team)
            if not listed and not cost:
                continue
            found[rep, label, scope] = RepLtvCost(
                end, listed, value, cost or None, ratio(value, cost)
            )
    return found
