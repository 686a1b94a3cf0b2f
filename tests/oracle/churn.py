"""Purchases, spells of activity, and the clients lost and won back each month."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import floor
from typing import NamedTuple

from .dates import Calendar, add_months, last_full_months, month_end, month_start, months_between
from .model import ZERO, Book, ratio
from .revenue import ClientLedger, client_ledger, cut_of_client, revenue_rows

LEAST_DAYS = 90
RHYTHMS_MISSED = 3
LEAST_PURCHASES = 3
ALERT_FACTOR = Fraction(3, 2)
ALERT_MONTHS = 6

Key = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A client's day with an invoice of a positive amount, and the day it is lost after it.

    ``lost_on`` is set whether or not that day has come or a next purchase forestalls it.
    """

    client_id: str
    day: date
    primary_rep: str
    lost_on: date


@dataclass(frozen=True, slots=True)
class Spell:
    """Active time of a client: from its first purchase, or the one that won it back.

    ``before`` is the last purchase of the spell before this one; ``lost_on`` is None while the
    spell goes on.
    """

    purchases: tuple[Purchase, ...]
    before: Purchase | None
    lost_on: date | None

    @property
    def active_from(self) -> date:
        """Day of the purchase that opened the spell."""
        return self.purchases[0].day


class Churn(NamedTuple):
    """One row of ``kpi_churn`` without its key."""

    clients_at_start: int
    clients_joined: int
    clients_lost: int
    clients_won_back: int
    logo_churn_rate: Fraction | None
    lost_revenue: Decimal
    trailing_revenue: Decimal
    revenue_churn_rate: Fraction | None
    churn_alert: bool | None


class WinBack(NamedTuple):
    """One row of ``kpi_win_back`` without its key."""

    lost_on: date
    last_purchase_on: date
    revenue_before_loss: Decimal


def median(ordered: list[int]) -> Fraction:
    """Middle of a sorted list; of an even count, the mean of the middle two."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half], 2)


def threshold_days(rhythm: Fraction | None) -> int:
    """Days without a purchase after which a client of this rhythm is lost."""
    if rhythm is None:
        return LEAST_DAYS
    return floor(max(RHYTHMS_MISSED * rhythm, Fraction(LEAST_DAYS)))


def purchase_days(book: Book) -> dict[str, dict[date, str]]:
    """Rep of each client's purchase days, the days in order.

    Where several documents were issued on one day the largest one's rep stands for the day, the
    smaller id where amounts are level.
    """
    largest: dict[str, dict[date, tuple[Decimal, str]]] = defaultdict(dict)
    for document in book.documents:
        if document.amount > 0 and not document.is_credit_note:
            days = largest[document.client_id]
            candidate = (-document.amount, document.rep)
            days[document.day] = min(days.get(document.day, candidate), candidate)
    return {
        client_id: {day: rep for day, (_, rep) in sorted(days.items())}
        for client_id, days in largest.items()
    }


Days = Mapping[str, Mapping[date, str]]
#: The days of each client's spans of contracts, both included, in order.
Spans = Mapping[str, Sequence[tuple[date, date]]]


class GapStatistics:
    """Medians of the gaps that closed in a fiscal year, by segment and over the company."""

    def __init__(self, days: Days, segment_of: Mapping[str, str], calendar: Calendar) -> None:
        self._calendar = calendar
        gaps: dict[tuple[str | None, int], list[int]] = defaultdict(list)
        for client_id, by_day in days.items():
            segment = segment_of[client_id]
            ordered = list(by_day)
            for earlier, later in pairwise(ordered):
                year = self._calendar.fiscal_year(later)
                gaps[segment, year].append((later - earlier).days)
                gaps[None, year].append((later - earlier).days)
        self._medians = {key: median(sorted(values)) for key, values in gaps.items()}

    def fallback(self, segment: str, day: date) -> Fraction | None:
        """Rhythm of a client with too few purchases of its own: last fiscal year's median."""
        year = self._calendar.fiscal_year(day) - 1
        return self._medians.get((segment, year), self._medians.get((None, year)))


@cache
def purchases(book: Book) -> dict[str, list[Purchase]]:
    """Every client's purchases in order."""
    segment_of = {client_id: client.segment for client_id, client in book.clients.items()}
    return histories(purchase_days(book), segment_of, book.calendar, {})


def histories(
    days: Days, segment_of: Mapping[str, str], calendar: Calendar, spans: Spans
) -> dict[str, list[Purchase]]:
    """Purchases of each client in order, each with the day it is lost after it.

    Args:
        days: the rep of each client's purchase days, the days in order.
        segment_of: the segment of each client.
        calendar: of the company.
        spans: when each client was under contract without a break.
    """
    statistics = GapStatistics(days, segment_of, calendar)
    found: dict[str, list[Purchase]] = {}
    for client_id, by_day in days.items():
        segment = segment_of[client_id]
        gaps: list[int] = []
        before: date | None = None
        found[client_id] = []
        for count, (day, rep) in enumerate(by_day.items(), start=1):
            if before:
                insort(gaps, (day - before).days)
            own = count >= LEAST_PURCHASES
            rhythm = median(gaps) if own else statistics.fallback(segment, day)
            lost_on = day + timedelta(days=threshold_days(rhythm))
            for first_day, last_day in spans.get(client_id, ()):
                if day <= last_day and first_day <= lost_on:
                    lost_on = last_day + timedelta(1)
                    break
            found[client_id].append(Purchase(client_id, day, rep, lost_on))
            before = day
    return found


