"""Receivables by looking at every invoice on every day they are stated for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .dates import month_end, month_start, months_between
from .model import ZERO, ratio, round_money

Rates = Mapping[tuple[str, date], Decimal]

#: Names of the buckets with the most days after the due day that still are of each.
BUCKETS = (
    ("not_due", 0),
    ("days_1_30", 30),
    ("days_31_60", 60),
    ("days_61_90", 90),
    ("days_over_90", None),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A counted document of the ledger; a credit note's ``total`` is negative."""

    invoice_id: str
    client_id: str
    is_credit_note: bool
    currency: str
    issued_on: date
    due_on: date
    total: Decimal
    status: str
    credited_invoice_id: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment, gross; paid back where negative."""

    payment_id: str
    client_id: str
    invoice_id: str | None
    currency: str
    paid_on: date
    amount: Decimal


@dataclass(slots=True)
class Item:
    """An invoice with its credit notes, or a credit note or a payment on its own."""

    item_id: str
    client_id: str
    issued_on: date
    due_on: date
    rate: Decimal
    status: str
    is_cash: bool = False
    invoiced: list[tuple[date, Decimal]] = field(default_factory=list)
    credited: list[tuple[date, Decimal]] = field(default_factory=list)
    paid: list[tuple[date, Decimal]] = field(default_factory=list)

    def open_on(self, day: date) -> Decimal:
        """The balance at the end of the day, in the item's currency."""
        return (
            _sum_until(self.invoiced, day)
            + _sum_until(self.credited, day)
            - _sum_until(self.paid, day)
        )

    def excess_on(self, day: date) -> Decimal:
        """What was paid beyond the invoice and is there still, in the item's currency."""
        balance = self.open_on(day)
        if self.is_cash:
            return -balance
        beyond = _sum_until(self.paid, day) - _sum_until(self.invoiced, day)
        return max(ZERO, min(-balance, beyond))

    def days(self) -> set[date]:
        """The days something happened to it."""
        return {day for day, _ in (*self.invoiced, *self.credited, *self.paid)}


class Receivables(NamedTuple):
    """One client's row, in the order of the mart's columns."""

    is_partial: bool
    opening: Decimal
    credit_sales: Decimal
    collected: Decimal
    outstanding_total: Decimal
    not_due: Decimal
    days_1_30: Decimal
    days_31_60: Decimal
    days_61_90: Decimal
    days_over_90: Decimal
    unapplied_cash: Decimal
    open_credit_notes: Decimal
    n_open_invoices: int
    n_paid_without_payments: int
    window_credit_sales: Decimal
    dso_days: Fraction | None
    collection_effectiveness_index: Fraction | None


def _sum_until(changes: Iterable[tuple[date, Decimal]], day: date) -> Decimal:
    return sum((amount for changed_on, amount in changes if changed_on <= day), ZERO)


def items(documents: Iterable[Document], payments: Iterable[Payment], rates: Rates) -> list[Item]:
    """Everything that can be open, each at one rate."""
    by_id = {document.invoice_id: document for document in documents}
    found: dict[str, Item] = {}
    item_of: dict[str, str] = {}
    for document in by_id.values():
        credited = by_id.get(document.credited_invoice_id or "")
        owner = document
        if (
            document.is_credit_note
            and credited is not None
            and not credited.is_credit_note
            and credited.client_id == document.client_id
            and credited.currency == document.currency
        ):
            owner = credited
        item_of[document.invoice_id] = owner.invoice_id
        rate = rates[owner.currency, month_start(owner.issued_on)]
        item = found.setdefault(
            owner.invoice_id,
            Item(
                owner.invoice_id,
                owner.client_id,
                owner.issued_on,
                owner.due_on,
                rate,
                owner.status,
            ),
        )
        side = item.credited if document.is_credit_note else item.invoiced
        side.append((document.issued_on, document.total))
    cash = []
    for payment in payments:
        paid = (payment.paid_on, payment.amount)
        named = by_id.get(payment.invoice_id or "")
        if named is not None and named.currency == payment.currency:
            found[item_of[named.invoice_id]].paid.append(paid)
        else:
            rate = rates[payment.currency, month_start(payment.paid_on)]
            alone = Item(
                payment.payment_id,
                payment.client_id,
                payment.paid_on,
                payment.paid_on,
                rate,
                "open",
                is_cash=True,
            )
            alone.paid.append(paid)
            cash.append(alone)
    return [*found.values(), *cash]


