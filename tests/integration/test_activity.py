"""Funnel and activity marts of the simulated company, every row against the oracle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import activity
from tests.oracle.contract import Contract
from tests.oracle.dates import Calendar

FISCAL_YEAR_FIRST_MONTH = 4
PLAN_FACT_KEYS = ("rep_id", "chain_role", "period_type", "period_start", "activity_type")


@dataclass
class Marts:
    """The published file."""

    database: Path


@pytest.fixture(scope="module")
def marts(simulated: Published) -> Marts:
    return Marts(simulated.database)


@pytest.fixture(scope="module")
def contract(simulated: Published) -> Contract:
    """The contract's tables as they were landed."""
    warehouse = simulated.command.data_dir / "warehouse" / "warehouse.duckdb"
    return Contract(warehouse, Calendar(FISCAL_YEAR_FIRST_MONTH, {}))


def test_activity_plan_fact(contract: Contract, marts: Marts) -> None:
    columns = activity.PlanFact._fields
    expected = activity.plan_fact(contract)
    found = read_mart(marts, "kpi_activity_plan_fact", PLAN_FACT_KEYS, columns)
    assert_same("kpi_activity_plan_fact", columns, expected, found)
    assert {key[1:3] for key in expected} == {
        (role, period_type)
        for role in ("own", "team")
        for period_type in ("day", "week", "month", "quarter", "year")
    }


def test_every_type_of_period_sums_the_same_activity(marts: Marts) -> None:
    found = read_mart(marts, "kpi_activity_plan_fact", PLAN_FACT_KEYS, ("planned", "fact"))
    sums: dict[Any, dict[str, tuple[Decimal, int]]] = defaultdict(dict)
    for (rep_id, role, period_type, _, activity_type), (planned, fact) in found.items():
        of_types = sums[rep_id, role, activity_type]
        plan_so_far, fact_so_far = of_types.get(period_type, (Decimal(0), 0))
        of_types[period_type] = (plan_so_far + planned, fact_so_far + fact)
    assert sums
    assert {
        key: of_types for key, of_types in sums.items() if len(set(of_types.values())) > 1
    } == {}
    assert {key for key, of_types in sums.items() if len(of_types) != 5} == set()


def test_a_whole_week_asks_for_the_norm(marts: Marts) -> None:
    """Of the role's norms ten visits a week, of rep 100's own eight."""
    found = read_mart(marts, "kpi_activity_plan_fact", PLAN_FACT_KEYS, ("planned",))
    week = date(2025, 3, 3)
    assert found["100", "own", "week", week, "visit"] == (Decimal(8),)
    assert found["110", "own", "week", week, "visit"] == (Decimal(10),)
