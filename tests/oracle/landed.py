"""A company as a run landed it: rows of the contract's tables, in plain Python.

Which client a customer is and what a currency is worth in a month are taken from the run: both are
proven elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from .dates import month_start
from .model import round_money

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Landed:
    """The warehouse of a run, read only."""

    warehouse: Path

    def query(self, sql: str) -> list[Row]:
        """The rows of a query by column name."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = connection.execute(sql)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, such as ``planning.budget_lines``."""
        return self.query(f"select * from {table}")

    @cached_property
    def as_of(self) -> date:
        """The day of the run."""
        day: date = self.rows("run.context")[0]["as_of_date"]
        return day

    @cached_property
    def rates(self) -> Mapping[tuple[str, date], Decimal | None]:
        """What a unit of a currency is worth in a month, by (currency, first day)."""
        return {
            (row["currency"], row["month_start"]): row["exchange_rate"]
            for row in self.rows("intermediate.int_exchange_rates_monthly")
        }

    def worth(self, amount: Decimal | None, currency: str | None, day: date) -> Decimal | None:
        """Money in the reporting currency, of a day ahead at the newest month's rate."""
        rate = self.rates.get((currency or "", month_start(min(day, self.as_of))))
        return None if amount is None or rate is None else round_money(amount * rate)

    @cached_property
    def _merges(self) -> Mapping[str, str]:
        """The account that a merged one went into."""
        return {
            str(row["merged_account_id"]): str(row["surviving_account_id"])
            for row in self.rows("crm.account_merges")
        }

    def client_of(self, account_id: str) -> str:
        """The last survivor of an account."""
        while account_id in self._merges:
            account_id = self._merges[account_id]
        return account_id

    @cached_property
    def clients(self) -> Mapping[str, str]:
        """The client that each account is, after merges."""
        return {
            row["account_id"]: self.client_of(row["account_id"])
            for row in self.rows("crm.accounts")
        }

    @cached_property
    def documents(self) -> Sequence[Row]:
        """Counted documents up to the run's day, with ``client_id`` and the money's ``sign``."""
        clients = {
            row["customer_id"]: row["client_id"]
            for row in self.rows("intermediate.int_customers_matched")
        }
        return [
            {**row, "client_id": clients[row["customer_id"]], "sign": _sign(row)}
            for row in self.rows("accounting.invoices")
            if row["status"] not in ("draft", "voided") and row["issued_on"] <= self.as_of
        ]


def _sign(document: Row) -> int:
    """A credit note takes off, whichever sign the ledger gives it."""
    is_note = document["document_type"] == "credit_note"
    return -1 if is_note and document["net_amount"] > 0 else 1
