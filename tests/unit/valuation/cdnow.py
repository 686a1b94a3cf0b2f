"""The purchases of 2,357 customers of CDNOW that both models were published with."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from dagster_project.valuation.bg_nbd import PurchaseHistories

DATA = "datasets/cdnow_customers_summary_with_transactions.csv"


def cdnow() -> tuple[PurchaseHistories, NDArray[np.float64]]:
    """Histories in weeks, and the mean value of each customer's repeat purchases."""
    with files("lifetimes").joinpath(DATA).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {
        name: np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar")
    }
    return PurchaseHistories(columns["x"], columns["t_x"], columns["T"]), columns["zbar"]
