"""The published columns that say what clients without contracts are expected to buy.

dbt builds the tables with these columns empty, on any engine. Both models are fitted to
what it built, in the warehouse file, and fill them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from dagster_project.valuation.bg_nbd import (
    Floats,
    PurchaseHistories,
    PurchaseModel,
    fit_purchase_model,
)
from dagster_project.valuation.gamma_gamma import ValueModel, fit_value_model

logger = logging.getLogger(__name__)

#: The row of ``kpi_purchase_model`` that is of everybody.
ALL = "all"

# In one order, so that the same clients give the same parameters to the last bit.
_CLIENTS = """
SELECT
    client_id,
    segment,
    purchase_days - 1 AS repeats,
    last_purchase_on - first_purchase_on AS recency,
    (SELECT max(as_of_date) FROM marts.kpi_purchase_model) - first_purchase_on AS age,
    mean_repeat_purchase::DOUBLE AS mean_value
FROM marts.kpi_client_value
WHERE NOT has_contract
ORDER BY client_id
"""

_SEGMENTS = """
SELECT segment, (as_of_date + INTERVAL 12 MONTH)::DATE - as_of_date AS days_ahead
FROM marts.kpi_purchase_model
WHERE NOT is_small_base
ORDER BY segment
"""

_FILL_CLIENTS = """
UPDATE marts.kpi_client_value AS clients
SET
    purchase_model = expected.purchase_model,
    probability_active = expected.probability_active,
    expected_purchases_12_months = expected.purchases,
    expected_purchase_value = round(expected.purchase_value, 4),
    expected_revenue_12_months = round(expected.revenue, 4),
    expected_margin_12_months = round(expected.revenue * clients.margin_rate, 4)
FROM expected
WHERE clients.client_id = expected.client_id
"""

_FILL_MODELS = """
UPDATE marts.kpi_purchase_model AS models
SET
    bg_nbd_r = fitted.r,
    bg_nbd_alpha_days = fitted.alpha,
    bg_nbd_a = fitted.a,
    bg_nbd_b = fitted.b,
    gamma_gamma_p = fitted.p,
    gamma_gamma_q = fitted.q,
    gamma_gamma_v = fitted.v,
    frequency_value_correlation = fitted.correlation
FROM fitted
WHERE models.segment = fitted.segment
"""


@dataclass(frozen=True)
class _Clients:
    """Clients that bought and never had a contract; arrays of one length.

    Attributes:
        histories: how often they bought, in days.
        mean_value: mean net revenue of their repeat purchases; NaN without one.
    """

    histories: PurchaseHistories
    mean_value: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Clients:
        """The clients of rows of ``_CLIENTS``."""
        columns = {
            name: frame[name].to_numpy(np.float64)
            for name in ("repeats", "recency", "age", "mean_value")
        }
        mean_value = columns.pop("mean_value")
        return cls(PurchaseHistories(**columns), mean_value)


@dataclass(frozen=True)
class _Models:
    """Both models of a group of clients; without ``values``, nothing is told in money."""

    purchases: PurchaseModel
    values: ValueModel | None
    #: How often clients buy against how much at a time; None where all are alike in one.
    correlation: float | None


def foretell_purchases(warehouse_path: Path) -> None:
    """Fit both models and fill their columns in ``kpi_client_value`` and ``kpi_purchase_model``.

    A segment is foretold by models of its own, or by those of everybody where too few of it
    bought again. Where too few of everybody did, the columns stay NULL.

    Args:
        warehouse_path: the warehouse file, with both tables as dbt built them.
    """
    with duckdb.connect(str(warehouse_path)) as connection:
        days_ahead = dict(connection.execute(_SEGMENTS).fetchall())
        clients = connection.execute(_CLIENTS).df()
        fitted = {}
        for segment in days_ahead:
            models = _fit(_Clients.of(clients[clients.segment.eq(segment) | (segment == ALL)]))
            if models is not None:
                fitted[segment] = models
        own = clients.segment.where(clients.segment.isin(list(fitted)), ALL)
        expected = [
            _expected(clients[own == segment], segment, models, days_ahead[segment])
            for segment, models in fitted.items()
        ]
        if not expected:
            return
        connection.register("expected", pd.concat(expected))
        connection.register("fitted", _parameters(fitted))
        connection.begin()
        connection.execute(_FILL_CLIENTS)
        connection.execute(_FILL_MODELS)
        connection.commit()
    logger.info("  purchases foretold of %s clients", f"{sum(map(len, expected)):,}")


def _fit(clients: _Clients) -> _Models | None:
    purchases = fit_purchase_model(clients.histories)
    if purchases is None:
        return None
    # Gamma-Gamma speaks of means above zero.
    chosen = clients.mean_value > 0
    repeats, mean_value = clients.histories.repeats[chosen], clients.mean_value[chosen]
    if not len(repeats):
        return _Models(purchases, None, None)
    differ = bool(np.std(repeats) and np.std(mean_value))
    return _Models(
        purchases,
        fit_value_model(repeats, mean_value),
        float(np.corrcoef(repeats, mean_value)[0, 1]) if differ else None,
    )


def _expected(frame: pd.DataFrame, segment: str, models: _Models, days_ahead: int) -> pd.DataFrame:
    """What is expected of each client: a row a client, NULL where a model says nothing."""
    clients = _Clients.of(frame)
    purchases = models.purchases.expected_purchases(clients.histories, days_ahead)
    purchase_value = np.full(len(frame), np.nan)
    if models.values is not None:
        purchase_value = models.values.expected_value(clients.histories.repeats, clients.mean_value)
        # Purchases that brought nothing, all in all, are beyond the model.
        purchase_value[clients.mean_value <= 0] = np.nan
    return pd.DataFrame(
        {
            "client_id": frame["client_id"].to_numpy(),
            "purchase_model": segment,
            "probability_active": models.purchases.probability_active(clients.histories),
            "purchases": purchases,
            "purchase_value": _nullable(purchase_value),
            "revenue": _nullable(purchases * purchase_value),
        }
    )


def _parameters(fitted: dict[str, _Models]) -> pd.DataFrame:
    """A row a segment with the parameters of both its models."""
    rows = [
        {
            "segment": segment,
            **vars(models.purchases),
            **(vars(models.values) if models.values else dict.fromkeys("pqv", np.nan)),
            "correlation": np.nan if models.correlation is None else models.correlation,
        }
        for segment, models in fitted.items()
    ]
    frame = pd.DataFrame(rows)
    for name in ("p", "q", "v", "correlation"):
        frame[name] = _nullable(frame[name].to_numpy(np.float64))
    return frame


def _nullable(values: Floats) -> pd.api.extensions.ExtensionArray:
    """DuckDB takes a NaN for a number, and what pandas calls missing for NULL."""
    return pd.array(values, dtype="Float64")
