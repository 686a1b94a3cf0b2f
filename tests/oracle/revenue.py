"""Revenue rows, their flags, and revenue and margin of a client between two days."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from .dates import add_months
from .model import UNKNOWN, ZERO, Book, Client, Document

ROUNDING_LIMIT = Decimal("0.01")
CLIENT_CUTS = ("segment", "territory", "acquisition_channel")


class Row(NamedTuple):
    """One row of net revenue: a line of a document, or line 0 that balances it."""

    document_id: str
    line_number: int
    client_id: str
    day: date
    rep: str
    product: str | None
    category: str
    quantity: int | None
    amount: Decimal
    cost: Decimal | None


def document_rows(document: Document) -> Iterator[Row]:
    """Lines of a document and, where they miss the header, the balancing row."""
    sign = -1 if document.is_credit_note and document.amount > 0 else 1
    left = document.amount * sign
    for line in document.lines:
        left -= line.net * sign
        yield Row(
            document.document_id,
            line.number,
            document.client_id,
            document.day,
            document.rep,
            line.product,
            line.category,
            None if line.quantity is None else line.quantity * sign,
            line.net * sign,
            None if line.cost is None else line.cost * sign,
        )
    if left or not document.lines:
        yield Row(
            document.document_id,
            0,
            document.client_id,
            document.day,
            document.rep,
            None,
            UNKNOWN,
            None,
            left,
            None,
        )


@cache
def revenue_rows(book: Book) -> list[Row]:
    """All revenue rows of the book."""
    return [row for document in book.documents for row in document_rows(document)]


def document_flag(document: Document) -> str | None:
    """``invoice_without_lines``, ``lines_do_not_tie`` or None."""
    if not document.lines:
        return "invoice_without_lines"
    gap = document.amount - sum((line.net for line in document.lines), ZERO)
    return "lines_do_not_tie" if abs(gap) >= ROUNDING_LIMIT else None


def cut_of_client(client: Client, cut: str) -> str:
    """The client's value of one of :data:`CLIENT_CUTS`."""
    values = {
        "segment": client.segment,
        "territory": client.territory,
        "acquisition_channel": client.channel,
    }
    return values[cut]


class ClientLedger:
    """Running totals of a client's revenue and margin by day."""

    def __init__(self, rows: list[Row]) -> None:
        by_client: dict[str, dict[date, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            by_client[row.client_id][row.day].append(row)
        self._days: dict[str, list[date]] = {}
        self._revenue: dict[str, list[Decimal]] = {}
        self._margin: dict[str, list[Decimal]] = {}
        self._costed: dict[str, list[int]] = {}
        for client_id, by_day in by_client.items():
            days = sorted(by_day)
            costed = [[row for row in by_day[day] if row.cost is not None] for day in days]
            revenue = [sum((row.amount for row in by_day[day]), ZERO) for day in days]
            margin = [sum((r.amount - (r.cost or ZERO) for r in rows), ZERO) for rows in costed]
            self._days[client_id] = days
            self._revenue[client_id] = list(accumulate(revenue, initial=ZERO))
            self._margin[client_id] = list(accumulate(margin, initial=ZERO))
            self._costed[client_id] = list(accumulate(map(len, costed), initial=0))

    def _span(self, client_id: str, after: date, last: date) -> tuple[int, int]:
        days = self._days[client_id]
        return bisect_right(days, after), bisect_right(days, last)

    def revenue(self, client_id: str, after: date, last: date) -> Decimal:
        """Net revenue on days later than ``after``, up to ``last``; 0 without rows."""
        if client_id not in self._days:
            return ZERO
        low, high = self._span(client_id, after, last)
        return self._revenue[client_id][high] - self._revenue[client_id][low]

    def margin(self, client_id: str, after: date, last: date) -> Decimal | None:
        """Revenue less cost over the same days' rows with known cost; None without such rows."""
        if client_id not in self._days:
            return None
        low, high = self._span(client_id, after, last)
        if self._costed[client_id][high] == self._costed[client_id][low]:
            return None
        return self._margin[client_id][high] - self._margin[client_id][low]

    def trailing_revenue(self, client_id: str, end: date) -> Decimal:
        """Net revenue of the trailing 12 months to ``end``."""
        return self.revenue(client_id, add_months(end, -12), end)

    def trailing_margin(self, client_id: str, end: date) -> Decimal | None:
        """Margin of the trailing 12 months to ``end``."""
        return self.margin(client_id, add_months(end, -12), end)


@cache
def client_ledger(book: Book) -> ClientLedger:
    """The running totals of all clients of the book."""
    return ClientLedger(revenue_rows(book))
