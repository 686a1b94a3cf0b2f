"""What a bonus is paid on: plan, fact and days of every person's month under a scheme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from .bills import Books
from .client_plan import SHARE_PLACES, part, rounded
from .dates import FAR, ONE_DAY, add_months, is_working_day, month_end, month_start
from .model import ZERO
from .people import People

CENTS = Decimal("0.01")
#: Shorter periods first: the plan of a month is the first of these that there is.
PREFERENCES = ("month", "quarter", "season", "year")


class Bonus(NamedTuple):
    """What is compared of a row of ``fct_bonus_inputs``; money in the reporting currency."""

    chain_role: str
    measure: str
    first_day: date
    last_day: date
    plan_low: Decimal | None
    plan_high: Decimal | None
    fact: Decimal
    attainment: Fraction | None
    working_days: int
    missing_reports: int
    eligible_days: int
    payout_factor: Fraction | None
    bonus_amount: Decimal | None


class Plan(NamedTuple):
    """The plan of a person alone, or of a whole team, for a period of days."""

    is_team: bool
    rep_id: str
    period_type: str
    start: date
    end: date
    low: Decimal
    high: Decimal | None


@dataclass
class _Stretch:
    """A person's days of a month under one scheme, in one role."""

    days: list[date] = field(default_factory=list)

    @property
    def working_days(self) -> int:
        return sum(map(is_working_day, self.days))


@dataclass(frozen=True)
class Results:
    """What each person brought on each day: invoiced, margin, its revenue, collected."""

    books: Books
    people: People

    @cached_property
    def own(self) -> Mapping[tuple[str, date], list[Decimal]]:
        """By rep and day."""
        found: dict[tuple[str, date], list[Decimal]] = defaultdict(lambda: [ZERO] * 4)
        for rep_id, day, place, amount in (*self._billed(), *self._collected()):
            found[rep_id, day][place] += amount
        return found

    @cached_property
    def team(self) -> Mapping[tuple[str, date], list[Decimal]]:
        """By everyone above a rep, the rep included, as of the day."""
        found: dict[tuple[str, date], list[Decimal]] = defaultdict(lambda: [ZERO] * 4)
        for (rep_id, day), amounts in self.own.items():
            for leader in self.people.leaders(rep_id, day):
                sums = found[leader, day]
                found[leader, day] = [one + two for one, two in zip(sums, amounts, strict=True)]
        return found

    def _billed(self) -> Iterator[tuple[str, date, int, Decimal]]:
        for bill in self.books.bills:
            for rep_id, amount in bill.parts():
                yield rep_id, bill.day, 0, amount
            for net, cost in bill.costs:
                if net is None or cost is None:
                    continue
                for rep_id, upper, lower in bill.shares:
                    revenue = _between(net, upper, lower)
                    yield rep_id, bill.day, 1, revenue - _between(cost, upper, lower)
                    yield rep_id, bill.day, 2, revenue

    def _collected(self) -> Iterator[tuple[str, date, int, Decimal]]:
        bills = {bill.invoice_id: bill for bill in self.books.bills}
        documents = {row["invoice_id"]: row for row in self.books.rows("accounting.invoices")}
        for row in self.books.rows("accounting.payments"):
            bill = bills.get(row["invoice_id"])
            if bill is None or row["paid_on"] > self.books.as_of:
                continue
            document = documents[bill.invoice_id]
            is_same = row["currency"] == bill.currency
            day = bill.day if is_same else row["paid_on"]
            rate = self.books.rates.get((row["currency"], month_start(day)))
            if rate is None:
                continue
            total = next(
                amount
                for amount in (
                    document["total_amount"],
                    None
                    if document["tax_amount"] is None
                    else document["net_amount"] + document["tax_amount"],
                    document["net_amount"],
                )
                if amount is not None
            )
            if not total:
                continue
            net_share = rounded(Fraction(document["net_amount"]) / Fraction(total), SHARE_PLACES)
            amount = row["amount"] if bill.is_invoice else -abs(row["amount"])
            collected = rounded(rounded(amount * net_share) * rate)
            for rep_id, upper, lower in bill.shares:
                yield rep_id, row["paid_on"], 3, _between(collected, upper, lower)


def _between(amount: Decimal, one: Decimal, other: Decimal) -> Decimal:
    low, high = sorted((one, other))
    return part(amount, low, high)


