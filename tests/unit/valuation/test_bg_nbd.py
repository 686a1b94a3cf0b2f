"""BG/NBD against its published parameters, another implementation, and plain integration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifetimes import BetaGeoFitter
from scipy.integrate import quad
from scipy.special import betaincinv

from dagster_project.valuation.bg_nbd import PurchaseHistories, PurchaseModel, fit_purchase_model
from tests.unit.valuation.cdnow import cdnow

PUBLISHED = PurchaseModel(r=0.243, alpha=4.414, a=0.793, b=2.426)


def history(repeats: float, recency: float, age: float) -> PurchaseHistories:
    return PurchaseHistories(np.array([repeats]), np.array([recency]), np.array([age]))


def test_the_published_parameters_are_found() -> None:
    """Table 2 of Fader, Hardie and Lee (2005)."""
    model = fit_purchase_model(cdnow()[0])
    assert model is not None
    found = {name: round(value, 3) for name, value in vars(model).items()}
    assert found == vars(PUBLISHED)


def test_the_unit_of_time_changes_nothing_but_alpha() -> None:
    weeks, _ = cdnow()
    days = PurchaseHistories(weeks.repeats, weeks.recency * 7, weeks.age * 7)
    by_week, by_day = fit_purchase_model(weeks), fit_purchase_model(days)
    assert by_week is not None
    assert by_day is not None
    assert by_day.alpha == pytest.approx(7 * by_week.alpha, rel=1e-4)
    assert by_day.r == pytest.approx(by_week.r, rel=1e-4)
    assert by_day.expected_purchases(days, 273) == pytest.approx(
        by_week.expected_purchases(weeks, 39), rel=1e-4
    )


def test_every_customer_is_told_as_another_implementation_tells() -> None:
    histories, _ = cdnow()
    peer = BetaGeoFitter()
    peer.params_ = vars(PUBLISHED)
    columns = (histories.repeats, histories.recency, histories.age)
    expected = peer.conditional_expected_number_of_purchases_up_to_time(39, *columns)
    assert PUBLISHED.expected_purchases(histories, 39) == pytest.approx(expected, rel=1e-9)
    active = peer.conditional_probability_alive(*columns)
    assert PUBLISHED.probability_active(histories) == pytest.approx(active, rel=1e-9)


@given(
    r=st.floats(0.05, 20),
    alpha=st.floats(0.5, 500),
    a=st.floats(0.05, 20),
    b=st.floats(0.1, 50),
    repeats=st.integers(0, 600),
    age=st.floats(1, 4_000),
    ahead=st.floats(1, 400),
)
@settings(max_examples=150, deadline=None)
def test_expected_purchases_are_the_integral_over_the_chance_to_leave(
    r: float, alpha: float, a: float, b: float, repeats: int, age: float, ahead: float
) -> None:
    """Of a client who is active: the posterior mean of ``(1 - exp(-rate p t)) / p``."""
    model = PurchaseModel(r, alpha, a, b)
    histories = history(repeats, age if repeats else 0, age)
    shape, rate = r + repeats, alpha + age

    def at(quantile: float) -> float:
        leaving = max(float(betaincinv(a, b + repeats, quantile)), 1e-300)
        return float(-np.expm1(-shape * np.log1p(leaving * ahead / rate)) / leaving)

    integral, _ = quad(at, 0, 1, limit=500)
    expected = integral * float(model.probability_active(histories)[0])
    assert model.expected_purchases(histories, ahead)[0] == pytest.approx(expected, rel=1e-4)


@given(repeats=st.integers(0, 2_000), recency=st.floats(1, 3_000), rest=st.floats(0, 3_000))
def test_what_is_told_stays_within_reason(repeats: int, recency: float, rest: float) -> None:
    told = history(repeats, recency if repeats else 0, recency + rest)
    [active], [purchases] = (
        PUBLISHED.probability_active(told),
        PUBLISHED.expected_purchases(told, 365),
    )
    assert 0 <= active <= 1
    assert 0 <= purchases <= 365 * (PUBLISHED.r + repeats) / (PUBLISHED.alpha + recency + rest)


def test_nobody_who_came_back_gives_no_parameters() -> None:
    nothing = np.zeros(50)
    assert fit_purchase_model(PurchaseHistories(nothing, nothing, nothing)) is None
    assert fit_purchase_model(PurchaseHistories(nothing, nothing, nothing + 100)) is None


def test_clients_who_are_all_alike_are_told_as_they_are() -> None:
    """Everybody bought ten times in 300 days, the last time today: 1 more in 30 days."""
    same = np.ones(60)
    histories = PurchaseHistories(10 * same, 300 * same, 300 * same)
    model = fit_purchase_model(histories)
    assert model is not None
    assert model.expected_purchases(histories, 30) == pytest.approx(1, rel=0.02)
