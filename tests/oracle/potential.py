"""Revenue of a client against what it could spend."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import NamedTuple

from .model import ZERO, Book, ratio, round_money
from .revenue import revenue_rows

LEAST_WALLETS = 5
ATTAINABLE_SHARE = Decimal(1)


class Potential(NamedTuple):
    """One row of ``kpi_client_potential`` without its key."""

    wallet: Decimal | None
    revenue: Decimal
    our_share: Fraction | None
    potential: Decimal | None
    headroom: Decimal | None


def wallets(book: Book) -> dict[str, Decimal | None]:
    """Wallet of every client: the CRM's, else the median of its segment, else None."""
    known: dict[str, list[Decimal]] = defaultdict(list)
    for client in book.clients.values():
        if client.wallet is not None:
            known[client.segment].append(client.wallet)
    typical = {
        segment: round_money(median(values))
        for segment, values in known.items()
        if len(values) >= LEAST_WALLETS
    }
    return {
        client_id: typical.get(client.segment) if client.wallet is None else client.wallet
        for client_id, client in book.clients.items()
    }


def client_potential(book: Book) -> dict[tuple[str, int], Potential]:
    """``kpi_client_potential`` by (client_id, fiscal year)."""
    running = book.calendar.fiscal_year(book.as_of)
    revenue = {(client_id, running): ZERO for client_id in book.clients}
    for row in revenue_rows(book):
        key = (row.client_id, book.calendar.fiscal_year(row.day))
        revenue[key] = revenue.get(key, ZERO) + row.amount
    wallet_of = wallets(book)
    found = {}
    for (client_id, year), amount in revenue.items():
        wallet = wallet_of[client_id]
        if wallet is None:
            found[client_id, year] = Potential(None, amount, None, None, None)
            continue
        potential = round_money(wallet * ATTAINABLE_SHARE)
        found[client_id, year] = Potential(
            wallet, amount, ratio(amount, wallet), potential, max(potential - amount, ZERO)
        )
    return found
