"""What to work on first: clients, outlets and territories in focus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .bills import Books
from .client_plan import rounded
from .dates import ONE_DAY, add_months, month_start
from .model import ZERO

#: From the first tier down.
TIERS = ("tier 1", "tier 2", "tier 3", "to develop")


@dataclass(frozen=True)
class Settings:
    """What is near enough and low enough (``focus_list`` in company.yml)."""

    reach_share: Fraction
    minimum_like_outlets: int
    lift_below_share: Fraction
    drop_months: int
    untapped_headroom_share: Fraction


@dataclass(frozen=True)
class Client:
    """A client as its tier and its newest potential have it; money in the reporting currency."""

    territory_id: str
    territory_name: str
    likeness: tuple[str, str]
    tier: str
    revenue_12_months: Decimal
    potential: Decimal | None
    headroom: Decimal | None


@dataclass(frozen=True)
class Region:
    """A region's outlets in a month."""

    region: str
    month: date
    last_day: date
    needed: int
    feasible: int
    average_sales: Decimal


class Item(NamedTuple):
    """What is compared of a row of ``kpi_focus_list``."""

    kind: str
    place: str
    client_id: str | None
    due_on: date
    outlets: int | None
    expected_amount: Decimal


def focus_list(
    clients: Mapping[str, Client],
    regions: Iterable[Region],
    losses: Mapping[str, Decimal],
    settings: Settings,
    quarter_end: date,
) -> dict[str, Item]:
    """Everything in focus, by item.

    Args:
        clients: all clients by id.
        regions: the months of the regions that are not over.
        losses: what each client cost above its margin, where it did in all the months.
        settings: what counts.
        quarter_end: last day of the running fiscal quarter.
    """
    found: dict[str, Item] = {}

    def add(kind: str, client_id: str, amount: Decimal) -> None:
        place = clients[client_id].territory_name
        found[f"{kind}:{client_id}"] = Item(kind, place, client_id, quarter_end, None, amount)

    lines = {
        tier: min(one.revenue_12_months for one in clients.values() if one.tier == tier)
        for tier in {one.tier for one in clients.values()}
    }
    for client_id, client in clients.items():
        above = TIERS.index(client.tier) - 1
        if client.revenue_12_months > 0 and above >= 0 and TIERS[above] in lines:
            gap = lines[TIERS[above]] - client.revenue_12_months
            if (
                client.headroom is not None
                and gap <= client.headroom
                and gap <= settings.reach_share * Fraction(client.revenue_12_months)
            ):
                add("strengthen_client", client_id, gap)
    for client_id, median in _medians(clients, settings.minimum_like_outlets).items():
        revenue = clients[client_id].revenue_12_months
        if revenue < settings.lift_below_share * Fraction(median):
            add("lift_outlet", client_id, median - revenue)
    for client_id, loss in losses.items():
        add("drop_outlet", client_id, loss)
    for region in regions:
        if outlets := min(region.needed, region.feasible):
            found[f"open_outlet:{region.region}:{region.month}"] = Item(
                "open_outlet",
                region.region,
                None,
                region.last_day,
                outlets,
                outlets * region.average_sales,
            )
    found.update(_territories(clients, settings, quarter_end))
    return found


def _median(amounts: Sequence[Decimal]) -> Decimal:
    ordered = sorted(amounts)
    half = len(ordered) // 2
    return rounded(Fraction(ordered[half] + ordered[-half - 1]) / 2)


def _medians(clients: Mapping[str, Client], minimum: int) -> dict[str, Decimal]:
    """The median revenue of those like it, of each outlet that has enough of them."""
    like: dict[tuple[str, str], list[str]] = defaultdict(list)
    for client_id, client in clients.items():
        if client.revenue_12_months > 0:
            like[client.likeness].append(client_id)
    return {
        client_id: _median([clients[other].revenue_12_months for other in group])
        for group in like.values()
        if len(group) >= minimum
        for client_id in group
    }


def _territories(
    clients: Mapping[str, Client], settings: Settings, quarter_end: date
) -> dict[str, Item]:
    members: dict[str, list[Client]] = defaultdict(list)
    for client in clients.values():
        if client.territory_id != "unknown":
            members[client.territory_id].append(client)
    revenue = {
        territory: sum((one.revenue_12_months for one in theirs), ZERO)
        for territory, theirs in members.items()
    }
    typical = _median(list(revenue.values()))
    found = {}
    for territory, theirs in members.items():
        potential = sum((one.potential or ZERO for one in theirs), ZERO)
        headroom = sum((one.headroom or ZERO for one in theirs), ZERO)
        if revenue[territory] < typical:
            untapped = headroom >= settings.untapped_headroom_share * Fraction(potential)
            found[f"territory:{territory}"] = Item(
                "untapped_territory" if untapped else "leave_territory",
                theirs[0].territory_name,
                None,
                quarter_end,
                None,
                headroom if untapped else -revenue[territory],
            )
    return found


def losses(books: Books, months: int) -> dict[str, Decimal]:
    """What clients cost above their margin, who did so in each of the last whole months."""
    after = month_start(books.as_of + ONE_DAY)
    judged = [add_months(after, -back) for back in range(1, months + 1)]
    visits: dict[tuple[str, date], list[str | None]] = defaultdict(list)
    for row in books.rows("crm.activities"):
        month = month_start(row["occurred_at"].date())
        if row["activity_type"] == "visit" and month in judged:
            visits[row["rep_id"], month].append(books.clients.get(row["account_id"]))
    wages: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for row in books.rows("accounting.rep_costs"):
        worth = books.worth(row["amount"], row["currency"], row["month"])
        wages[row["rep_id"], month_start(row["month"])] += worth or ZERO
    costs: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for (rep_id, month), visited in visits.items():
        for client_id in {client for client in visited if client is not None}:
            if (rep_id, month) in wages:
                part = Fraction(visited.count(client_id), len(visited))
                costs[client_id, month] += rounded(Fraction(wages[rep_id, month]) * part)
    for row in books.rows("planning.client_actions"):
        done_on = row["done_on"]
        client = books.clients.get(row["account_id"])
        if client and done_on and month_start(done_on) in judged and row["budget_amount"]:
            planned_on = min(row["planned_on"], books.as_of)
            worth = books.worth(row["budget_amount"], row["currency"], planned_on)
            costs[client, month_start(done_on)] += worth or ZERO
    margins: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for bill in books.bills:
        for net, cost in bill.costs:
            if net is not None and cost is not None:
                margins[bill.client_id, month_start(bill.day)] += net - cost
    found: dict[str, Decimal] = {}
    for client in {client for client, _ in costs}:
        over = [costs[client, month] - margins[client, month] for month in judged]
        if all((client, month) in costs for month in judged) and min(over) > 0:
            found[client] = sum(over, ZERO)
    return found
