"""The columns that are filled once the tables are built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from dagster_project.valuation.clients import foretell_purchases

EXPECTED = (
    "probability_active",
    "expected_purchases_12_months",
    "expected_purchase_value",
    "expected_revenue_12_months",
    "expected_margin_12_months",
)
TABLES = """
CREATE SCHEMA marts;
CREATE TABLE marts.kpi_purchase_model (
    segment VARCHAR, as_of_date DATE, is_small_base BOOLEAN, bg_nbd_r DOUBLE,
    bg_nbd_alpha_days DOUBLE, bg_nbd_a DOUBLE, bg_nbd_b DOUBLE, gamma_gamma_p DOUBLE,
    gamma_gamma_q DOUBLE, gamma_gamma_v DOUBLE, frequency_value_correlation DOUBLE
);
CREATE TABLE marts.kpi_client_value (
    client_id VARCHAR, segment VARCHAR, has_contract BOOLEAN, purchase_days BIGINT,
    first_purchase_on DATE, last_purchase_on DATE, mean_repeat_purchase DECIMAL(18, 4),
    margin_rate DOUBLE, purchase_model VARCHAR, probability_active DOUBLE,
    expected_purchases_12_months DOUBLE, expected_purchase_value DECIMAL(18, 4),
    expected_revenue_12_months DECIMAL(18, 4), expected_margin_12_months DECIMAL(18, 4)
);
"""
# A market of 400 clients that buy at rates of their own, and leave at random.
MARKET = np.random.default_rng(7)


def clients() -> list[tuple[object, ...]]:
    """Rows of ``kpi_client_value`` up to its margin rate, as of 2025-12-31."""
    rows: list[tuple[object, ...]] = []
    for number in range(400):
        rate, leaving = MARKET.gamma(1.2, 1 / 60), MARKET.beta(1.0, 6.0)
        age = int(MARKET.integers(100, 1_000))
        day = repeats = latest = 0
        while MARKET.random() >= leaving:
            day += max(1, int(MARKET.exponential(1 / rate)))
            if day > age:
                break
            repeats, latest = repeats + 1, day
        value = round(float(MARKET.gamma(4, 50)), 4) if repeats else None
        rows.append((f"c{number:03}", "shops", False, repeats + 1, age, latest, value, 0.25))
    return rows


def foretold(
    path: Path, rows: list[tuple[object, ...]], *, small: tuple[str, ...] = ("few",)
) -> Path:
    """A warehouse file whose columns are filled for these clients of ``shops`` or ``few``."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
        connection.executemany(
            "INSERT INTO marts.kpi_purchase_model BY NAME "
            "SELECT $1 AS segment, DATE '2025-12-31' AS as_of_date, $2 AS is_small_base",
            [(segment, segment in small) for segment in ("all", "shops", "few")],
        )
        connection.executemany(
            "INSERT INTO marts.kpi_client_value BY NAME SELECT $1 AS client_id, "
            "$2 AS segment, $3 AS has_contract, $4 AS purchase_days, "
            "DATE '2025-12-31' - $5::INT AS first_purchase_on, "
            "DATE '2025-12-31' - $5::INT + $6::INT AS last_purchase_on, "
            "$7 AS mean_repeat_purchase, $8 AS margin_rate",
            rows,
        )
    foretell_purchases(path)
    return path


