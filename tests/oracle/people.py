"""Who sold: reps, whom they report to, and the clients they have, in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from .dates import FAR, Calendar, Period
from .landed import Landed, Row
from .model import UNASSIGNED


@dataclass(frozen=True)
class People(Landed):
    """A landed company by its reps. Who is credited is told from assignments and owners."""

    calendar: Calendar

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

    def periods(self, day: date) -> Iterator[Period]:
        """The day, week, month, fiscal quarter and fiscal year of a day."""
        yield Period("day", day, day)
        monday = day - timedelta(days=day.weekday())
        yield Period("week", monday, monday + timedelta(days=6))
        for period in self.calendar.periods_of(day):
            if period.period_type != "season":
                yield period
