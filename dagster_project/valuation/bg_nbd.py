"""How often clients without contracts will buy: the BG/NBD model.

A client buys at random at a rate of its own and, after each purchase, may leave for good.
The rates of all clients follow a gamma distribution, the chances to leave a beta
distribution. Formulas, numbered as there: Fader, Hardie and Lee (2005), "Counting Your
Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science 24(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from dagster_project.valuation.likelihood import most_likely

Floats = NDArray[np.float64]

#: Of the series: enough for a client that bought yesterday and the year after it.
_MOST_TERMS = 20_000


@dataclass(frozen=True)
class PurchaseHistories:
    """What is known of each client; arrays of one length, times in one unit.

    Attributes:
        repeats: purchases after the first (``x``), whole numbers.
        recency: time from the first purchase to the latest (``t_x``); 0 without a repeat.
        age: time from the first purchase to the day of the estimate (``T``).
    """

    repeats: Floats
    recency: Floats
    age: Floats


@dataclass(frozen=True)
class PurchaseModel:
    """The four parameters of BG/NBD; ``alpha`` is in the histories' unit of time."""

    r: float
    alpha: float
    a: float
    b: float

    def probability_active(self, histories: PurchaseHistories) -> Floats:
        """The chance that each client is still one; 1 without a repeat, as nobody left yet."""
        return np.where(histories.repeats > 0, expit(-self.log_odds_of_having_left(histories)), 1.0)

    def log_odds_of_having_left(self, histories: PurchaseHistories) -> Floats:
        """Logarithm of how much likelier each client has left than not; of repeat buyers only."""
        before_last = self.b + np.maximum(histories.repeats, 1) - 1
        waited = np.log((self.alpha + histories.age) / (self.alpha + histories.recency))
        log_odds: Floats = np.log(self.a / before_last) + (self.r + histories.repeats) * waited
        return log_odds

    def expected_purchases(self, histories: PurchaseHistories, time_ahead: float) -> Floats:
        """How many purchases each client will make in the time ahead (equation 10).

        The hypergeometric function is Euler's transform of the paper's, which would need
        more digits than a double has for clients who buy by the hundred.
        """
        # At 1 the equation is a limit; a hair beside it is the same to six digits.
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        share_ahead = time_ahead / (self.alpha + histories.age + time_ahead)
        third = a + self.b + histories.repeats - 1
        series = _hypergeometric(a + self.b - 1 - self.r, a - 1, third, share_ahead)
        if_active = third / (a - 1) * (1 - (1 - share_ahead) ** (a - 1) * series)
        expected: Floats = if_active * self.probability_active(histories)
        return expected


def fit_purchase_model(histories: PurchaseHistories) -> PurchaseModel | None:
    """The most likely parameters; None where nobody came back, which says nothing."""
    if not histories.repeats.any():
        return None
    found = most_likely(
        lambda parameters: mean_log_likelihood(PurchaseModel(*parameters), histories),
        scales=(1.0, float(np.mean(histories.age)), 1.0, 1.0),
    )
    return None if found is None else PurchaseModel(*map(float, found))


def mean_log_likelihood(model: PurchaseModel, histories: PurchaseHistories) -> tuple[float, Floats]:
    """Mean logarithm of a client's likelihood (equation 6), and its slope by each parameter."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x = histories.repeats
    count = x.astype(np.intp)
    # Ratios of gamma functions whose arguments are whole numbers apart are products. They
    # are summed as such: of two logarithms of large ones the difference has few digits.
    purchase = np.arange(count.max())
    may_stay = _sums(-np.log1p(a / (b + purchase)))[count]
    bought_again = _sums(np.log(r + purchase))[count]
    by_r = _sums(1 / (r + purchase))[count] + np.log(alpha)
    by_a = _sums(-1 / (a + b + purchase))[count]
    by_b = _sums(a / ((b + purchase) * (a + b + purchase)))[count]
    until_now, until_then = alpha + histories.age, alpha + histories.recency
    before_last = b + np.maximum(x, 1) - 1
    stayed = -(r + x) * np.log(until_now)
    log_odds = model.log_odds_of_having_left(histories)
    # The share of the likelihood in which the client has left; nobody leaves unasked.
    has_left = np.where(x > 0, expit(log_odds), 0.0)
    slopes = (
        by_r - (1 - has_left) * np.log(until_now) - has_left * np.log(until_then),
        r / alpha - (r + x) * ((1 - has_left) / until_now + has_left / until_then),
        by_a + has_left / a,
        by_b - has_left / before_last,
    )
    likelihood = bought_again + r * np.log(alpha) + may_stay + stayed
    likelihood += np.where(x > 0, np.logaddexp(0, log_odds), 0.0)
    return float(np.mean(likelihood)), np.array([np.mean(slope) for slope in slopes])


def _sums(terms: Floats) -> Floats:
    """The sums of the first none, one, two ... of the terms."""
    return np.concatenate(([0.0], np.cumsum(terms)))


def _hypergeometric(a: float, b: float, c: Floats, z: Floats) -> Floats:
    """Gauss's series ``2F1(a, b; c; z)`` for ``0 <= z < 1``, to the digits of a double.

    SciPy's own is infinite for some whole numbers near ``z = 1``.
    """
    total = np.ones_like(z)
    term = np.ones_like(z)
    for n in range(_MOST_TERMS):
        term = term * ((a + n) * (b + n) / ((c + n) * (n + 1))) * z
        total += term
        if np.all(np.abs(term) <= np.finfo(np.float64).eps * np.abs(total)):
            break
    return total
