"""What the best clients have in common: groups of clients, ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .client_plan import rounded

TRAITS = ("segment", "size_band", "territory_id", "acquisition_channel")
#: Each cut with the traits that it groups by.
CUTS: Mapping[str, tuple[str, ...]] = {
    "segment": ("segment",),
    "size_band": ("size_band",),
    "territory": ("territory_id",),
    "acquisition_channel": ("acquisition_channel",),
    "combination": TRAITS,
}


@dataclass(frozen=True)
class Profile:
    """One client that ever bought; money in the reporting currency, None where not known."""

    traits: Mapping[str, str]
    revenue: Decimal
    margin: Decimal | None
    expected_ltv: Decimal | None
    is_lost: bool
    is_top_tier: bool
    days_to_first_order: int | None
    payment_delay_days: int | None


class Group(NamedTuple):
    """A row of ``kpi_ideal_client``."""

    rank_in_cut: int
    clients: int
    is_small_base: bool
    historic_revenue: Decimal
    revenue_per_client: Decimal
    margin_per_client: Decimal | None
    clients_with_margin: int
    expected_ltv_per_client: Decimal | None
    lost_share: Fraction
    top_tier_share: Fraction
    median_days_to_first_order: Fraction | None
    clients_with_lead: int
    median_payment_delay_days: Fraction | None
    clients_with_payments: int


def median(values: Iterable[int]) -> Fraction | None:
    """The middle value, or the mean of the middle two; None without any."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return Fraction(ordered[half] + ordered[-half - 1], 2)


def mean(amounts: Sequence[Decimal]) -> Decimal | None:
    """Money a client, to four places; None without clients."""
    return rounded(Fraction(sum(amounts, Decimal(0))) / len(amounts)) if amounts else None


def groups(profiles: Iterable[Profile], minimum_clients: int) -> dict[tuple[str, ...], Group]:
    """Every group by cut and traits, ranked by revenue a client."""
    members: dict[tuple[str, ...], list[Profile]] = defaultdict(list)
    for profile in profiles:
        for cut, named in CUTS.items():
            traits = (profile.traits[trait] if trait in named else "all" for trait in TRAITS)
            members[cut, *traits].append(profile)
    found = {key: _group(theirs, minimum_clients) for key, theirs in members.items()}
    ranked: dict[tuple[str, ...], Group] = {}
    for cut in CUTS:
        best_first = sorted(
            (key for key in found if key[0] == cut),
            key=lambda key: (
                found[key].is_small_base,
                -found[key].revenue_per_client,
                found[key].lost_share,
                key,
            ),
        )
        for place, key in enumerate(best_first, start=1):
            ranked[key] = found[key]._replace(rank_in_cut=place)
    return ranked


def _group(profiles: Sequence[Profile], minimum_clients: int) -> Group:
    margins = [profile.margin for profile in profiles if profile.margin is not None]
    expected = [profile.expected_ltv for profile in profiles if profile.expected_ltv is not None]
    days = [each.days_to_first_order for each in profiles if each.days_to_first_order is not None]
    delays = [each.payment_delay_days for each in profiles if each.payment_delay_days is not None]
    revenue = [profile.revenue for profile in profiles]
    return Group(
        rank_in_cut=0,
        clients=len(profiles),
        is_small_base=len(profiles) < minimum_clients,
        historic_revenue=sum(revenue, Decimal(0)),
        revenue_per_client=mean(revenue) or Decimal(0),
        margin_per_client=mean(margins),
        clients_with_margin=len(margins),
        expected_ltv_per_client=mean(expected),
        lost_share=Fraction(sum(profile.is_lost for profile in profiles), len(profiles)),
        top_tier_share=Fraction(sum(profile.is_top_tier for profile in profiles), len(profiles)),
        median_days_to_first_order=median(days),
        clients_with_lead=len(days),
        median_payment_delay_days=median(delays),
        clients_with_payments=len(delays),
    )
