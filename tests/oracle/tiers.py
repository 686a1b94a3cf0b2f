"""Clients ranked by their revenue of the trailing 12 months."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .model import ZERO, Book
from .revenue import client_ledger

LIMITS = (("tier 1", Decimal("0.80")), ("tier 2", Decimal("0.90")), ("tier 3", Decimal("0.95")))
TO_DEVELOP = "to develop"


class Tier(NamedTuple):
    """One row of ``kpi_client_tiers`` without its key."""

    revenue_12_months: Decimal
    tier: str


def tier_of(before: Decimal, total: Decimal) -> str:
    """Tier of a client when those ranked above it made ``before`` of ``total``."""
    for name, limit in LIMITS:
        if before < limit * total:
            return name
    return TO_DEVELOP


def tiers(book: Book) -> dict[str, Tier]:
    """``kpi_client_tiers`` by client."""
    ledger = client_ledger(book)
    revenue = {client: ledger.trailing_revenue(client, book.as_of) for client in book.clients}
    found = {client: Tier(amount, TO_DEVELOP) for client, amount in revenue.items()}
    ranked = sorted((-amount, client) for client, amount in revenue.items() if amount > 0)
    total = -sum((amount for amount, _ in ranked), ZERO)
    before = ZERO
    for negative, client in ranked:
        found[client] = Tier(-negative, tier_of(before, total))
        before -= negative
    return found
