"""The running year's plan of every client, and its exact sums up the company, in plain Python.

From the catalogue alone: last year's result, grown by the nearest assumption, capped by a
potential the CRM knows, spread by the seasons, with a low and a high end. Money is a Decimal of
four places, rounded half away from zero where a figure is published or shared out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT_OF_CENT = Decimal("0.0001")
SHARE_PLACES = Decimal("0.00000001")
LEVELS = ("client", "rep", "manager", "territory", "company")

Amounts = tuple[Decimal, Decimal, Decimal, Decimal]


@dataclass(frozen=True)
class Growth:
    """What was assumed of a scope: growth in sales and in price, as rates."""

    sales: Decimal
    price: Decimal


@dataclass(frozen=True)
class Settings:
    """``client_plan`` and ``potential`` of company.yml."""

    compound: bool
    range_below: Decimal
    range_above: Decimal
    minimum_like_clients: int


@dataclass(frozen=True)
class PlannedClient:
    """A client as the plan sees it: its place, its years' revenue, what it could buy."""

    client_id: str
    segment: str
    territory_id: str
    last_year: Decimal | None
    year_before: Decimal | None
    potential: Decimal | None
    is_wallet_estimated: bool


def rounded(value: Fraction | Decimal, places: Decimal = CENT_OF_CENT) -> Decimal:
    """Half away from zero, whichever kind of number it is."""
    exact = Fraction(value)
    scaled = abs(exact) / Fraction(places)
    whole = (scaled + Fraction(1, 2)).__floor__()
    return (Decimal(whole) * places * (1 if exact >= 0 else -1)).quantize(
        places, rounding=ROUND_HALF_UP
    )


def grown(base: Decimal, growth: Growth, compound: bool) -> Decimal:
    """Last year's result with its growth: 1,000,000 at 10% and 5% is 1,150,000."""
    if compound:
        return rounded(Fraction(base) * Fraction(1 + growth.sales) * Fraction(1 + growth.price))
    return rounded(Fraction(base) * Fraction(1 + growth.sales + growth.price))


def nearest_growth(
    client: PlannedClient,
    assumptions: Mapping[tuple[str, str], Growth],
    territory_parents: Mapping[str, str | None],
) -> tuple[str | None, Growth]:
    """The client's own assumption, else its segment's, territory's or the company's."""
    places = [("client", client.client_id), ("segment", client.segment)]
    territory: str | None = client.territory_id
    while territory is not None and ("territory", territory) not in places:
        places.append(("territory", territory))
        territory = territory_parents.get(territory)
    places.append(("company", "all"))
    for place in places:
        if place in assumptions:
            return place[0], assumptions[place]
    return None, Growth(Decimal(0), Decimal(0))


def won_shares(clients: Iterable[PlannedClient]) -> tuple[dict[str, list[Fraction]], Fraction]:
    """By segment, what those new last year won of their potential, with how many they were."""
    won: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0), Fraction(0)])
    for client in clients:
        if client.year_before is None and client.potential is not None and client.potential > 0:
            sums = won[client.segment]
            sums[0] += Fraction(max(client.last_year or Decimal(0), Decimal(0)))
            sums[1] += Fraction(client.potential)
            sums[2] += 1
    total = [sum(sums[i] for sums in won.values()) for i in (0, 1)]
    return won, Fraction(total[0], 1) / total[1]


def year_plans(
    clients: Sequence[PlannedClient],
    assumptions: Mapping[tuple[str, str], Growth],
    territory_parents: Mapping[str, str | None],
    settings: Settings,
) -> dict[str, Amounts]:
    """(base, low, plan, high) of each client that is planned."""
    by_segment, of_company = won_shares(clients)
    plans: dict[str, Amounts] = {}
    for client in clients:
        if client.last_year is None:
            if client.potential is None:
                continue
            won, potential, count = by_segment.get(client.segment, [Fraction(0)] * 3)
            share = won / potential if count >= settings.minimum_like_clients else of_company
            base = Decimal(0)
            plan = rounded(
                Fraction(max(client.potential, Decimal(0)))
                * Fraction(rounded(min(share, Fraction(1)), SHARE_PLACES))
            )
        else:
            base = max(client.last_year, Decimal(0))
            _, growth = nearest_growth(client, assumptions, territory_parents)
            plan = grown(base, growth, settings.compound)
        cap = None if client.is_wallet_estimated else client.potential
        if cap is not None:
            plan = min(plan, cap)
        high = rounded(Fraction(plan) * Fraction(1 + settings.range_above))
        if cap is not None:
            high = min(high, cap)
        low = rounded(Fraction(plan) * Fraction(1 - settings.range_below))
        if plan > 0 or base > 0:
            plans[client.client_id] = (base, low, plan, high)
    return plans


