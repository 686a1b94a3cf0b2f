"""The parameters under which what happened was most likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

#: Parameters are looked for between these powers of e, far wider than most markets'. Of
#: clients who are all alike one grows without end; its edge is as good as its limit.
_WIDEST = (-9.0, 9.0)


def most_likely(
    log_likelihood: Callable[[NDArray[np.float64]], float], *, scales: Sequence[float]
) -> NDArray[np.float64] | None:
    """The positive parameters of the greatest mean log-likelihood; None if it is not finite.

    Args:
        log_likelihood: mean log-likelihood of one history under the parameters.
        scales: a likely size of each parameter, from which the search begins.
    """
    units = np.asarray(scales, dtype=np.float64)
    found = minimize(
        lambda logs: -log_likelihood(units * np.exp(logs)),
        np.zeros(len(units)),
        method="L-BFGS-B",
        bounds=[_WIDEST] * len(units),
        options={"ftol": 1e-14, "gtol": 1e-7, "maxiter": 1_000},
    )
    if not np.isfinite(found.fun):
        return None
    logs: NDArray[np.float64] = found.x
    return np.asarray(units * np.exp(logs))
