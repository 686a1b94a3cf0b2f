"""What a check is: plain data, so that describing one needs no Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a failed check means: stop, or publish and say so."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True)
class Expectation:
    """A Great Expectations expectation by its type name and arguments."""

    type: str
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One thing expected of one table.

    ``name`` is stable and unique within its table; ``expected`` and ``remedy``
    are read by people, in the results and in the Data Docs.
    """

    table: str
    name: str
    severity: Severity
    expectation: Expectation
    expected: str
    remedy: str


#: Type name of the expectation of :mod:`dagster_project.quality.expectations`.
MEASURE_TYPE = "expect_measure_to_be_within_limits"
#: Its argument: the query that measures.
MEASURE_QUERY = "unexpected_rows_query"


def measure(query: str) -> Expectation:
    """An expectation whose query measures something and says whether it will do.

    Args:
        query: SQL over ``{batch}`` that returns one row: ``is_within`` (boolean),
            ``observed`` (text) and ``unexpected_count`` (integer or NULL).
    """
    return Expectation(MEASURE_TYPE, {MEASURE_QUERY: query})
