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

#: What a mean log-likelihood is known to, and then some: where gamma functions of thousands are
#: in it, a top came out lower by 2e-11 than a point beside it.
_NOISE = 1e-9


#: More than any company needed.
_MOST_SEARCHES = 100


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

    best = np.zeros(len(units))
    value = np.inf
    # On a ridge a search takes the little that likelihood still grows for its top. One that
    # begins where it ended, with no memory of the way, goes on.
    for _ in range(_MOST_SEARCHES):
        found = minimize(
            unlikeliness,
            best,
            jac=True,
            method="L-BFGS-B",
            bounds=[_WIDEST] * len(units),
            options={"ftol": 0.0, "gtol": 1e-9, "maxls": 50, "maxiter": 1_000},
        )
        if not found.fun < value:
            break
        best, value = found.x, found.fun
    if not np.isfinite(value):
        return None
    logs = _at_the_top(unlikeliness, best)
    return np.array([float(f"{parameter:.{_DIGITS}g}") for parameter in units * np.exp(logs)])


def _at_the_top(unlikeliness: Callable[[Floats], tuple[float, Floats]], near: Floats) -> Floats:
    """Where no slope is left, beside a point that is all but there.

    A search by likelihood ends where it changes by less than a double tells, which is far
    from the top where that is flat. A parameter that is at its edge, or goes on beyond it,
    is held there, and the others are looked for again.
    """
    logs = near.copy()
    is_free = _is_within(logs)
    while is_free.any():

        def slopes(free: Floats, is_free: NDArray[np.bool_] = is_free) -> Floats:
            placed = logs.copy()
            placed[is_free] = free
            return unlikeliness(placed)[1][is_free]

        found = root(slopes, logs[is_free], tol=1e-13)
        logs[is_free] = np.clip(found.x, *_WIDEST)
        was_free, is_free = is_free, is_free & _is_within(logs)
        if np.array_equal(was_free, is_free):
            break
    is_no_worse = unlikeliness(logs)[0] <= unlikeliness(near)[0] + _NOISE
    return logs if is_no_worse else near


def _is_within(logs: Floats) -> NDArray[np.bool_]:
    lowest, highest = _WIDEST
    return (logs > lowest) & (logs < highest)