def stated_days(everything: Iterable[Item], as_of: date) -> list[date]:
    """Last days of the months from the first change on, and the run's day."""
    first = min(day for item in everything for day in item.days())
    return [min(month_end(month), as_of) for month in months_between(first, as_of)]


def receivables(
    documents: Iterable[Document],
    payments: list[Payment],
    rates: Rates,
    as_of: date,
    dso_days: int,
) -> dict[tuple[date, str], Receivables]:
    """Every row of the mart by stated day and client; none for a company without payments."""
    if not payments:
        return {}
    everything = items(documents, payments, rates)
    stated = stated_days(everything, as_of)
    by_client: dict[str, list[Item]] = defaultdict(list)
    for item in everything:
        by_client[item.client_id].append(item)
    rows: dict[tuple[date, str], Receivables] = {}
    for client_id, theirs in by_client.items():
        sales, collections = flows(theirs)
        opening = ZERO
        for day in stated:
            row = _row(theirs, day, as_of, dso_days, opening, sales, collections)
            if row is not None:
                rows[day, client_id] = row
            opening = row.outstanding_total if row is not None else ZERO
    return rows


def flows(theirs: Iterable[Item]) -> tuple[list[tuple[date, Decimal]], list[tuple[date, Decimal]]]:
    """Credit sales and collections by day: differences of rounded balances."""
    sales: list[tuple[date, Decimal]] = []
    collections: list[tuple[date, Decimal]] = []
    for item in theirs:
        balance = ZERO
        for day in sorted(item.days()):
            asked = sum(
                (amount for on, amount in (*item.invoiced, *item.credited) if on == day), ZERO
            )
            before, after = (
                round_money(balance * item.rate),
                round_money((balance + asked) * item.rate),
            )
            balance = item.open_on(day)
            sales.append((day, after - before))
            collections.append((day, after - round_money(balance * item.rate)))
    return sales, collections


def _row(
    theirs: Iterable[Item],
    day: date,
    as_of: date,
    dso_days: int,
    opening: Decimal,
    sales: list[tuple[date, Decimal]],
    collections: list[tuple[date, Decimal]],
) -> Receivables | None:
    """The client's row of the day, or None where there is nothing to say."""
    buckets = {name: ZERO for name, _ in BUCKETS}
    unapplied = credit = ZERO
    n_open = n_paid_without_payments = n_standing = 0
    for item in theirs:
        balance = item.open_on(day)
        if not balance:
            continue
        n_standing += 1
        value = round_money(balance * item.rate)
        excess = round_money(item.excess_on(day) * item.rate)
        unapplied -= excess
        if balance > 0 and not item.is_cash:
            late = (day - item.due_on).days
            name = next(name for name, last in BUCKETS if last is None or late <= last)
            buckets[name] += value
            n_open += 1
            n_paid_without_payments += item.status == "paid" and not item.paid
        else:
            credit += value + excess
    month = (month_start(day), day)
    window = (day - timedelta(days=dso_days - 1), day)
    month_sales = [amount for on, amount in sales if month[0] <= on <= day]
    month_paid = [amount for on, amount in collections if month[0] <= on <= day]
    window_sales = [amount for on, amount in sales if window[0] <= on <= day and amount]
    if not (n_standing or opening or month_sales or window_sales):
        return None
    total = sum(buckets.values(), unapplied + credit)
    credit_sales = sum(month_sales, ZERO)
    in_window = sum(window_sales, ZERO)
    return Receivables(
        month_end(day) > as_of,
        opening,
        credit_sales,
        sum(month_paid, ZERO),
        total,
        buckets["not_due"],
        buckets["days_1_30"],
        buckets["days_31_60"],
        buckets["days_61_90"],
        buckets["days_over_90"],
        unapplied,
        credit,
        n_open,
        n_paid_without_payments,
        in_window,
        Fraction(total) / Fraction(in_window) * dso_days if in_window > 0 else None,
        _index(opening + credit_sales, total, buckets["not_due"]),
    )


def _index(collectable: Decimal, total: Decimal, not_due: Decimal) -> Fraction | None:
    share = ratio(collectable - total, collectable - not_due)
    return None if share is None else share * 100
