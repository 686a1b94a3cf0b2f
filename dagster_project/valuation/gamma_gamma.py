"""What a purchase will be worth: the Gamma-Gamma model of value a purchase.

Values of a client's purchases vary around a mean of its own; the means of all clients
follow a distribution of their own. A client seen to buy often is taken by its own mean,
one seen once by the mean of all. Formulas: Fader and Hardie (2013), "The Gamma-Gamma
Model of Monetary Value", note 025.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from dagster_project.valuation.likelihood import most_likely

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ValueModel:
    """The three parameters of Gamma-Gamma; ``v`` is money."""

    p: float
    q: float
    v: float

    def expected_value(self, repeats: Floats, mean_value: Floats) -> Floats:
        """Expected value of a client's next purchase (equation 5).

        Args:
            repeats: purchases that the mean is of; 0 gives the mean of all clients.
            mean_value: mean value of those purchases; without meaning where there are none.
        """
        total = np.where(repeats > 0, repeats * mean_value, 0.0)
        return self.p * (self.v + total) / (self.p * repeats + self.q - 1)


def fit_value_model(repeats: Floats, mean_value: Floats) -> ValueModel | None:
    """The most likely parameters; None where the values determine none.

    Args:
        repeats: purchases that each mean is of, above 0.
        mean_value: mean value of each client's purchases, above 0.

    A model under which the mean of all clients is not finite (``q`` up to 1) is none.
    """
    unit = float(np.mean(mean_value))
    found = most_likely(
        lambda parameters: mean_log_likelihood(ValueModel(*parameters), repeats, mean_value / unit),
        scales=(1.0, 2.0, 1.0),
    )
    if found is None or found[1] <= 1:
        return None
    return ValueModel(float(found[0]), float(found[1]), float(found[2]) * unit)


def mean_log_likelihood(
    model: ValueModel, repeats: Floats, mean_value: Floats
) -> tuple[float, Floats]:
    """Mean logarithm of a client's likelihood (equation 1a), and its slope by each parameter."""
    p, q, v = model.p, model.q, model.v
    px = p * repeats
    total = np.log(repeats * mean_value + v)
    likelihood = (
        gammaln(px + q)
        - gammaln(px)
        - gammaln(q)
        + q * np.log(v)
        + (px - 1) * np.log(mean_value)
        + px * np.log(repeats)
        - (px + q) * total
    )
    of_both = digamma(px + q)
    slopes = (
        repeats * (of_both - digamma(px) + np.log(mean_value) + np.log(repeats) - total),
        of_both - digamma(q) + np.log(v) - total,
        q / v - (px + q) / (repeats * mean_value + v),
    )
    return float(np.mean(likelihood)), np.array([np.mean(slope) for slope in slopes])
