"""The likelihoods' slopes are those of the likelihoods, and the search ends at the top."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from dagster_project.valuation import bg_nbd, gamma_gamma
from dagster_project.valuation.likelihood import most_likely
from tests.command_line import PROJECT_ROOT
from tests.unit.valuation.cdnow import cdnow
from tests.unit.valuation.loyal_clients import SEEDS, loyal_clients

#: What makes a processor pass for an older one: to the logarithms of C, to NumPy's, and to
#: the linear algebra below SciPy.
OLDER_PROCESSOR = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2_Usable,-FMA_Usable,-AVX2,-FMA,-AVX",
    "NPY_DISABLE_CPU_FEATURES": "FMA3 AVX2 AVX512F",
    "OPENBLAS_CORETYPE": "Nehalem",
}

parameter = st.floats(0.2, 30)


@settings(deadline=None, max_examples=50)
@given(st.tuples(parameter, parameter, parameter, parameter))
def test_slopes_of_how_often_clients_buy(parameters: tuple[float, ...]) -> None:
    histories, _ = cdnow()
    _, slopes = bg_nbd.mean_log_likelihood(bg_nbd.PurchaseModel(*parameters), histories)
    by_steps = approx_fprime(
        np.array(parameters),
        lambda at: bg_nbd.mean_log_likelihood(bg_nbd.PurchaseModel(*at), histories)[0],
        1e-6,
    )
    assert slopes == pytest.approx(by_steps, rel=1e-3, abs=1e-5)


@settings(deadline=None, max_examples=50)
@given(st.tuples(parameter, parameter, parameter))
def test_slopes_of_what_a_purchase_is_worth(parameters: tuple[float, ...]) -> None:
    histories, values = cdnow()
    bought = histories.repeats > 0
    columns = histories.repeats[bought], values[bought] / np.mean(values[bought])
    columns = columns[0], np.maximum(columns[1], 0.01)
    _, slopes = gamma_gamma.mean_log_likelihood(gamma_gamma.ValueModel(*parameters), *columns)
    by_steps = approx_fprime(
        np.array(parameters),
        lambda at: gamma_gamma.mean_log_likelihood(gamma_gamma.ValueModel(*at), *columns)[0],
        1e-6,
    )
    assert slopes == pytest.approx(by_steps, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(
    ("histories", "alpha"),
    [(cdnow()[0], 30), (loyal_clients(seed=1), 900), (loyal_clients(seed=3), 900)],
    ids=["CDNOW", "hardly one ever leaves", "some leave"],
)
def test_another_start_ends_in_the_same_parameters(
    histories: bg_nbd.PurchaseHistories, alpha: float
) -> None:
    """To the digit: what is left of a search must not show in a published figure."""

    def likelihood(parameters: bg_nbd.Floats) -> tuple[float, bg_nbd.Floats]:
        return bg_nbd.mean_log_likelihood(bg_nbd.PurchaseModel(*parameters), histories)

    one = most_likely(likelihood, scales=(1, alpha, 1, 1))
    other = most_likely(likelihood, scales=(0.5, alpha / 3, 2, 3))
    assert one is not None
    assert other is not None
    assert list(one) == list(other)


@pytest.mark.parametrize("seed", range(1, 61))
def test_no_slope_is_left_where_the_search_ends(seed: int) -> None:
    """But at an edge, where likelihood still grows beyond it. By six digits of a parameter."""
    histories = loyal_clients(seed, chance_to_leave=0.01)
    found = bg_nbd.fit_purchase_model(histories)
    assert found is not None
    parameters = np.array([found.r, found.alpha, found.a, found.b])
    _, slopes = bg_nbd.mean_log_likelihood(found, histories)
    units = np.array([1, np.mean(histories.age), 1, 1])
    by_logarithm, logarithms = slopes * parameters, np.log(parameters / units)
    at_edge = np.abs(logarithms) > 8.9999
    assert np.all(np.abs(by_logarithm[~at_edge]) < 2e-5)
    assert np.all((by_logarithm * np.sign(logarithms))[at_edge] > -2e-5)


def test_another_processor_ends_in_the_same_parameters() -> None:
    """Where the top is all but flat, one that rounds otherwise would end elsewhere."""
    said = [
        subprocess.run(
            [sys.executable, "-m", "tests.unit.valuation.loyal_clients"],
            cwd=PROJECT_ROOT,
            env={**os.environ, **processor},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for processor in ({}, OLDER_PROCESSOR)
    ]
    assert said[0].count("PurchaseModel") == len(SEEDS)
    assert said[0] == said[1]


def test_parameters_that_all_grow_without_end_stay_at_their_edge() -> None:
    found = most_likely(
        lambda parameters: (float(np.sum(np.log(parameters))), 1 / parameters), scales=(1, 1)
    )
    assert found == pytest.approx([np.exp(9)] * 2, rel=1e-5)
