"""Clients of whom hardly one ever leaves: the top of their likelihood is all but flat.

``python -m tests.unit.valuation.loyal_clients`` prints the parameters found for some
companies of them, in full.
"""

from __future__ import annotations

import numpy as np

from dagster_project.valuation.bg_nbd import PurchaseHistories, fit_purchase_model

CLIENTS = 100

#: Companies whose parameters once differed between processors.
SEEDS = (12, 21, 23, 28, 33, 40)


def loyal_clients(seed: int, chance_to_leave: float = 0.0) -> PurchaseHistories:
    """Clients who buy at rates of their own, and after a purchase may leave for good."""
    numbers = np.random.default_rng(seed)
    age = numbers.integers(300, 1_400, CLIENTS).astype(np.float64)
    rates = numbers.gamma(1.2, 1 / 200, CLIENTS)
    days = []
    for rate, lived in zip(rates, age.astype(int), strict=True):
        bought = np.unique(numbers.integers(1, lived, numbers.poisson(rate * lived)))
        if chance_to_leave:
            left = np.flatnonzero(numbers.random(len(bought)) < chance_to_leave)
            bought = bought[: left[0] + 1] if len(left) else bought
        days.append(bought)
    return PurchaseHistories(
        repeats=np.array([len(bought) for bought in days], dtype=np.float64),
        recency=np.array([bought[-1] if len(bought) else 0 for bought in days], dtype=np.float64),
        age=age,
    )


if __name__ == "__main__":
    for seed in SEEDS:
        print(fit_purchase_model(loyal_clients(seed)))
