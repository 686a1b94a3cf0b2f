"""Monthly recurring revenue by looking at every client on the last day of every month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .dates import ONE_DAY, add_months, month_end, months_between
from .model import UNASSIGNED, UNKNOWN, ZERO, Client, exact, ratio, round_money

MONTHS_OF = {"month": Fraction(1), "quarter": Fraction(3), "year": Fraction(12)}
WEEKS_A_YEAR = 52
DAYS_A_YEAR = 365

Rates = Mapping[tuple[str, date], Decimal]
ClientMonth = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as the CRM tells of it; ``client_id`` is the account after merges."""

    client_id: str
    currency: str
    amount: Decimal
    billing_interval: str
    interval_count: int | None
    starts_on: date
    ends_on: date | None
    cancelled_on: date | None
    is_matched: bool = True


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A recurring line of a counted document; a credit note's amount is negative."""

    client_id: str
    currency: str
    amount: Decimal
    service_from: date
    service_to: date
    is_matched: bool = True
    is_tied: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """An amount for one month, in force from its first to its last day."""

    mrr_source: str
    client_id: str
    currency: str
    monthly_amount: Decimal
    first_day: date
    last_day: date
    is_matched: bool
    is_tied: bool

    def is_in_force(self, day: date) -> bool:
        """Whether the day is between the first and the last, both included."""
        return self.first_day <= day <= self.last_day


class Movement(NamedTuple):
    """One client's month, in one source."""

    opening: Decimal
    new: Decimal
    reactivation: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal
    exchange_rate_effect: Decimal
    closing: Decimal
    flagged: Decimal
    rules: frozenset[str]

    def has_moved(self) -> bool:
        """Whether anything but the month is another one."""
        return self.opening != self.closing or self.exchange_rate_effect != 0


class Recurring(NamedTuple):
    """One row of ``kpi_recurring_revenue`` without its key."""

    opening_mrr: Decimal
    new_mrr: Decimal
    reactivation_mrr: Decimal
    expansion_mrr: Decimal
    contraction_mrr: Decimal
    churn_mrr: Decimal
    exchange_rate_effect: Decimal
    closing_mrr: Decimal
    arr: Decimal
    clients_at_start: int
    clients_new: int
    clients_reactivated: int
    clients_expanded: int
    clients_contracted: int
    clients_lost: int
    clients_at_end: int
    gross_mrr_churn_rate: Fraction | None
    net_mrr_churn_rate: Fraction | None
    logo_churn_rate: Fraction | None
    quick_ratio: Fraction | None
    clients_in_quick_ratio: int
    mrr_12_months_ago: Decimal
    clients_12_months_ago: int
    net_revenue_retention: Fraction | None
    gross_revenue_retention: Fraction | None


class Cohort(NamedTuple):
    """One row of ``kpi_mrr_cohorts`` without its key."""

    cohort_clients: int
    cohort_mrr: Decimal
    clients: int
    mrr: Decimal
    client_retention_rate: Fraction | None
    mrr_retention_rate: Fraction | None


def monthly_amount(amount: Decimal, interval: str, count: int) -> Decimal:
    """What an amount every ``count`` intervals is for one month."""
    months = MONTHS_OF.get(interval, Fraction(12, WEEKS_A_YEAR)) * count
    return round_money(exact(amount) / months)


