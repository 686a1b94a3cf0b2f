"""Revenue of a period against the same period one year earlier, and why it differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from .dates import Period, add_months, one_year_later, prior_end
from .model import ZERO, Book, exact, ratio, round_money
from .revenue import CLIENT_CUTS, Row, cut_of_client, revenue_rows

Key = tuple[str, date, str, str]

COMPANY = ("company", "all")


class YearOverYear(NamedTuple):
    """One row of ``kpi_revenue_yoy`` without its key."""

    net_revenue: Decimal
    prior_revenue: Decimal | None = None
    difference: Decimal | None = None
    growth_rate: Fraction | None = None
    price_effect: Decimal | None = None
    volume_effect: Decimal | None = None
    mix_effect: Decimal | None = None
    new_client_effect: Decimal | None = None
    lost_client_effect: Decimal | None = None
    exchange_rate_effect: Decimal | None = None
    unsplit_effect: Decimal | None = None


#: What one client buys of one product.
Purchase = tuple[str, str]


class _Product:
    """Quantity and revenue in the prior period (0) and in this one (1)."""

    __slots__ = ("q0", "q1", "r0", "r1")

    def __init__(self) -> None:
        self.q0 = self.q1 = 0
        self.r0 = self.r1 = ZERO


class _Cell:
    """What one row of the mart is made of."""

    __slots__ = ("lost", "net", "new", "prior", "products", "unsplit")

    def __init__(self) -> None:
        self.net = self.prior = self.new = self.lost = self.unsplit = ZERO
        self.products: dict[Purchase, _Product] = {}

    def _product(self, row: Row) -> _Product:
        purchase = (row.client_id, str(row.product))
        found = self.products.get(purchase)
        if found is None:
            found = self.products[purchase] = _Product()
        return found

    def add_current(self, row: Row, continuing: bool) -> None:
        self.net += row.amount
        if not continuing:
            self.new += row.amount
        elif row.product is None or row.quantity is None:
            self.unsplit += row.amount
        else:
            product = self._product(row)
            product.q1 += row.quantity
            product.r1 += row.amount

    def add_prior(self, row: Row, continuing: bool) -> None:
        self.prior += row.amount
        if not continuing:
            self.lost -= row.amount
        elif row.product is None or row.quantity is None:
            self.unsplit -= row.amount
        else:
            product = self._product(row)
            product.q0 += row.quantity
            product.r0 += row.amount

    def price_effect(self, paid_before: _Cell) -> Decimal:
        """Sum of r1 - r0/q0 x q1, with what the client paid anybody before for the product."""
        total = Fraction(0)
        for purchase, now in self.products.items():
            before = paid_before.products.get(purchase)
            if before is not None and before.q0 > 0:
                total += exact(now.r1) - exact(before.r0) * now.q1 / before.q0
        return round_money(total)

    def volume_effect(self) -> Decimal:
        """Change of the total quantity at the prior average price."""
        q0 = sum(p.q0 for p in self.products.values())
        q1 = sum(p.q1 for p in self.products.values())
        if q0 == 0:
            return ZERO
        r0 = sum((p.r0 for p in self.products.values()), ZERO)
        return round_money((q1 - q0) * exact(r0) / q0)

    def figures(self, company: _Cell) -> YearOverYear:
        """The row of the mart; mix is what the other parts leave of the difference."""
        difference = self.net - self.prior
        price, volume = self.price_effect(company), self.volume_effect()
        mix = difference - price - volume - self.new - self.lost - self.unsplit
        return YearOverYear(
            net_revenue=self.net,
            prior_revenue=self.prior,
            difference=difference,
            growth_rate=ratio(difference, self.prior) if self.prior > 0 else None,
            price_effect=price,
            volume_effect=volume,
            mix_effect=mix,
            new_client_effect=self.new,
            lost_client_effect=self.lost,
            exchange_rate_effect=ZERO,
            unsplit_effect=self.unsplit,
        )


def compared_period(book: Book, day: date, period: Period) -> Period | None:
    """The period one year later that a row of ``period`` is prior revenue of, if any.

    A running period is compared only with days up to ``add_months(as_of, -12)``.
    """
    later = one_year_later(period)
    if later.start > book.as_of:
        return None
    if later.end > book.as_of and day > add_months(book.as_of, -12):
        return None
    return later


def _cuts(book: Book, row: Row) -> Iterator[tuple[str, str]]:
    client = book.clients[row.client_id]
    yield COMPANY
    yield "client", row.client_id
    yield "rep", row.rep
    yield "product_category", row.category
    for cut in CLIENT_CUTS:
        yield cut, cut_of_client(client, cut)


class _Table:
    """The cells of one period, and the clients with revenue rows in it and in its prior one."""

    __slots__ = ("cells", "current", "prior")

    def __init__(self) -> None:
        self.current: set[str] = set()
        self.prior: set[str] = set()
        self.cells: dict[tuple[str, str], _Cell] = defaultdict(_Cell)


def _fill(book: Book) -> dict[Period, _Table]:
    tables: dict[Period, _Table] = defaultdict(_Table)
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in revenue_rows(book):
        by_day[row.day].append(row)

    pairs: dict[date, list[tuple[_Table, _Table | None]]] = {}
    for day, rows in by_day.items():
        clients = {row.client_id for row in rows}
        pairs[day] = []
        for period in book.calendar.periods_of(day):
            later = compared_period(book, day, period)
            table, compared = tables[period], tables[later] if later else None
            table.current |= clients
            if compared:
                compared.prior |= clients
            pairs[day].append((table, compared))

    for day, rows in by_day.items():
        for row in rows:
            cuts = list(_cuts(book, row))
            for table, compared in pairs[day]:
                continuing = row.client_id in table.prior
                for cut in cuts:
                    table.cells[cut].add_current(row, continuing)
                if compared:
                    continuing = row.client_id in compared.current
                    for cut in cuts:
                        compared.cells[cut].add_prior(row, continuing)
    return tables


@cache
def revenue_yoy(book: Book) -> dict[Key, YearOverYear]:
    """``kpi_revenue_yoy`` by (period_type, period_start, cut, cut_id).

    All amounts are in the reporting currency from the start, so the exchange rate effect is zero.
    """
    first = book.first_data_day
    return {
        (period.period_type, period.start, cut, cut_id): (
            YearOverYear(cell.net)
            if prior_end(period) < first
            else cell.figures(table.cells[COMPANY])
        )
        for period, table in _fill(book).items()
        for (cut, cut_id), cell in table.cells.items()
    }