def cumulated_seasons(
    revenue: Mapping[tuple[str, int], Decimal], months: Sequence[date]
) -> dict[str, list[Decimal]]:
    """Each segment's shares of a year up to and with each of the year's months; ``all`` too."""
    sums: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for (segment, month_of_year), amount in revenue.items():
        sums[segment][month_of_year] += amount
        sums["all"][month_of_year] += amount
    shares: dict[str, list[Decimal]] = {}
    for segment, by_month in sums.items():
        total = sum(by_month.values(), Decimal(0))
        if total <= 0:
            continue
        reached, cumulated = Decimal(0), []
        for month in months:
            reached += by_month[month.month]
            cumulated.append(rounded(Fraction(reached) / Fraction(total), SHARE_PLACES))
        shares[segment] = cumulated
    return shares


def part(amount: Decimal, share_from: Decimal, share_to: Decimal) -> Decimal:
    """What lies between two cumulated shares of an amount; neighbours add up to it."""
    return rounded(Fraction(amount) * Fraction(share_to)) - rounded(
        Fraction(amount) * Fraction(share_from)
    )


def credit_parts(shares: Mapping[str, Decimal]) -> list[tuple[str, Decimal, Decimal]]:
    """Each rep with the cumulated shares of a client's credit it reaches from and to."""
    total, reached = sum(shares.values()), Decimal(0)
    parts = []
    for rep_id, share in sorted(shares.items(), key=lambda item: (-item[1], item[0])):
        share_from, share_to = (
            rounded(Fraction(end) / Fraction(total), SHARE_PLACES)
            for end in (reached, reached + share)
        )
        parts.append((rep_id, share_from, share_to))
        reached += share
    return parts


def month_plans(
    plans: Mapping[str, Amounts],
    segments: Mapping[str, str],
    seasons: Mapping[str, Sequence[Decimal]],
    months: Sequence[date],
) -> dict[tuple[str, date], Amounts]:
    """The year's amounts of every client spread over the year's months."""
    spread: dict[tuple[str, date], Amounts] = {}
    for client_id, amounts in plans.items():
        shares = seasons.get(segments[client_id], seasons["all"])
        before = Decimal(0)
        for month, share in zip(months, shares, strict=True):
            base, low, plan, high = (part(amount, before, share) for amount in amounts)
            spread[client_id, month] = (base, low, plan, high)
            before = share
    return spread


def by_entity(
    months: Mapping[tuple[str, date], Amounts],
    territories: Mapping[str, str],
    reps: Mapping[str, Sequence[tuple[str, Decimal, Decimal]]],
    managers: Mapping[str, Sequence[str]],
) -> dict[tuple[str, str, date], Amounts]:
    """The months' amounts on every level; a manager's are the sum of the team's.

    Args:
        months: (base, low, plan, high) by client and month.
        territories: each client's territory.
        reps: each client's reps with the cumulated shares of credit they reach from and to.
        managers: whoever stands above a rep, the rep included where that is a manager.
    """
    sums: dict[tuple[str, str, date], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)

    def add(level: str, entity: str, month: date, amounts: Sequence[Decimal]) -> None:
        row = sums[level, entity, month]
        sums[level, entity, month] = [a + b for a, b in zip(row, amounts, strict=True)]

    for (client_id, month), amounts in months.items():
        add("client", client_id, month, amounts)
        add("territory", territories[client_id], month, amounts)
        add("company", "all", month, amounts)
        for rep_id, share_from, share_to in reps[client_id]:
            parts = [part(amount, share_from, share_to) for amount in amounts]
            add("rep", rep_id, month, parts)
            for manager in managers.get(rep_id, ()):
                add("manager", manager, month, parts)
    return {key: (row[0], row[1], row[2], row[3]) for key, row in sums.items()}
