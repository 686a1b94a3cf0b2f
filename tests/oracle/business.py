"""New against standing business, and the weight of each calendar month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .churn import purchases
from .dates import add_months
from .model import ZERO, Book, ratio
from .revenue import cut_of_client, revenue_rows

NEW_FOR_MONTHS = 12
PERIOD_TYPES = ("month", "quarter")

Key = tuple[str, date, str, str]


class NewBusiness(NamedTuple):
    """One row of ``kpi_new_business`` without its key."""

    new_revenue: Decimal
    standing_revenue: Decimal
    new_clients: int


def _keys(book: Book, day: date, client_id: str, rep: str) -> Iterator[Key]:
    client = book.clients[client_id]
    for period in book.calendar.periods_of(day):
        if period.period_type in PERIOD_TYPES:
            yield period.period_type, period.start, "company", "all"
            yield period.period_type, period.start, "rep", rep
            for cut in ("segment", "territory"):
                yield period.period_type, period.start, cut, cut_of_client(client, cut)


def new_business(book: Book) -> dict[Key, NewBusiness]:
    """``kpi_new_business`` by (period_type, period_start, cut, cut_id)."""
    first = {client_id: history[0] for client_id, history in purchases(book).items()}
    new: dict[Key, Decimal] = defaultdict(Decimal)
    standing: dict[Key, Decimal] = defaultdict(Decimal)
    clients: dict[Key, int] = defaultdict(int)
    for row in revenue_rows(book):
        bought = first.get(row.client_id)
        is_new = bought is not None and row.day < add_months(bought.day, NEW_FOR_MONTHS)
        for key in _keys(book, row.day, row.client_id, row.rep):
            (new if is_new else standing)[key] += row.amount
    for bought in first.values():
        for key in _keys(book, bought.day, bought.client_id, bought.primary_rep):
            clients[key] += 1
    return {
        key: NewBusiness(new.get(key, ZERO), standing.get(key, ZERO), clients.get(key, 0))
        for key in new.keys() | standing.keys() | clients.keys()
    }


def seasonality(book: Book) -> dict[tuple[str, int], Fraction | None]:
    """``kpi_seasonality`` by (segment or ``all``, calendar month)."""
    years = set(book.calendar.complete_fiscal_years(book.first_data_day, book.as_of))
    revenue: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in revenue_rows(book):
        if book.calendar.fiscal_year(row.day) in years:
            for segment in ("all", book.clients[row.client_id].segment):
                revenue[segment][row.day.month] += row.amount
    return {
        (segment, month): ratio(months[month], sum(list(months.values()), ZERO))
        for segment, months in revenue.items()
        for month in range(1, 13)
    }
