"""What reps planned and did, and what was done for clients, one plan at a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.bills import Books
from tests.oracle.landed import Row

from .dates import add_months
from .model import ZERO, ratio, round_money

ONE_DAY = timedelta(days=1)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
DAYS_OF = {"day": 1, "week": 7}

PlanKey = tuple[str, str, date, str]


class Work(NamedTuple):
    """One item of a rep's plan: counts, or money in the reporting currency."""

    period_end: date
    is_partial: bool
    planned: Decimal
    done: Decimal
    difference: Decimal
    completion: Fraction | None


class Action(NamedTuple):
    """One action for a client; money in the reporting currency."""

    client_id: str
    client_state: str
    is_overdue: bool
    is_partial: bool
    budget: Decimal | None
    expected: Decimal | None
    received: Decimal | None
    received_share: Fraction | None


def work_plan(books: Books) -> dict[PlanKey, Work]:
    """Every item of every plan."""
    visits = [
        (row["rep_id"], row["occurred_at"].date())
        for row in books.rows("crm.activities")
        if row["activity_type"] == "visit"
    ]
    won = first_purchases(books)
    paid = collected(books)
    revenue: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for bill in books.bills:
        revenue[bill.client_id] += [(bill.day, a) for a in bill.amounts if a is not None]
    # The company was landed once, so whom the accounts name now owned them always.
    owned: dict[str, set[str]] = defaultdict(set)
    for row in books.rows("crm.accounts"):
        if books.clients.get(row["account_id"]) == row["account_id"]:
            owned[row["owner_rep_id"]].add(row["account_id"])

    def done_by(rep: str, item: str, first: date, last: date) -> Decimal:
        if item == "visits":
            return Decimal(sum(r == rep and first <= day <= last for r, day in visits))
        if item == "development":
            return Decimal(sum(r == rep and first <= day <= last for r, day in won))
        if item == "collections":
            return sum((a for r, day, a in paid if r == rep and first <= day <= last), ZERO)
        prior_first = add_months(first, -12)
        prior_last = add_months(last + ONE_DAY, -12) - ONE_DAY
        return sum(
            (
                a * ((first <= day <= last) - (prior_first <= day <= prior_last))
                for client in owned[rep]
                for day, a in revenue[client]
            ),
            ZERO,
        )

    found = {}
    for row in books.rows("planning.work_plans"):
        start, kind = row["period_start"], row["period_type"]
        end = (
            start + timedelta(days=DAYS_OF[kind])
            if kind in DAYS_OF
            else add_months(start, MONTHS_OF[kind])
        ) - ONE_DAY
        last = min(end, books.as_of)
        done = done_by(row["rep_id"], row["item"], start, last) if start <= last else ZERO
        found[row["rep_id"], kind, start, row["item"]] = Work(
            end,
            end > books.as_of,
            row["planned"],
            done,
            done - row["planned"],
            ratio(done, row["planned"]),
        )
    return found


def first_purchases(books: Books) -> list[tuple[str, date]]:
    """The rep and the day of every client's first purchase."""
    firsts: dict[str, tuple[date, str]] = {}
    for client, day, rep in purchases(books):
        firsts[client] = min(firsts.get(client, (day, rep)), (day, rep))
    return [(rep, day) for day, rep in firsts.values()]


def purchases(books: Books) -> list[tuple[str, date, str]]:
    """Client, day and rep of every day with a purchase; the rep is the largest invoice's."""
    days: dict[tuple[str, date], tuple[Decimal, Decimal, str]] = {}
    for bill in books.bills:
        if not bill.is_invoice or bill.own_amount <= 0:
            continue
        key = (bill.client_id, bill.day)
        candidate = (-(bill.net or ZERO), -bill.own_amount, bill.primary_rep)
        days[key] = min(days.get(key, candidate), candidate)
    return [(client, day, rep) for (client, day), (_, _, rep) in days.items()]


def collected(books: Books) -> list[tuple[str, date, Decimal]]:
    """The rep, the day and the money of every payment on a counted document."""
    shares = {bill.invoice_id: bill.shares for bill in books.bills}
    found = []
    for row in books.rows("accounting.payments"):
        amount = books.worth(row["amount"], row["currency"], row["paid_on"])
        if amount is None or row["paid_on"] > books.as_of:
            continue
        for rep, lower, upper in shares.get(row["invoice_id"], ()):
            part = round_money(amount * upper) - round_money(amount * lower)
            found.append((rep, row["paid_on"], part))
    return found


def client_actions(books: Books, window_days: int) -> dict[tuple[str], Action]:
    """Every action; what the run says of a client's last purchase is taken as it is."""
    lost = {
        row["client_id"]: row["spell_lost_on"]
        for row in books.query(
            "select client_id, spell_lost_on from intermediate.int_client_purchases"
            " where next_purchased_on is null"
        )
    }
    found = {}
    for row in books.rows("planning.client_actions"):
        client = books.clients.get(row["account_id"])
        found[(row["action_id"],)] = one_action(books, row, client, lost, window_days)
    return found


def one_action(
    books: Books,
    row: Row,
    client: str | None,
    lost: dict[str, date | None],
    window_days: int,
) -> Action:
    """One action with what came of it."""
    done_on = row["done_on"]
    if done_on is not None and done_on > books.as_of:
        done_on = None
    received = None
    until = None
    if done_on is not None:
        until = done_on + timedelta(days=window_days)
        received = sum(
            (
                amount
                for bill in books.bills
                if bill.client_id == client and done_on < bill.day <= until
                for amount in bill.amounts
                if amount is not None
            ),
            ZERO,
        )
    if client not in lost:
        state = "prospect"
    else:
        lost_on = lost[client]
        state = "lost" if lost_on is not None and lost_on <= books.as_of else "buying"
    expected = books.worth(row["expected_amount"], row["currency"], row["planned_on"])
    return Action(
        client or row["account_id"],
        state,
        done_on is None and row["planned_on"] < books.as_of,
        until is None or until > books.as_of,
        books.worth(row["budget_amount"], row["currency"], row["planned_on"]),
        expected,
        received,
        None if received is None else ratio(received, expected),
    )
