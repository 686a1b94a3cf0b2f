"""The contract's rows as a run landed them, and documents in the reporting currency.

Which client a customer is and what a currency is worth in a month are taken from the run: both are
proven elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from .dates import month_start
from .model import UNASSIGNED, ZERO, round_money

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bill:
    """A counted document; money is in the reporting currency, None without a rate.

    ``shares`` holds the credited reps with the parts of the money up to whom and from whom they
    have it, in order.
    """

    invoice_id: str
    client_id: str
    day: date
    is_invoice: bool
    currency: str
    sign: int
    own_amount: Decimal
    net: Decimal | None
    amounts: tuple[Decimal | None, ...]
    costs: tuple[tuple[Decimal | None, Decimal | None], ...]
    shares: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def primary_rep(self) -> str:
        """The rep with the largest share."""
        return self.shares[0][0]

    def parts(self) -> list[tuple[str, Decimal]]:
        """The money of each rep, line by line as it is booked."""
        return [
            (rep, round_money(amount * upper) - round_money(amount * lower))
            for amount in self.amounts
            if amount is not None
            for rep, lower, upper in self.shares
        ]


@dataclass(frozen=True)
class Contract:
    """The warehouse of a run, read only."""

    warehouse: Path
    as_of: date

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
    def survivors(self) -> Mapping[str, str]:
        """The client that an account is, after merges."""
        return {
            row["account_id"]: row["client_id"]
            for row in self.rows("intermediate.int_accounts_survived")
        }

    @cached_property
    def bills(self) -> list[Bill]:
        """Every counted document up to the run's day."""
        clients = {
            row["customer_id"]: row["client_id"]
            for row in self.rows("intermediate.int_customers_matched")
        }
        lines = defaultdict(list)
        for line in self.rows("accounting.invoice_lines"):
            lines[line["invoice_id"]].append(line)
        shares: dict[str, list[tuple[str, Decimal, Decimal]]] = defaultdict(list)
        for row in self.query("select * from intermediate.int_document_reps order by share_from"):
            shares[row["invoice_id"]].append((row["rep_id"], row["share_from"], row["share_to"]))
        bills = []
        for row in self.rows("accounting.invoices"):
            if row["status"] in ("draft", "voided") or row["issued_on"] > self.as_of:
                continue
            is_note = row["document_type"] == "credit_note"
            sign = -1 if is_note and row["net_amount"] > 0 else 1
            own = [line["net_amount"] for line in lines[row["invoice_id"]]]
            rest = row["net_amount"] - sum(own, ZERO)

            def worth(amount: Decimal | None, row: Row = row, sign: int = sign) -> Decimal | None:
                signed = None if amount is None else sign * amount
                return self.worth(signed, row["currency"], row["issued_on"])

            bills.append(
                Bill(
                    invoice_id=row["invoice_id"],
                    client_id=clients[row["customer_id"]],
                    day=row["issued_on"],
                    is_invoice=not is_note,
                    currency=row["currency"],
                    sign=sign,
                    own_amount=sign * row["net_amount"],
                    net=worth(row["net_amount"]),
                    amounts=tuple(worth(amount) for amount in (*own, rest)),
                    costs=tuple(
                        (worth(line["net_amount"]), worth(line["cost_amount"]))
                        for line in lines[row["invoice_id"]]
                    ),
                    shares=tuple(shares[row["invoice_id"]] or [(UNASSIGNED, ZERO, Decimal(1))]),
                )
            )
        return bills