def spells(history: Iterable[Purchase], as_of: date) -> list[Spell]:
    """The active spells of one client's purchases, in order."""
    found: list[Spell] = []
    running: list[Purchase] = []
    before: Purchase | None = None
    for purchase in history:
        if running and purchase.day > running[-1].lost_on:
            found.append(Spell(tuple(running), before, running[-1].lost_on))
            before, running = running[-1], []
        running.append(purchase)
    if running:
        lost_on = running[-1].lost_on
        found.append(Spell(tuple(running), before, lost_on if as_of > lost_on else None))
    return found


def last_purchase(history: list[Purchase], end: date) -> Purchase | None:
    """The latest purchase on or before a day."""
    position = bisect_right([purchase.day for purchase in history], end)
    return history[position - 1] if position else None


class _Count:
    __slots__ = ("at_start", "joined", "lost", "lost_revenue", "trailing_revenue", "won_back")

    def __init__(self) -> None:
        self.at_start = self.joined = self.lost = self.won_back = 0
        self.lost_revenue = self.trailing_revenue = ZERO

    def counts(self) -> bool:
        """Whether the mart has a row for this."""
        return any((self.at_start, self.joined, self.lost, self.won_back, self.trailing_revenue))


def _cuts(book: Book, client_id: str, rep: str) -> Iterator[tuple[str, str]]:
    client = book.clients[client_id]
    yield "company", "all"
    yield "segment", cut_of_client(client, "segment")
    yield "territory", cut_of_client(client, "territory")
    yield "rep", rep


def _count_spell(
    book: Book,
    counts: dict[Key, _Count],
    ledger: ClientLedger,
    spell: Spell,
    next_spell: Spell | None,
) -> None:
    """Add one spell to the counts of every month it touches."""
    first, last = spell.purchases[0], spell.purchases[-1]
    lost_month = month_start(spell.lost_on) if spell.lost_on else None
    opened = month_start(spell.active_from)
    if opened != lost_month:
        for cut in _cuts(book, first.client_id, first.primary_rep):
            count = counts[opened, *cut]
            if spell.before is None:
                count.joined += 1
            elif spell.before.lost_on < opened:
                count.won_back += 1

    days = [purchase.day for purchase in spell.purchases]
    for month in months_between(add_months(opened, 1), spell.lost_on or book.as_of):
        holder = spell.purchases[bisect_left(days, month) - 1]
        for cut in _cuts(book, first.client_id, holder.primary_rep):
            counts[month, *cut].at_start += 1
    if spell.lost_on and lost_month and spell.active_from < lost_month:
        if next_spell and next_spell.active_from <= month_end(lost_month):
            return
        revenue = ledger.trailing_revenue(last.client_id, last.day)
        for cut in _cuts(book, last.client_id, last.primary_rep):
            counts[lost_month, *cut].lost += 1
            counts[lost_month, *cut].lost_revenue += revenue


def _add_trailing_revenue(book: Book, counts: dict[Key, _Count]) -> None:
    last_month = month_start(book.as_of)
    by_month: dict[Key, Decimal] = defaultdict(Decimal)
    for row in revenue_rows(book):
        for key in _cuts(book, row.client_id, row.rep):
            by_month[month_start(row.day), *key] += row.amount
    for (month, cut, cut_id), amount in by_month.items():
        for later in range(1, 13):
            counted = add_months(month, later)
            if counted <= last_month:
                counts[counted, cut, cut_id].trailing_revenue += amount


def _alert(counts: dict[Key, _Count], key: Key, rate: Fraction | None) -> bool | None:
    """Whether the month's rate is far above that of the six months before it."""
    month, cut, cut_id = key
    lost = at_start = 0
    for back in range(1, ALERT_MONTHS + 1):
        earlier = counts.get((add_months(month, -back), cut, cut_id))
        if earlier:
            lost += earlier.lost
            at_start += earlier.at_start
    usual = ratio(lost, at_start)
    if rate is None or usual is None:
        return None
    return rate > ALERT_FACTOR * usual


@cache
def churn(book: Book) -> dict[Key, Churn]:
    """``kpi_churn`` by (month_start, cut, cut_id)."""
    ledger = client_ledger(book)
    counts: dict[Key, _Count] = defaultdict(_Count)
    for history in purchases(book).values():
        found = spells(history, book.as_of)
        for spell, next_spell in zip(found, [*found[1:], None], strict=True):
            _count_spell(book, counts, ledger, spell, next_spell)
    _add_trailing_revenue(book, counts)
    figures: dict[Key, Churn] = {}
    for key, count in counts.items():
        if count.counts():
            rate = ratio(count.lost, count.at_start)
            figures[key] = Churn(
                count.at_start,
                count.joined,
                count.lost,
                count.won_back,
                rate,
                count.lost_revenue,
                count.trailing_revenue,
                ratio(count.lost_revenue, count.trailing_revenue),
                _alert(counts, key, rate),
            )
    return figures


def win_back(book: Book) -> dict[str, WinBack]:
    """``kpi_win_back`` by client: who is lost and not back as of the book's day."""
    ledger = client_ledger(book)
    found = {}
    for client_id, history in purchases(book).items():
        last = history[-1]
        if book.as_of > last.lost_on:
            revenue = ledger.trailing_revenue(client_id, last.day)
            found[client_id] = WinBack(last.lost_on, last.day, revenue)
    return found


def churn_over_a_year(figures: dict[Key, Churn], segment: str, end: date) -> Fraction | None:
    """Lost / at start, each summed over the last 12 months that ended on or before ``end``."""
    months = last_full_months(end, 12)
    rows = [figures.get((month, "segment", segment)) for month in months]
    return ratio(
        sum(row.clients_lost for row in rows if row),
        sum(row.clients_at_start for row in rows if row),
    )
