"""Gamma-Gamma against its published parameters and another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from lifetimes import GammaGammaFitter

from dagster_project.valuation.gamma_gamma import ValueModel, fit_value_model
from tests.unit.valuation.cdnow import cdnow

PUBLISHED = ValueModel(p=6.25, q=3.74, v=15.44)


def test_the_published_parameters_are_found() -> None:
    """Those of Fader and Hardie's note 025, to the digits given there."""
    histories, mean_value = cdnow()
    repeated = histories.repeats > 0
    model = fit_value_model(histories.repeats[repeated], mean_value[repeated])
    assert model is not None
    assert model.p == pytest.approx(PUBLISHED.p, abs=0.01)
    assert model.q == pytest.approx(PUBLISHED.q, abs=0.01)
    assert model.v == pytest.approx(PUBLISHED.v, abs=0.01)


def test_every_customer_is_valued_as_another_implementation_values() -> None:
    histories, mean_value = cdnow()
    peer = GammaGammaFitter()
    peer.params_ = vars(PUBLISHED)
    expected = peer.conditional_expected_average_profit(histories.repeats, mean_value)
    found = PUBLISHED.expected_value(histories.repeats, mean_value)
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_currency_changes_v_alone() -> None:
    histories, mean_value = cdnow()
    repeated = histories.repeats > 0
    repeats, values = histories.repeats[repeated], mean_value[repeated]
    dollars, yen = fit_value_model(repeats, values), fit_value_model(repeats, values * 150)
    assert dollars is not None
    assert yen is not None
    assert yen.v == pytest.approx(150 * dollars.v, rel=1e-4)
    assert (yen.p, yen.q) == pytest.approx((dollars.p, dollars.q), rel=1e-4)


def test_one_seen_once_is_taken_for_the_mean_of_all() -> None:
    [value] = PUBLISHED.expected_value(np.array([0.0]), np.array([np.nan]))
    assert value == pytest.approx(6.25 * 15.44 / 2.74)


def test_values_that_are_all_alike_are_expected_again() -> None:
    model = fit_value_model(np.full(40, 3.0), np.full(40, 100.0))
    assert model is not None
    expected = model.expected_value(np.array([0.0, 3.0]), np.array([np.nan, 100.0]))
    assert expected == pytest.approx(100, rel=0.01)
