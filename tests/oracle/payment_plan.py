"""The payment plan by living through its days: what was known the evening before each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .dates import ONE_DAY, month_start
from .model import ZERO, ratio, round_money
from .receivables import Document, Item, Payment, Rates, flows, items

Key = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Promise:
    """A client's word on an invoice."""

    promise_id: str
    invoice_id: str
    promised_on: date
    amount: Decimal
    currency: str
    created_at: datetime


class PlanFact(NamedTuple):
    """A day of a client and a rep, in the order of the mart's columns."""

    is_tomorrow: bool
    planned_promised: Decimal
    planned_expected: Decimal
    planned: Decimal
    paid: Decimal | None
    difference: Decimal | None
    plan_fulfilment: Fraction | None
    n_invoices_planned: int


class Planned(NamedTuple):
    """An invoice planned to be paid on a day."""

    day: date
    item: Item
    is_promise: bool
    amount: Decimal


def median_delays(
    documents: Mapping[str, Document], payments: Iterable[Payment], known_on: date
) -> dict[str, int]:
    """Each client's median of whole days late, of payments up to a day; the lower of two."""
    late: dict[str, list[int]] = defaultdict(list)
    for payment in payments:
        document = documents.get(payment.invoice_id or "")
        if (
            document is not None
            and not document.is_credit_note
            and document.currency == payment.currency
            and payment.amount > 0
            and payment.paid_on <= known_on
        ):
            late[document.client_id].append((payment.paid_on - document.due_on).days)
    return {client: sorted(days)[(len(days) - 1) // 2] for client, days in late.items()}


def plan(
    documents: list[Document],
    payments: list[Payment],
    promises: Iterable[Promise],
    rates: Rates,
    as_of: date,
    window: tuple[int, int],
) -> Iterator[Planned]:
    """Every planned payment of the days from ``window[0]`` back to ``window[1]`` ahead."""
    by_id = {document.invoice_id: document for document in documents}
    invoices = [item for item in items(documents, payments, rates) if not item.is_cash]
    item_of = {item.item_id: item for item in invoices}
    for document in documents:
        if document.invoice_id not in item_of and document.credited_invoice_id:
            item_of[document.invoice_id] = item_of[document.credited_invoice_id]
    words: dict[str, list[Promise]] = defaultdict(list)
    for promise in sorted(promises, key=lambda promise: (promise.created_at, promise.promise_id)):
        if promise.invoice_id in item_of:
            words[item_of[promise.invoice_id].item_id].append(promise)
    first = as_of - timedelta(days=window[0])
    had_its_day: set[str] = set()
    for number in range(sum(window) + 1):
        day = first + timedelta(days=number)
        eve = min(day - ONE_DAY, as_of)
        delays = median_delays(by_id, payments, eve)
        for item in invoices:
            expected = item.due_on + timedelta(days=delays.get(item.client_id, 0))
            expected = max(expected, item.issued_on + ONE_DAY)
            has_come = expected <= day
            is_new = has_come and item.item_id not in had_its_day
            if has_come:
                had_its_day.add(item.item_id)
            if number == 0 and expected < day:
                continue
            balance = item.open_on(eve)
            if balance <= 0:
                continue
            value = round_money(balance * item.rate)
            known = [word for word in words[item.item_id] if word.created_at.date() <= eve]
            if known and known[-1].promised_on == day:
                rate = rates[known[-1].currency, month_start(item.issued_on)]
                yield Planned(day, item, True, min(value, round_money(known[-1].amount * rate)))
            elif not known and is_new:
                yield Planned(day, item, False, value)


def plan_fact(
    documents: list[Document],
    payments: list[Payment],
    promises: Iterable[Promise],
    rates: Rates,
    reps: tuple[Mapping[str, str], Mapping[str, str]],
    as_of: date,
    window: tuple[int, int],
) -> dict[Key, PlanFact]:
    """Rows by day, client and rep; ``reps`` are those of documents and those of clients."""

    def rep_of(item: Item) -> str:
        owner = reps[1].get(item.client_id) or "unassigned"
        return owner if item.is_cash else reps[0].get(item.item_id, owner)

    promised: dict[Key, Decimal] = defaultdict(Decimal)
    expected: dict[Key, Decimal] = defaultdict(Decimal)
    paid: dict[Key, Decimal] = defaultdict(Decimal)
    counts: dict[Key, int] = defaultdict(int)
    for planned in plan(documents, payments, promises, rates, as_of, window):
        key = (planned.day, planned.item.client_id, rep_of(planned.item))
        (promised if planned.is_promise else expected)[key] += planned.amount
        counts[key] += 1
    first = as_of - timedelta(days=window[0])
    for item in items(documents, payments, rates):
        for day, amount in flows([item])[1]:
            if amount and day >= first:
                paid[day, item.client_id, rep_of(item)] += amount
    rows: dict[Key, PlanFact] = {}
    for key in {*counts, *paid}:
        total = promised[key] + expected[key]
        outcome = paid.get(key, ZERO) if key[0] <= as_of else None
        rows[key] = PlanFact(
            key[0] == as_of + ONE_DAY,
            promised[key],
            expected[key],
            total,
            outcome,
            None if outcome is None else outcome - total,
            None if outcome is None else ratio(outcome, total),
            counts[key],
        )
    return rows
