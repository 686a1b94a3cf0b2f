"""Three ways to a sales task, by whole fractions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from tests.oracle.bills import Books

from .dates import month_start
from .model import ZERO, exact, round_money


class Allocation(NamedTuple):
    """One region's month; money in the reporting currency."""

    outlets_needed: int | None
    new_outlets_needed: int | None
    outlets_short: int | None
    sales_needed_per_outlet: Decimal | None
    lift_needed: Decimal | None
    lift_short: Decimal | None
    outlets_with_both: int | None
    outlet_sales_with_both: Decimal | None
    sales_with_both: Decimal | None
    sales_over_task: Decimal | None


def allocations(books: Books) -> dict[tuple[str, date], Allocation]:
    """Every planned month of every region."""
    found = {}
    for row in books.rows("planning.outlet_plans"):
        task, average = row["sales_task"], row["average_outlet_sales"]
        there, new, lift = (
            row["existing_outlets"],
            row["feasible_new_outlets"],
            row["feasible_lift"],
        )
        needed = ceil(exact(task) / exact(average)) if average else None
        to_open = None if needed is None else max(needed - there, 0)
        each = round_money(exact(task) / Fraction(there)) if there else None
        more = None if each is None else max(each - average, ZERO)
        outlets = None if new is None else there + new
        sells = None if lift is None else average + lift
        sales = None if outlets is None or sells is None else outlets * sells
        found[row["region"], month_start(row["month"])] = Allocation(
            needed,
            to_open,
            None if to_open is None or new is None else max(to_open - new, 0),
            each,
            more,
            None if more is None or lift is None else max(more - lift, ZERO),
            outlets,
            sells,
            sales,
            None if sales is None else sales - task,
        )
    return found