def read(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 clients, and some of whom nothing can be told, or not all."""
    others: list[tuple[object, ...]] = [
        ("contract", "shops", True, 12, 500, 400, 100.0, 0.25),
        ("given back", "shops", False, 5, 500, 400, -3.0, 0.25),
        ("no cost known", "shops", False, 5, 500, 400, 100.0, None),
        ("never bought", "shops", None, 0, None, None, None, None),
        ("bought today", "shops", False, 1, 0, 0, None, 0.25),
        *[(f"f{number}", "few", False, 40, 400, 390, 900.0, 0.25) for number in range(9)],
    ]
    path = tmp_path_factory.mktemp("market") / "warehouse.duckdb"
    return foretold(path, clients() + others)


def test_the_market_is_recognised(market: Path) -> None:
    """Rates of 1.2 / 60 a day and a chance to leave of 1 / 7, within what 400 clients tell."""
    [(rate, leaving, value)] = read(
        market,
        "SELECT bg_nbd_r / bg_nbd_alpha_days, bg_nbd_a / (bg_nbd_a + bg_nbd_b), "
        "gamma_gamma_p * gamma_gamma_v / (gamma_gamma_q - 1) FROM marts.kpi_purchase_model "
        "WHERE segment = 'shops'",
    )
    assert rate == pytest.approx(1.2 / 60, rel=0.15)
    assert leaving == pytest.approx(1 / 7, rel=0.2)
    assert value == pytest.approx(200, rel=0.15)


def test_a_small_segment_is_told_by_the_models_of_everybody(market: Path) -> None:
    models = read(
        market, "SELECT segment, purchase_model, count(*) FROM marts.kpi_client_value GROUP BY ALL"
    )
    assert sorted(models, key=str) == [
        ("few", "all", 9),
        ("shops", "shops", 403),
        ("shops", None, 2),
    ]
    fitted = read(
        market, "SELECT segment, bg_nbd_r IS NOT NULL FROM marts.kpi_purchase_model ORDER BY 1"
    )
    assert fitted == [("all", True), ("few", False), ("shops", True)]


def test_what_is_not_known_stays_null(market: Path) -> None:
    found = {
        row[0]: [value is not None for value in row[1:]]
        for row in read(
            market, f"SELECT client_id, {', '.join(EXPECTED)} FROM marts.kpi_client_value"
        )
    }
    assert found["c000"] == [True] * 5
    assert found["contract"] == found["never bought"] == [False] * 5
    assert found["given back"] == [True, True, False, False, False]
    assert found["no cost known"] == [True, True, True, True, False]
    assert found["bought today"] == [True] * 5


def test_figures_of_a_row_agree(market: Path) -> None:
    [(rows, revenue_off, margin_off)] = read(
        market,
        """
        SELECT count(*),
            max(abs(expected_revenue_12_months
                - expected_purchases_12_months * expected_purchase_value::DOUBLE)),
            max(abs(expected_margin_12_months
                - expected_revenue_12_months::DOUBLE * margin_rate))
        FROM marts.kpi_client_value WHERE expected_margin_12_months IS NOT NULL
        """,
    )
    assert rows == 401 + 9
    assert revenue_off <= 0.0051  # of 100 purchases, each rounded to 0.0001
    assert margin_off <= 0.0001


def test_the_same_clients_are_told_the_same(market: Path, tmp_path: Path) -> None:
    """Whatever order they lie in, to the last bit."""
    query = f"SELECT client_id, {', '.join(EXPECTED)} FROM marts.kpi_client_value ORDER BY ALL"
    shuffled = tmp_path / "shuffled.duckdb"
    with duckdb.connect(str(shuffled)) as connection:
        connection.execute(f"ATTACH '{market}' AS market (READ_ONLY)")
        connection.execute("CREATE SCHEMA marts")
        for table in ("kpi_purchase_model", "kpi_client_value"):
            connection.execute(
                f"CREATE TABLE marts.{table} AS FROM market.marts.{table} ORDER BY random()"
            )
    foretell_purchases(shuffled)
    assert read(shuffled, query) == read(market, query)


def test_too_few_repeat_buyers_foretell_nothing(tmp_path: Path) -> None:
    path = foretold(tmp_path / "small.duckdb", clients(), small=("all", "shops", "few"))
    assert read(path, "SELECT count(probability_active) FROM marts.kpi_client_value") == [(0,)]
    assert read(path, "SELECT count(bg_nbd_r) FROM marts.kpi_purchase_model") == [(0,)]


def test_nobody_who_came_back_foretells_nothing(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        (f"c{number}", "shops", False, 1, 300, 0, None, 0.25) for number in range(50)
    ]
    path = foretold(tmp_path / "once.duckdb", rows)
    assert read(path, "SELECT count(probability_active) FROM marts.kpi_client_value") == [(0,)]


def test_no_client_at_all_is_no_error(tmp_path: Path) -> None:
    path = foretold(tmp_path / "none.duckdb", [("c1", "shops", None, 0, *[None] * 4)])
    assert read(path, "SELECT probability_active FROM marts.kpi_client_value") == [(None,)]
