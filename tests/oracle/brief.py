"""What a visit to a client needs, from the contract's rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .bills import Books
from .dates import add_months, month_start
from .landed import Row
from .model import ZERO

#: How many product categories a client's mix names.
NAMED_CATEGORIES = 3


class Brief(NamedTuple):
    """What is compared of a row of ``kpi_client_brief``; money in the reporting currency."""

    revenue_this_month: Decimal
    revenue_same_days_last_year: Decimal
    revenue_last_month: Decimal
    revenue_12_months: Decimal
    prior_revenue_12_months: Decimal
    product_mix: str | None
    open_deals: int
    open_deals_amount: Decimal
    deal_mix: str | None
    last_visit_on: date | None
    last_visit_purpose: str | None
    next_step: str | None
    last_call_on: date | None
    last_call_outcome: str | None
    visits_12_months: int


def briefs(books: Books) -> dict[str, Brief]:
    """The briefs of all clients, also of those there is nothing to prepare for."""
    revenue: dict[str, Counter[date]] = defaultdict(Counter)
    for bill in books.bills:
        for _, amount in bill.parts():
            revenue[bill.client_id][bill.day] += amount  # type: ignore[assignment]
    mixes = _product_mixes(books)
    deals = _deals(books)
    contacts = _contacts(books)
    nothing = _Contacts(None, None, None, None, None, 0)
    return {
        client: Brief._make(
            (
                *_spans(revenue[client], books.as_of),
                mixes.get(client),
                *deals.get(client, (0, ZERO, None)),
                *contacts.get(client, nothing),
            )
        )
        for client in {*revenue, *deals, *contacts, *books.clients.values()}
    }


def _spans(days: Counter[date], as_of: date) -> Iterable[Decimal]:
    this_month, a_year_before = month_start(as_of), add_months(as_of, -12)
    for first, last in (
        (this_month, as_of),
        (add_months(this_month, -12), a_year_before),
        (add_months(this_month, -1), this_month - timedelta(1)),
        (a_year_before + timedelta(1), as_of),
        (add_months(as_of, -24) + timedelta(1), a_year_before),
    ):
        yield sum((amount for day, amount in days.items() if first <= day <= last), ZERO)  # type: ignore[misc]


def _product_mixes(books: Books) -> dict[str, str]:
    first_day = add_months(month_start(books.as_of), -11)
    category_of = {
        row["product_id"]: row["category"] or "unknown" for row in books.rows("accounting.products")
    }
    products: dict[str, list[str | None]] = defaultdict(list)
    for line in books.rows("accounting.invoice_lines"):
        products[line["invoice_id"]].append(line["product_id"])
    bought: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for bill in books.bills:
        if bill.day >= first_day:
            for product, amount in zip(
                (*products[bill.invoice_id], None), bill.amounts, strict=True
            ):
                category = category_of.get(product or "", "unknown")
                bought[bill.client_id][category] += amount or ZERO
    mixes = {}
    for client, amounts in bought.items():
        positive = {category: amount for category, amount in amounts.items() if amount > 0}
        total = sum(positive.values(), ZERO)
        largest = sorted(positive, key=lambda category: (-positive[category], category))
        mixes[client] = ", ".join(
            f"{category} {_percent(positive[category] / total)}%"
            for category in largest[:NAMED_CATEGORIES]
        )
    return {client: mix for client, mix in mixes.items() if mix}


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal(1), ROUND_HALF_UP)


def _deals(books: Books) -> dict[str, tuple[int, Decimal, str | None]]:
    a_year_before = add_months(books.as_of, -12)
    opened: dict[str, list[Decimal]] = defaultdict(list)
    closed: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in books.rows("crm.opportunities"):
        client = books.clients.get(row["account_id"])
        if client is None or row["created_at"].date() > books.as_of:
            continue
        closed_on = row["closed_at"] and row["closed_at"].date()
        if row["is_won"] is None or closed_on is None or closed_on > books.as_of:
            amount = books.worth(row["amount"], row["currency"], books.as_of)
            opened[client].append(amount or ZERO)
        elif closed_on > a_year_before:
            closed[client][row["opportunity_type"]].append(row["is_won"])
    return {
        client: (
            len(opened[client]),
            sum(opened[client], ZERO),
            ", ".join(
                f"{kind} {sum(closed[client][kind])} of {len(closed[client][kind])} won"
                for kind in ("new", "expansion", "renewal")
                if closed[client][kind]
            )
            or None,
        )
        for client in {*opened, *closed}
    }


class _Contacts(NamedTuple):
    last_visit_on: date | None
    last_visit_purpose: str | None
    next_step: str | None
    last_call_on: date | None
    last_call_outcome: str | None
    visits_12_months: int


def _contacts(books: Books) -> dict[str, _Contacts]:
    reports = {row["activity_id"]: row for row in books.rows("crm.visit_reports")}
    theirs: dict[str, list[Row]] = defaultdict(list)
    for row in books.rows("crm.activities"):
        client = books.clients.get(row["account_id"])
        if client is not None and row["occurred_at"].date() <= books.as_of:
            theirs[client].append(row)
    found = {}
    for client, activities in theirs.items():
        # The newest first; of one moment, the smaller id.
        activities.sort(key=lambda row: row["activity_id"])
        activities.sort(key=lambda row: row["occurred_at"], reverse=True)
        visits = [row for row in activities if row["activity_type"] == "visit"]
        calls = [row for row in activities if row["activity_type"].endswith("call")]
        report = reports.get(visits[0]["activity_id"], {}) if visits else {}
        found[client] = _Contacts(
            visits[0]["occurred_at"].date() if visits else None,
            report.get("purpose"),
            report.get("next_step"),
            calls[0]["occurred_at"].date() if calls else None,
            calls[0]["outcome"] if calls else None,
            sum(visit["occurred_at"].date() > add_months(books.as_of, -12) for visit in visits),
        )
    return found
