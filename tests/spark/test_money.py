"""Both engines make the same decimals of doubles, and they are those of the arithmetic."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import jinja2
import pytest

from dagster_project.engines.spark.session import spark_session
from tests.command_line import PROJECT_ROOT
from tests.spark.conftest import settings_on_this_machine, spark_configuration

MACROS = jinja2.Environment().from_string(
    (PROJECT_ROOT / "dbt" / "macros" / "money.sql").read_text(encoding="utf-8")
)
PLACES = 8


def _oracle(value: float) -> Decimal:
    """Moved by eight places as a double, then rounded half away from zero."""
    units = Decimal(value * 10.0**PLACES).quantize(Decimal(1), ROUND_HALF_UP)
    return units.scaleb(-PLACES)


def _ties(numbers: random.Random) -> Iterator[float]:
    """Halves of the last place, of which half round to an odd number; and their neighbours."""
    for power in range(1, 16):
        for _ in range(100):
            tie = (numbers.randrange(10**power) + 0.5) / 10**PLACES
            yield from (tie, math.nextafter(tie, 0), math.nextafter(tie, math.inf))


def _values() -> list[float]:
    numbers = random.Random(1)
    amounts = [*_ties(numbers), *(10 ** numbers.uniform(-9, 19) for _ in range(3_000))]
    return [0.0, *amounts, *(-amount for amount in amounts)]


def test_decimals_of_doubles_are_the_same_on_both_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_CONF_DIR", str(spark_configuration(tmp_path / "conf")))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    values = _values()
    with duckdb.connect() as connection:
        of_duckdb = connection.execute(
            f"SELECT {MACROS.module.default__decimal_of_double('x')} "  # type: ignore[attr-defined]
            "FROM (SELECT unnest($1::DOUBLE[]) AS x)",
            [values],
        ).fetchall()
    with spark_session(settings_on_this_machine(tmp_path / "data")) as session:
        table = session.createDataFrame([(value,) for value in values], "x double")
        of_spark = table.selectExpr(
            MACROS.module.spark__decimal_of_double("x")  # type: ignore[attr-defined]
        ).collect()
    expected = [_oracle(value) for value in values]
    assert [value for (value,) in of_duckdb] == expected
    assert [value for (value,) in of_spark] == expected