def month_plans(plans: Iterable[Plan]) -> dict[tuple[bool, str, date], Plan]:
    """The plan of each person's month: its own, else that of the shortest longer period.

    A longer period's is spread over its working days.
    """
    found: dict[tuple[bool, str, date], dict[str, list[Plan]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for plan in plans:
        if plan.period_type not in PREFERENCES:
            continue
        days = _working_days(plan.start, plan.end)
        before, month = 0, month_start(plan.start)
        while month <= plan.end:
            after = before + sum(month_start(day) == month for day in days)
            if after > before:
                lower, upper = (
                    rounded(Fraction(count, len(days)), SHARE_PLACES) for count in (before, after)
                )
                spread = plan._replace(
                    low=part(plan.low, lower, upper),
                    high=None if plan.high is None else part(plan.high, lower, upper),
                )
                found[plan.is_team, plan.rep_id, month][plan.period_type].append(spread)
            before, month = after, add_months(month, 1)
    return {
        key: _sum(next(by_type[name] for name in PREFERENCES if name in by_type))
        for key, by_type in found.items()
    }


def _sum(plans: Sequence[Plan]) -> Plan:
    highs = [plan.high for plan in plans if plan.high is not None]
    return plans[0]._replace(
        low=sum((plan.low for plan in plans), ZERO), high=sum(highs, ZERO) if highs else None
    )


def _working_days(start: date, end: date) -> list[date]:
    days, day = [], start
    while day <= end:
        if is_working_day(day):
            days.append(day)
        day += ONE_DAY
    return days


def bonus_inputs(
    results: Results, plans: Iterable[Plan], missing_reports: set[tuple[str, date]]
) -> dict[tuple[str, date, str, str], Bonus]:
    """Every row by rep, month, scheme and role.

    Args:
        results: who brought what.
        plans: of persons and teams, by period.
        missing_reports: rep and day of every report that was due and did not come.
    """
    people, as_of = results.people, results.books.as_of
    schemes = people.rows("planning.bonus_schemes")
    by_month = month_plans(plans)
    found = {}
    for rep_id in people.positions:
        months: dict[date, dict[tuple[str, str], _Stretch]] = defaultdict(dict)
        employed: dict[date, int] = defaultdict(int)
        day = date(as_of.year - 8, 1, 1)
        while day <= month_end(as_of):
            if people.is_employed(rep_id, day):
                employed[month_start(day)] += is_working_day(day)
                role = _role(people, rep_id, day)
                for scheme in schemes:
                    if scheme["role"] == role and (
                        scheme["valid_from"] <= day <= (scheme["valid_to"] or FAR)
                    ):
                        stretches = months[month_start(day)]
                        key = (scheme["scheme_id"], role)
                        stretches.setdefault(key, _Stretch()).days.append(day)
            day += ONE_DAY
        for month, stretches in months.items():
            counted = 0
            for (scheme_id, role), stretch in sorted(
                stretches.items(), key=lambda item: (item[1].days[0], item[0])
            ):
                scheme = next(row for row in schemes if row["scheme_id"] == scheme_id)
                shares = tuple(
                    rounded(Fraction(count, employed[month]), SHARE_PLACES)
                    if employed[month]
                    else ZERO
                    for count in (counted, counted + stretch.working_days)
                )
                counted += stretch.working_days
                plan = by_month.get((role != "rep", rep_id, month))
                found[rep_id, month, scheme_id, role] = _bonus(
                    results, rep_id, scheme, role, stretch, plan, shares, missing_reports
                )
    return found


def _role(people: People, rep_id: str, day: date) -> str:
    """The role of a day; of rows that overlap, the one that began last."""
    latest = max(
        (
            row
            for row in people.positions[rep_id]
            if row["valid_from"] <= day <= (row["valid_to"] or FAR)
        ),
        key=lambda row: row["valid_from"],
    )
    return str(latest["role"])


def _bonus(
    results: Results,
    rep_id: str,
    scheme: Mapping[str, Any],
    role: str,
    stretch: _Stretch,
    plan: Plan | None,
    shares: tuple[Decimal, ...],
    missing_reports: set[tuple[str, date]],
) -> Bonus:
    theirs = results.own if role == "rep" else results.team
    place = {"invoiced": 0, "margin": 1, "collected": 3}[scheme["measure"]]
    fact = sum(
        (theirs[rep_id, day][place] for day in stretch.days if (rep_id, day) in theirs), ZERO
    )
    month = month_start(stretch.days[0])
    is_margin = scheme["measure"] == "margin"
    rate = _margin_rate(theirs, rep_id, month) if is_margin else Decimal(1)

    def planned(amount: Decimal | None) -> Decimal | None:
        if amount is None or rate is None:
            return None
        return rounded(part(amount, shares[0], shares[1]) * rate)

    low = planned(plan.low) if plan else None
    high = planned(plan.high) if plan else None
    reached = _attainment(fact, low, high)
    missing = sum(
        scheme["is_report_required"] and (rep_id, day) in missing_reports for day in stretch.days
    )
    eligible = stretch.working_days - missing
    working = len(_working_days(month, month_end(month)))
    factor = None
    if reached is not None:
        below = reached < Fraction(scheme["threshold"])
        factor = Fraction(0) if below else min(reached, Fraction(scheme["cap"]))
    target = results.books.worth(scheme["target_bonus"], scheme["currency"], month)
    amount = None
    if factor is not None and target is not None:
        amount = rounded(Fraction(target) * factor * eligible / working, CENTS)
    return Bonus(
        role,
        scheme["measure"],
        stretch.days[0],
        stretch.days[-1],
        low,
        high,
        fact,
        reached,
        working,
        missing,
        eligible,
        factor,
        amount,
    )


def _margin_rate(
    theirs: Mapping[tuple[str, date], list[Decimal]], rep_id: str, month: date
) -> Decimal | None:
    """Margin of a unit of revenue in the twelve months before."""
    margin = revenue = ZERO
    day = add_months(month, -12)
    while day < month:
        if (rep_id, day) in theirs:
            margin += theirs[rep_id, day][1]
            revenue += theirs[rep_id, day][2]
        day += ONE_DAY
    return rounded(Fraction(margin) / Fraction(revenue), SHARE_PLACES) if revenue else None


def _attainment(fact: Decimal, low: Decimal | None, high: Decimal | None) -> Fraction | None:
    if low is not None and fact < low:
        return Fraction(fact) / Fraction(low) if low else None
    if high is not None and fact > high:
        return Fraction(fact) / Fraction(high) if high else None
    return Fraction(1) if low else None
