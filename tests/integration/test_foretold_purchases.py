"""What clients are expected to buy, on a simulated company: histories again from the documents,
and both models by another implementation of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from lifetimes import BetaGeoFitter, GammaGammaFitter
from numpy.typing import NDArray
from scipy.optimize import minimize

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import read_mart
from tests.integration.warehouse import rows

Floats = NDArray[np.float64]

AS_OF = date(2025, 12, 31)
DAYS_AHEAD = 365
ALL = "all"
PARAMETERS = {
    "bg_nbd_r": "r",
    "bg_nbd_alpha_days": "alpha",
    "bg_nbd_a": "a",
    "bg_nbd_b": "b",
    "gamma_gamma_p": "p",
    "gamma_gamma_q": "q",
    "gamma_gamma_v": "v",
}
FORETOLD = (
    "probability_active",
    "expected_purchases_12_months",
    "expected_purchase_value",
    "expected_revenue_12_months",
)


@dataclass(frozen=True)
class History:
    """The days on which a client bought, and what each brought net of credit notes."""

    days: Mapping[date, Decimal]

    @property
    def repeats(self) -> int:
        return len(self.days) - 1

    @property
    def recency(self) -> int:
        return (max(self.days) - min(self.days)).days

    @property
    def age(self) -> int:
        return (AS_OF - min(self.days)).days

    @property
    def mean_repeat(self) -> float:
        later = [value for day, value in self.days.items() if day != min(self.days)]
        return float(sum(later) / len(later)) if later else 0.0


@pytest.fixture(scope="module")
def histories(simulated: Published) -> dict[str, History]:
    """Of every client that never had a contract."""
    bought: dict[str, set[date]] = defaultdict(set)
    brought: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for client, day, kind, amount, revenue in rows(
        simulated,
        "SELECT client_id, issued_on, document_type, net_amount, net_revenue "
        "FROM intermediate.int_documents",
    ):
        brought[client, day] += revenue or Decimal(0)
        if kind == "invoice" and amount > 0:
            bought[client].add(day)
    under_contract = {
        client
        for client, start, end in rows(
            simulated, "SELECT client_id, starts_on, last_day FROM intermediate.int_contracts"
        )
        if start <= AS_OF and (end is None or start <= end)
    }
    return {
        client: History({day: brought[client, day] for day in sorted(days)})
        for client, days in bought.items()
        if client not in under_contract
    }


@pytest.fixture(scope="module")
def segments(simulated: Published, histories: dict[str, History]) -> dict[str, str]:
    """Of the same clients."""
    found = read_mart(simulated, "kpi_client_value", ("client_id",), ("segment",))
    return {client: found[(client,)][0] for client in histories}


def test_histories(simulated: Published, histories: dict[str, History]) -> None:
    found = read_mart(
        simulated,
        "kpi_client_value",
        ("client_id",),
        ("has_contract", "purchase_days", "mean_repeat_purchase"),
    )
    told = {key[0]: row for key, row in found.items() if row[0] is False}
    assert told.keys() == histories.keys()
    assert len(told) > 100
    for client, (_, purchase_days, mean) in told.items():
        assert purchase_days == histories[client].repeats + 1
        # A document's lines are converted and rounded one by one.
        assert float(mean or 0) == pytest.approx(histories[client].mean_repeat, abs=0.001)


def test_segments_are_counted(
    simulated: Published, histories: dict[str, History], segments: dict[str, str]
) -> None:
    found = read_mart(
        simulated,
        "kpi_purchase_model",
        ("segment",),
        ("clients", "repeat_buyers", "repeat_purchases", "is_small_base"),
    )
    expected = {}
    for segment in {*segments.values(), ALL}:
        repeats = [history.repeats for history in of(histories, segments, segment).values()]
        repeat_buyers = sum(count > 0 for count in repeats)
        is_small = repeat_buyers < SIMULATED_COMPANY.client_value.least_repeat_buyers
        expected[(segment,)] = (len(repeats), repeat_buyers, sum(repeats), is_small)
    assert {key: tuple(row) for key, row in found.items()} == expected
    assert {row[3] for row in found.values()} == {True, False}


def test_every_client_is_told_as_another_implementation_tells(
    simulated: Published, histories: dict[str, History], segments: dict[str, str]
) -> None:
    models = parameters(simulated)
    found = read_mart(simulated, "kpi_client_value", ("client_id",), ("purchase_model", *FORETOLD))
    told = {client: found[(client,)] for client in histories}
    assert {client: row[0] for client, row in told.items()} == {
        client: segments[client] if segments[client] in models else ALL for client in histories
    }
    for segment, model in models.items():
        clients = [client for client, row in told.items() if row[0] == segment]
        chosen = {client: histories[client] for client in clients}
        repeats, recency, age, mean = (
            column(chosen, name) for name in ("repeats", "recency", "age", "mean_repeat")
        )
        purchases, values = BetaGeoFitter(), GammaGammaFitter()
        purchases.params_ = {name: model[name] for name in ("r", "alpha", "a", "b")}
        values.params_ = {name: model[name] for name in ("p", "q", "v")}
        active = purchases.conditional_probability_alive(repeats, recency, age)
        ahead = purchases.conditional_expected_number_of_purchases_up_to_time(
            DAYS_AHEAD, repeats, recency, age
        )
        value = values.conditional_expected_average_profit(repeats, mean)
        figures = np.array([[float(figure) for figure in told[client][1:]] for client in clients])
        if not clients:
            continue
        assert figures[:, 0] == pytest.approx(active, rel=1e-6)
        assert figures[:, 1] == pytest.approx(ahead, rel=1e-6)
        assert figures[:, 2] == pytest.approx(value, abs=0.01)
        assert figures[:, 3] == pytest.approx(ahead * value, rel=1e-4)


def test_no_other_parameters_are_more_likely(
    simulated: Published, histories: dict[str, History], segments: dict[str, str]
) -> None:
    """By the other implementation's likelihood, searched without a gradient."""
    for segment, model in parameters(simulated).items():
        chosen = of(histories, segments, segment)
        columns = [column(chosen, name) for name in ("repeats", "recency", "age")]
        is_no_worse(BetaGeoFitter(), columns, [model[name] for name in ("r", "alpha", "a", "b")])
        valued = {client: one for client, one in chosen.items() if one.mean_repeat > 0}
        columns = [column(valued, name) for name in ("repeats", "mean_repeat")]
        is_no_worse(GammaGammaFitter(), columns, [model[name] for name in ("p", "q", "v")])


