"""Rows of the contract's tables and what several marts need of them, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from .dates import ONE_DAY, Calendar, Period, month_start
from .model import UNASSIGNED, ZERO, round_money

Row = Mapping[str, Any]
WORKING_DAYS = (1, 2, 3, 4, 5)
FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Contract:
    """A landed company: its contract tables, and the day they are looked at."""

    warehouse: Path
    calendar: Calendar

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, as dictionaries."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            cursor = connection.execute(f"select * from {table}")
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @cached_property
    def as_of(self) -> date:
        """The day of the run."""
        day: date = self.rows("run.context")[0]["as_of_date"]
        return day

    @cached_property
    def survivors(self) -> Mapping[str, str]:
        """The account a merged one has become; only merged ones are in it."""
        return {
            str(row["merged_account_id"]): str(row["surviving_account_id"])
            for row in self.rows("crm.account_merges")
        }

    def client_of(self, account_id: str) -> str:
        """The last survivor of an account."""
        while account_id in self.survivors:
            account_id = self.survivors[account_id]
        return account_id

    @cached_property
    def positions(self) -> Mapping[str, Sequence[Row]]:
        """The stretches of each rep, by rep, from the first to the last."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows("crm.reps"), key=lambda row: row["valid_from"]):
            found[row["rep_id"]].append(row)
        return found

    def position(self, rep_id: str, day: date) -> Row | None:
        """Where a rep stood on a day; the first stretch also holds for the days before it."""
        stretches = self.positions.get(rep_id, ())
        for place, row in enumerate(stretches):
            if (place == 0 or row["valid_from"] <= day) and day <= (row["valid_to"] or FAR):
                return row
        return None

    def is_employed(self, rep_id: str, day: date) -> bool:
        """Whether a rep has a stretch on the day, was hired by then and had not left."""
        stretches = self.positions.get(rep_id, ())
        if not stretches:
            return False
        latest = stretches[-1]
        return (
            any(row["valid_from"] <= day <= (row["valid_to"] or FAR) for row in stretches)
            and day >= (latest["hired_on"] or day)
            and day <= (latest["left_on"] or day)
        )

    def leaders(self, rep_id: str, day: date) -> Iterator[str]:
        """A rep and everyone above on the day."""
        seen: list[str] = []
        while rep_id not in seen:
            seen.append(rep_id)
            position = self.position(rep_id, day)
            if position is None:
                break
            yield rep_id
            if position["manager_rep_id"] is None:
                break
            rep_id = position["manager_rep_id"]

    @cached_property
    def documents(self) -> Sequence[Row]:
        """Counted documents up to the run's day, with ``client_id``."""
        clients = {
            row["customer_id"]: row["client_id"]
            for row in self.rows("intermediate.int_customers_matched")
        }
        return [
            {**row, "client_id": clients[row["customer_id"]]}
            for row in self.rows("accounting.invoices")
            if row["status"] not in ("draft", "voided") and row["issued_on"] <= self.as_of
        ]

    @cached_property
    def _assignments(self) -> Mapping[str, Sequence[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("crm.account_assignments"):
            found[self.client_of(row["account_id"])].append(row)
        return found

    @cached_property
    def _owners(self) -> Mapping[str, str]:
        return {
            row["account_id"]: row["owner_rep_id"] or UNASSIGNED
            for row in self.rows("crm.accounts")
        }

    def primary_rep(self, document: Row) -> str:
        """The rep on a document, else who has the largest share of the client, else its owner."""
        if document["rep_id"] is not None:
            return str(document["rep_id"])
        shares: dict[str, Any] = defaultdict(int)
        for row in self._assignments.get(document["client_id"], ()):
            share = 1 if row["credit_share"] is None else row["credit_share"]
            if row["valid_from"] <= document["issued_on"] <= (row["valid_to"] or FAR) and share > 0:
                shares[row["rep_id"]] += share
        if shares:
            return min(shares, key=lambda rep_id: (-shares[rep_id], rep_id))
        return self._owners.get(document["client_id"], UNASSIGNED)

    @cached_property
    def client_revenue(self) -> Mapping[str, Mapping[date, Decimal]]:
        """Net revenue in the reporting currency, by client and day."""
        lines: dict[str, list[Decimal]] = defaultdict(list)
        for row in self.rows("accounting.invoice_lines"):
            lines[row["invoice_id"]].append(row["net_amount"])
        rates = {
            (row["currency"], row["month_start"]): row["exchange_rate"]
            for row in self.rows("intermediate.int_exchange_rates_monthly")
        }
        found: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for document in self.documents:
            day, net = document["issued_on"], document["net_amount"]
            rate = rates.get((document["currency"], month_start(day)))
            if rate is None:
                continue
            sign = -1 if document["document_type"] == "credit_note" and net > 0 else 1
            amounts = lines[document["invoice_id"]]
            for amount in (*amounts, net - sum(amounts)):
                found[document["client_id"]][day] += round_money(sign * amount * rate)
        return found

    def periods(self, day: date) -> Iterator[Period]:
        """The day, week, month, fiscal quarter and fiscal year of a day."""
        yield Period("day", day, day)
        monday = day - timedelta(days=day.weekday())
        yield Period("week", monday, monday + timedelta(days=6))
        for period in self.calendar.periods_of(day):
            if period.period_type != "season":
                yield period


def days_of(period: Period) -> Iterator[date]:
    """The days of a period, both ends included."""
    day = period.start
    while day <= period.end:
        yield day
        day += ONE_DAY


def is_working_day(day: date) -> bool:
    """Whether the simulated company works on a day."""
    return day.isoweekday() in WORKING_DAYS
