"""The parameters under which what happened was most likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, root

Floats = NDArray[np.float64]

#: Parameters are looked for between these powers of e, far wider than most markets'. Of
#: clients who are all alike one grows without end; its edge is as good as its limit.
_WIDEST = (-9.0, 9.0)

#: Digits that are kept of a parameter. Processors differ in the last ones of a logarithm,
#: and the same clients are to give the same figures on every machine.
_DIGITS = 6

#: What a likelihood is known to: a sum of logarithms, many of them large.
_NOISE = 1e-9


def most_likely(
    log_likelihood: Callable[[Floats], tuple[float, Floats]], *, scales: Sequence[float]
) -> Floats | None:
    """The positive parameters of the greatest mean log-likelihood; None if it is not finite.

    Args:
        log_likelihood: mean log-likelihood of one history under the parameters, and its
            derivative by each of them.
        scales: a likely size of each parameter, from which the search begins.
    """
    units = np.asarray(scales, dtype=np.float64)

    def unlikeliness(logs: Floats) -> tuple[float, Floats]:
        parameters = units * np.exp(logs)
        value, slopes = log_likelihood(parameters)
        return -value, -slopes * parameters

    found = minimize(
        unlikeliness,
        np.zeros(len(units)),
        jac=True,
        method="L-BFGS-B",
        bounds=[_WIDEST] * len(units),
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1_000},
    )
    if not np.isfinite(found.fun):
        return None
    logs = _at_the_top(unlikeliness, found.x)
    return np.array([float(f"{parameter:.{_DIGITS}g}") for parameter in units * np.exp(logs)])


def _at_the_top(unlikeliness: Callable[[Floats], tuple[float, Floats]], near: Floats) -> Floats:
    """Where no slope is left, beside a point that is all but there.

    A search by likelihood ends where it changes by less than a double tells, which is far
    from the top where that is flat. Parameters at their edge stay there.
    """
    lowest, highest = _WIDEST
    is_free = (near > lowest) & (near < highest)
    if not is_free.any():
        return near

    def placed(free: Floats) -> Floats:
        logs = near.copy()
        logs[is_free] = free
        return logs

    top = root(lambda free: unlikeliness(placed(free))[1][is_free], near[is_free], tol=1e-13)
    logs = placed(top.x)
    is_within = bool(np.all((logs >= lowest) & (logs <= highest)))
    is_no_worse = is_within and unlikeliness(logs)[0] <= unlikeliness(near)[0] + _NOISE
    return logs if is_no_worse else near