def is_no_worse(peer: Any, columns: list[Floats], published: list[float]) -> None:
    def unlikeliness(logs: Floats) -> float:
        once = np.ones(len(columns[0]))
        return float(peer._negative_log_likelihood(logs, *columns, once, 0))

    # Wider than any market, and no wider: beyond, gamma functions of a thousand million are
    # told from each other, and a double has no digits left for that.
    bounds = [(-20.0, 20.0)] * len(published)
    found = np.log(published)
    for start in (found, np.where(found > 4, 4.0, 0.0)):
        best = minimize(
            unlikeliness,
            start,
            method="Nelder-Mead",
            bounds=bounds,
            options={"maxfev": 4_000},
        )
        assert unlikeliness(found) <= best.fun + 1e-3


def of(
    histories: Mapping[str, History], segments: Mapping[str, str], segment: str
) -> dict[str, History]:
    return {
        client: history
        for client, history in histories.items()
        if segment in (ALL, segments[client])
    }


def column(histories: Mapping[str, History], name: str) -> Floats:
    return np.array([float(getattr(history, name)) for history in histories.values()])


def parameters(simulated: Published) -> dict[str, dict[str, float]]:
    """Those published of each segment that has any, by the literature's names for them."""
    found = read_mart(simulated, "kpi_purchase_model", ("segment",), tuple(PARAMETERS))
    return {
        segment: dict(zip(PARAMETERS.values(), map(float, row), strict=True))
        for (segment,), row in found.items()
        if row[0] is not None
    }
