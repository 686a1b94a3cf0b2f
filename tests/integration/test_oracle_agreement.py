"""Every row of every published mart against the plain-Python oracle.

Rows are matched by the mart's key in both directions. Money must agree to the last of its four
places and counts exactly; a ratio, which the oracle holds as an exact fraction, to 1e-9 of itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pytest

from tests.oracle import business, churn, extracts, plan, potential, tiers, value, yoy
from tests.oracle.model import Book

RELATIVE_TOLERANCE = Fraction(1, 10**9)
SHOWN = 5

Key = tuple[Any, ...]
Table = dict[Key, tuple[Any, ...]]


class Published(Protocol):
    """What has a published file: a run, or a copy of one."""

    @property
    def database(self) -> Path:
        """The published file."""


@pytest.fixture(scope="session")
def book() -> Book:
    """The sample as the oracle reads it."""
    return extracts.sample_book()


def plain(found: object) -> object:
    """A timestamp at midnight as the day it stands for."""
    return found.date() if isinstance(found, datetime) else found


def fiscal_year(found: object) -> object:
    """A fiscal year as a number, whether published as 2014 or as ``FY2014``."""
    return int(str(found).removeprefix("FY"))


def read_mart(
    published: Published,
    mart: str,
    keys: Sequence[str],
    columns: Sequence[str],
    key_types: Mapping[str, Callable[[object], object]] | None = None,
) -> Table:
    """The mart's rows by key; fails on a key that is there twice."""
    names = ", ".join(f'"{name}"' for name in (*keys, *columns))
    with duckdb.connect(str(published.database), read_only=True) as connection:
        rows = connection.execute(f"select {names} from marts.{mart}").fetchall()
    key_types = key_types or {}
    readers = [key_types.get(name, plain) for name in keys]
    found: Table = {}
    repeated: Counter[Key] = Counter()
    for row in rows:
        key = tuple(read(part) for read, part in zip(readers, row, strict=False))
        repeated[key] += key in found
        found[key] = tuple(plain(part) for part in row[len(keys) :])
    twice = list(+repeated)
    assert not twice, f"{mart}: {len(twice)} keys are there more than once, first {twice[:SHOWN]}"
    return found


def agree(expected: object, found: object) -> bool:
    """Whether a published value is the oracle's."""
    if expected is None or found is None:
        return expected is found
    if isinstance(expected, Fraction):
        if not isinstance(found, int | float | Decimal) or not isfinite(found):
            return False
        return abs(Fraction(found) - expected) <= RELATIVE_TOLERANCE * abs(expected)
    if isinstance(expected, Decimal):
        return isinstance(found, int | Decimal) and found == expected
    return found == expected


def shown(values: object) -> str:
    """A value as it is read best in a message."""
    return f"{float(values)!r}" if isinstance(values, Fraction) else str(values)


def assert_same(
    mart: str, columns: Sequence[str], expected: Mapping[Key, Sequence[Any]], found: Table
) -> None:
    """Fail with counts and the first keys that are missing, extra or different."""
    problems: list[str] = []

    def report(title: str, count: int, total: int, lines: Iterable[str]) -> None:
        if count:
            problems.append(f"{count} of {total} {title}:")
            problems.extend(f"    {line}" for line in list(lines)[:SHOWN])

    missing = sorted(expected.keys() - found.keys(), key=str)
    extra = sorted(found.keys() - expected.keys(), key=str)
    report("rows are missing", len(missing), len(expected), map(str, missing))
    report("rows are extra", len(extra), len(found), map(str, extra))
    different: dict[str, list[str]] = {column: [] for column in columns}
    for key in sorted(expected.keys() & found.keys(), key=str):
        for column, ours, theirs in zip(columns, expected[key], found[key], strict=True):
            if not agree(ours, theirs):
                different[column].append(f"{key}: oracle {shown(ours)}, mart {shown(theirs)}")
    for column, lines in different.items():
        report(f"rows differ in {column}", len(lines), len(expected), lines)
    assert not problems, f"{mart} disagrees with the oracle\n" + "\n".join(problems)


def test_revenue_yoy(book: Book, published: Published) -> None:
    keys = ("period_type", "period_start", "cut", "cut_id")
    columns = ("period_end", "is_partial", *yoy.YearOverYear._fields)
    ends = {
        (period.period_type, period.start): period.end
        for document in book.documents
        for day in (document.day, book.as_of)
        for period in book.calendar.periods_of(day)
    }
    expected = {
        key: (ends[key[:2]], ends[key[:2]] > book.as_of, *row)
        for key, row in yoy.revenue_yoy(book).items()
    }
    found = read_mart(published, "kpi_revenue_yoy", keys, columns)
    assert_same("kpi_revenue_yoy", columns, expected, found)


def test_churn(book: Book, published: Published) -> None:
    columns = churn.Churn._fields
    found = read_mart(published, "kpi_churn", ("month_start", "cut", "cut_id"), columns)
    assert_same("kpi_churn", columns, churn.churn(book), found)


def test_win_back(book: Book, published: Published) -> None:
    columns = churn.WinBack._fields
    expected = {(client_id,): row for client_id, row in churn.win_back(book).items()}
    found = read_mart(published, "kpi_win_back", ("client_id",), columns)
    assert_same("kpi_win_back", columns, expected, found)


def test_client_tiers(book: Book, published: Published) -> None:
    columns = tiers.Tier._fields
    expected = {(client_id,): row for client_id, row in tiers.tiers(book).items()}
    found = read_mart(published, "kpi_client_tiers", ("client_id",), columns)
    assert_same("kpi_client_tiers", columns, expected, found)


def test_client_value(book: Book, published: Published) -> None:
    columns = value.ClientValue._fields
    expected = {(client_id,): row for client_id, row in value.client_value(book).items()}
    found = read_mart(published, "kpi_client_value", ("client_id",), columns)
    assert_same("kpi_client_value", columns, expected, found)


def test_plan_fact(book: Book, published: Published) -> None:
    keys = ("level", "entity_id", "period_type", "period_start")
    columns = plan.PlanFact._fields
    found = read_mart(published, "kpi_plan_fact", keys, columns)
    assert_same("kpi_plan_fact", columns, plan.plan_fact(book), found)


def test_rep_ltv_cost(book: Book, published: Published) -> None:
    keys = ("rep_id", "period_label", "scope")
    columns = value.RepLtvCost._fields
    found = read_mart(published, "kpi_rep_ltv_cost", keys, columns)
    assert_same("kpi_rep_ltv_cost", columns, value.rep_ltv_cost(book), found)


def test_new_business(book: Book, published: Published) -> None:
    keys = ("period_type", "period_start", "cut", "cut_id")
    columns = business.NewBusiness._fields
    found = read_mart(published, "kpi_new_business", keys, columns)
    assert_same("kpi_new_business", columns, business.new_business(book), found)


def test_seasonality(book: Book, published: Published) -> None:
    columns = ("seasonal_weight",)
    expected = {key: (weight,) for key, weight in business.seasonality(book).items()}
    found = read_mart(published, "kpi_seasonality", ("segment", "month_of_year"), columns)
    assert_same("kpi_seasonality", columns, expected, found)


def test_client_potential(book: Book, published: Published) -> None:
    keys = ("client_id", "fiscal_year")
    columns = potential.Potential._fields
    found = read_mart(
        published, "kpi_client_potential", keys, columns, {"fiscal_year": fiscal_year}
    )
    assert_same("kpi_client_potential", columns, potential.client_potential(book), found)
