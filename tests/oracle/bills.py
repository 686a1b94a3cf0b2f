"""Counted documents in the reporting currency, with the reps who have a share in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from .landed import Landed, Row
from .model import UNASSIGNED, ZERO, round_money

Share = tuple[str, Decimal, Decimal]


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
    shares: tuple[Share, ...]

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
class Books(Landed):
    """A landed company by its documents. Who is credited is taken from the run."""

    @cached_property
    def bills(self) -> Sequence[Bill]:
        """Every counted document up to the run's day."""
        lines: Mapping[str, list[Row]] = defaultdict(list)
        for line in self.rows("accounting.invoice_lines"):
            lines[line["invoice_id"]].append(line)
        shares: Mapping[str, list[Share]] = defaultdict(list)
        for row in self.query("select * from intermediate.int_document_reps order by share_from"):
            shares[row["invoice_id"]].append((row["rep_id"], row["share_from"], row["share_to"]))
        return [
            self._bill(row, lines[row["invoice_id"]], shares[row["invoice_id"]])
            for row in self.documents
        ]

    @cached_property
    def client_revenue(self) -> Mapping[str, Mapping[date, Decimal]]:
        """Net revenue by client and day."""
        found: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for bill in self.bills:
            for amount in bill.amounts:
                if amount is not None:
                    found[bill.client_id][bill.day] += amount
        return found

    def _bill(self, document: Row, lines: Sequence[Row], shares: Sequence[Share]) -> Bill:
        def worth(amount: Decimal | None) -> Decimal | None:
            signed = None if amount is None else document["sign"] * amount
            return self.worth(signed, document["currency"], document["issued_on"])

        own = [line["net_amount"] for line in lines]
        rest = document["net_amount"] - sum(own, ZERO)
        return Bill(
            invoice_id=document["invoice_id"],
            client_id=document["client_id"],
            day=document["issued_on"],
            is_invoice=document["document_type"] != "credit_note",
            currency=document["currency"],
            sign=document["sign"],
            own_amount=document["sign"] * document["net_amount"],
            net=worth(document["net_amount"]),
            amounts=tuple(worth(amount) for amount in (*own, rest)),
            costs=tuple((worth(line["net_amount"]), worth(line["cost_amount"])) for line in lines),
            shares=tuple(shares or [(UNASSIGNED, ZERO, Decimal(1))]),
        )
