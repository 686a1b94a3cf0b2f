"""What is signed with each client, counted by ends of months."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .bills import Books
from .client_plan import rounded
from .dates import ONE_DAY, add_months, month_end, month_start
from .landed import Row

INTERVALS = {"month": Fraction(1), "quarter": Fraction(1, 3), "year": Fraction(1, 12)}
WEEKS_A_MONTH = Fraction(52, 12)


def contract_values(books: Books, open_ended_months: int) -> dict[str, tuple[Decimal, Decimal]]:
    """Total value and value to come of the contracts in force or to come, by client."""
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in books.rows("crm.contracts"):
        last_day = _last_day(row)
        if last_day is not None and last_day <= books.as_of:
            continue
        horizon = add_months(month_start(books.as_of + ONE_DAY), open_ended_months)
        ends = []
        day = month_end(row["starts_on"])
        while day < horizon if last_day is None else day <= last_day:
            ends.append(day)
            day = month_end(day + ONE_DAY)
        months = (len(ends), sum(day > books.as_of for day in ends))
        rate = books.rates[row["currency"], month_start(books.as_of)]
        client = books.clients.get(row["account_id"], row["account_id"])
        for place, count in enumerate(months):
            worth = rounded(_monthly_amount(row) * count * (rate or 0))
            found[client][place] += worth
    return {client: (total, to_come) for client, (total, to_come) in found.items()}


def _last_day(row: Row) -> date | None:
    days = [row["ends_on"], row["cancelled_on"] and row["cancelled_on"] - ONE_DAY]
    return min((day for day in days if day is not None), default=None)


def _monthly_amount(row: Row) -> Decimal:
    a_month = INTERVALS.get(row["billing_interval"], WEEKS_A_MONTH)
    return rounded(Fraction(row["amount"]) * a_month / (row["interval_count"] or 1))
