"""Revenue of who bought before, month by month and client by client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.bills import Books

from .dates import month_end, month_start
from .model import ZERO, ratio
from .work import purchases

Key = tuple[date, str, str]


class Repeat(NamedTuple):
    """One month of one cut; money in the reporting currency."""

    period_end: date
    is_partial: bool
    repeat_revenue: Decimal
    first_time_revenue: Decimal
    repeat_share: Fraction | None
    repeat_clients: int
    buying_clients: int


def cuts(client: str, rep: str, places: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The cuts that a client's business with a rep belongs to."""
    segment, territory = places[client]
    yield from (
        ("company", "all"),
        ("segment", segment),
        ("territory", territory),
        ("rep", rep),
    )


def repeat_revenue(books: Books, places: Mapping[str, tuple[str, str]]) -> dict[Key, Repeat]:
    """Every month of every cut; ``places`` holds segment and territory of a client."""
    bought = purchases(books)
    first: dict[str, date] = {}
    for client, day, _ in bought:
        first[client] = min(first.get(client, day), day)
    revenue: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    buyers: dict[Key, set[str]] = defaultdict(set)
    for bill in books.bills:
        month = month_start(bill.day)
        opened = first.get(bill.client_id)
        is_first_time = opened is not None and month_start(opened) == month
        for rep, amount in bill.parts():
            for cut in cuts(bill.client_id, rep, places):
                revenue[month, *cut][is_first_time] += amount
    for client, day, rep in bought:
        for cut in cuts(client, rep, places):
            buyers[month_start(day), *cut].add(client)
    found = {}
    for key in revenue.keys() | buyers.keys():
        month = key[0]
        repeated, fresh = revenue[key]
        found[key] = Repeat(
            month_end(month),
            month_end(month) > books.as_of,
            repeated,
            fresh,
            ratio(repeated, repeated + fresh),
            sum(first[client] < month for client in buyers[key]),
            len(buyers[key]),
        )
    return found
