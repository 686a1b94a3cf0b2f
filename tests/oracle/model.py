"""The facts that the figures are computed from, free of any source's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .dates import Calendar

UNKNOWN = "unknown"
UNASSIGNED = "unassigned"
ZERO = Decimal(0)
CENT_OF_CENT = Decimal("0.0001")


def round_money(value: Decimal | Fraction) -> Decimal:
    """Four places, half away from zero, exact before the rounding."""
    if isinstance(value, Decimal):
        return value.quantize(CENT_OF_CENT, ROUND_HALF_UP)
    whole, rest = divmod(abs(value.numerator) * 10_000, value.denominator)
    units = whole + (2 * rest >= value.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-4)


def exact(value: Decimal) -> Fraction:
    """A money amount of at most four places as a fraction."""
    return Fraction(int(value.scaleb(4)), 10_000)


def ratio(top: Decimal | int, bottom: Decimal | int | None) -> Fraction | None:
    """``top / bottom``, or None when the denominator is zero or missing."""
    return Fraction(top) / Fraction(bottom) if bottom else None


@dataclass(frozen=True, slots=True)
class Client:
    """A CRM account with what the cuts need to know about it."""

    client_id: str
    segment: str = UNKNOWN
    territory: str = UNKNOWN
    channel: str = UNKNOWN
    owner: str | None = None
    wallet: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document."""

    number: int
    product: str | None
    category: str
    quantity: int | None
    net: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Document:
    """A counted invoice or credit note; the rep is already decided."""

    document_id: str
    client_id: str
    day: date
    rep: str
    amount: Decimal
    lines: tuple[Line, ...] = ()
    is_credit_note: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A plan of one rep; it runs for its type's natural length from ``period_start``."""

    rep: str
    period_type: str
    period_start: date
    low: Decimal
    high: Decimal | None = None


@dataclass(frozen=True, eq=False)
class Book:
    """Everything known about the company as of a day; one book is equal to itself only.

    ``costs`` holds the cost of a rep in a month by (rep, first day of the month) and ``manager_of``
    the line manager of a rep. Amounts are in the reporting currency already.
    """

    as_of: date
    calendar: Calendar
    clients: dict[str, Client]
    documents: tuple[Document, ...]
    targets: tuple[Target, ...] = ()
    costs: dict[tuple[str, date], Decimal] = field(default_factory=dict)
    reps: tuple[str, ...] = ()
    manager_of: dict[str, str] = field(default_factory=dict)

    @property
    def first_data_day(self) -> date:
        """The earliest issue date among counted documents."""
        return min(document.day for document in self.documents)

    def team_of(self, manager: str) -> set[str]:
        """Everyone below the manager in the chain, and the manager."""
        team = {manager}
        while True:
            below = {rep for rep, boss in self.manager_of.items() if boss in team} - team
            if not below:
                return team
            team |= below

    def managers(self) -> list[str]:
        """Whoever manages somebody."""
        return sorted(set(self.manager_of.values()))