def service_amount(amount: Decimal, first: date, last: date) -> Decimal:
    """What an amount for the days from first to last is for one month."""
    after = last + ONE_DAY
    days = (after - first).days
    months = (after.year - first.year) * 12 + after.month - first.month
    if add_months(first, months) == after:
        return round_money(exact(amount) / months)
    if days % 7 == 0:
        return round_money(exact(amount) / (days // 7) * WEEKS_A_YEAR / 12)
    return round_money(exact(amount) / days * DAYS_A_YEAR / 12)


def terms_of(contracts: Iterable[Contract], lines: Iterable[ServiceLine]) -> Iterator[Term]:
    """Contracts and lines as terms; what is never in force or has no interval is left out."""
    for contract in contracts:
        count = 1 if contract.interval_count is None else contract.interval_count
        ends = [contract.ends_on or date.max]
        if contract.cancelled_on:
            ends.append(contract.cancelled_on - ONE_DAY)
        if count >= 1:
            yield Term(
                "contracts",
                contract.client_id,
                contract.currency,
                monthly_amount(contract.amount, contract.billing_interval, count),
                contract.starts_on,
                min(ends),
                contract.is_matched,
                True,
            )
    for line in lines:
        if line.service_from <= line.service_to:
            yield Term(
                "invoices",
                line.client_id,
                line.currency,
                service_amount(line.amount, line.service_from, line.service_to),
                line.service_from,
                line.service_to,
                line.is_matched,
                line.is_tied,
            )


class _Standing:
    """One client's amounts in force on one day, by currency."""

    def __init__(self, terms: Iterable[Term], day: date) -> None:
        self.amounts: dict[str, Decimal] = defaultdict(Decimal)
        self.untied: dict[str, Decimal] = defaultdict(Decimal)
        self.is_matched = True
        for term in terms:
            if term.is_in_force(day):
                self.amounts[term.currency] += term.monthly_amount
                if not term.is_tied:
                    self.untied[term.currency] += abs(term.monthly_amount)
                self.is_matched &= term.is_matched

    def worth(self, rates: Rates, month: date) -> Decimal:
        """All amounts at the rates of a month, before it is cut off at 0."""
        return _worth(self.amounts, rates, month)

    def flagged(self, rates: Rates, month: date) -> Decimal:
        worth = max(self.worth(rates, month), ZERO)
        return min(_worth(self.untied, rates, month), worth) if self.is_matched else worth

    def rules(self, rates: Rates, month: date) -> frozenset[str]:
        """Names of the rules that the amounts are under."""
        found = set()
        unknown = any(
            amount and (currency, month) not in rates for currency, amount in self.amounts.items()
        )
        if _worth(self.untied, rates, month) > 0:
            found.add("lines_do_not_tie")
        if unknown:
            found.add("missing_exchange_rate")
        if not self.is_matched and (unknown or self.worth(rates, month)):
            found.add("unmatched_client")
        if self.worth(rates, month) < 0:
            found.add("negative_mrr")
        return frozenset(found)


def _worth(amounts: Mapping[str, Decimal], rates: Rates, month: date) -> Decimal:
    return sum(
        (
            round_money(amount * rates.get((currency, month), ZERO))
            for currency, amount in amounts.items()
        ),
        ZERO,
    )


def _movement(
    before: _Standing, now: _Standing, rates: Rates, month: date, had_mrr: bool
) -> Movement:
    last_month = add_months(month, -1)
    opening = max(before.worth(rates, last_month), ZERO)
    closing = max(now.worth(rates, month), ZERO)
    new = reactivation = expansion = contraction = churn = effect = ZERO
    if not opening and closing and not had_mrr:
        new = closing
    elif not opening and closing:
        reactivation = closing
    elif opening and not closing:
        churn = opening
    elif opening and closing:
        effect = before.worth(rates, month) - opening
        expansion = max(closing - opening - effect, ZERO)
        contraction = max(opening + effect - closing, ZERO)
    return Movement(
        opening,
        new,
        reactivation,
        expansion,
        contraction,
        churn,
        effect,
        closing,
        now.flagged(rates, month),
        now.rules(rates, month),
    )


def movements(terms: Iterable[Term], rates: Rates, as_of: date) -> dict[ClientMonth, Movement]:
    """Every client's every month from the first in force to the run's day, by source."""
    by_client: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for term in terms:
        if term.first_day <= as_of and term.first_day <= term.last_day:
            by_client[term.mrr_source, term.client_id].append(term)
    found: dict[ClientMonth, Movement] = {}
    for (source, client_id), own in by_client.items():
        before = _Standing((), as_of)
        had_mrr = False
        for month in months_between(min(term.first_day for term in own), as_of):
            now = _Standing(own, min(month_end(month), as_of))
            moved = _movement(before, now, rates, month, had_mrr)
            found[source, client_id, month] = moved
            had_mrr |= moved.closing > 0
            before = now
    return found


def _cuts(client: Client | None) -> Iterator[tuple[str, str]]:
    yield "company", "all"
    yield "segment", client.segment if client else UNKNOWN
    yield "territory", client.territory if client else UNKNOWN
    yield "rep", (client.owner if client else None) or UNASSIGNED
    yield "acquisition_channel", client.channel if client else UNKNOWN


def recurring_revenue(
    found: Mapping[ClientMonth, Movement], clients: Mapping[str, Client]
) -> dict[tuple[date, str, str, str], Recurring]:
    """``kpi_recurring_revenue`` by (month_start, mrr_source, cut, cut_id), where MRR is or was."""
    groups: dict[tuple[date, str, str, str], list[ClientMonth]] = defaultdict(list)
    for key in found:
        source, client_id, month = key
        for cut, cut_id in _cuts(clients.get(client_id)):
            groups[month, source, cut, cut_id].append(key)
    rows = {group: _recurring(found, keys) for group, keys in groups.items()}
    return {
        group: row
        for group, row in rows.items()
        if row.opening_mrr or row.closing_mrr or row.mrr_12_months_ago
    }


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _count(amounts: Iterable[Decimal]) -> int:
    return sum(1 for amount in amounts if amount)


def _recurring(found: Mapping[ClientMonth, Movement], keys: list[ClientMonth]) -> Recurring:
    rows = [found[key] for key in keys]
    opening = _total(row.opening for row in rows)
    new = _total(row.new for row in rows)
    reactivation = _total(row.reactivation for row in rows)
    expansion = _total(row.expansion for row in rows)
    contraction = _total(row.contraction for row in rows)
    churn = _total(row.churn for row in rows)
    closing = _total(row.closing for row in rows)
    at_start = _count(row.opening for row in rows)
    begun = _count(row.new for row in rows)
    expanded = _count(row.expansion for row in rows)
    contracted = _count(row.contraction for row in rows)
    lost = _count(row.churn for row in rows)
    then_now = []
    for source, client_id, month in keys:
        earlier = found.get((source, client_id, add_months(month, -12)))
        if earlier and earlier.closing:
            then_now.append((earlier.closing, found[source, client_id, month].closing))
    then = _total(before for before, _ in then_now)
    return Recurring(
        opening_mrr=opening,
        new_mrr=new,
        reactivation_mrr=reactivation,
        expansion_mrr=expansion,
        contraction_mrr=contraction,
        churn_mrr=churn,
        exchange_rate_effect=_total(row.exchange_rate_effect for row in rows),
        closing_mrr=closing,
        arr=12 * closing,
        clients_at_start=at_start,
        clients_new=begun,
        clients_reactivated=_count(row.reactivation for row in rows),
        clients_expanded=expanded,
        clients_contracted=contracted,
        clients_lost=lost,
        clients_at_end=_count(row.closing for row in rows),
        gross_mrr_churn_rate=ratio(churn + contraction, opening),
        net_mrr_churn_rate=ratio(churn + contraction - expansion - reactivation, opening),
        logo_churn_rate=ratio(lost, at_start),
        quick_ratio=ratio(new + expansion, contraction + churn),
        clients_in_quick_ratio=begun + expanded + contracted + lost,
        mrr_12_months_ago=then,
        clients_12_months_ago=len(then_now),
        net_revenue_retention=ratio(_total(now for _, now in then_now), then),
        gross_revenue_retention=ratio(_total(min(pair) for pair in then_now), then),
    )


def cohorts(found: Mapping[ClientMonth, Movement]) -> dict[tuple[str, date, int], Cohort]:
    """``kpi_mrr_cohorts`` by (mrr_source, cohort_month, months_since)."""
    first: dict[tuple[str, str], date] = {
        (source, client_id): month for (source, client_id, month), row in found.items() if row.new
    }
    members: dict[tuple[str, date, int], list[Decimal]] = defaultdict(list)
    for (source, client_id, month), row in found.items():
        cohort = first.get((source, client_id))
        if cohort and month >= cohort:
            since = (month.year - cohort.year) * 12 + month.month - cohort.month
            members[source, cohort, since].append(row.closing)
    rows = {}
    for (source, cohort, since), closings in members.items():
        at_first = members[source, cohort, 0]
        clients = sum(1 for closing in closings if closing)
        mrr, first_mrr = sum(closings, ZERO), sum(at_first, ZERO)
        rows[source, cohort, since] = Cohort(
            len(at_first),
            first_mrr,
            clients,
            mrr,
            ratio(clients, len(at_first)),
            ratio(mrr, first_mrr),
        )
    return rows


def carried_forward(
    quotes: Mapping[tuple[str, date], Decimal], reporting_currency: str, first: date, as_of: date
) -> dict[tuple[str, date], Decimal]:
    """The rate of every month from the first: its own quote, else the latest earlier one."""
    rates: dict[tuple[str, date], Decimal] = {}
    currencies = {currency for currency, _ in quotes}
    for month in months_between(first, as_of):
        rates[reporting_currency, month] = Decimal(1)
        for currency in currencies:
            known = quotes.get((currency, month), rates.get((currency, add_months(month, -1))))
            if known is not None:
                rates[currency, month] = known
    return rates
