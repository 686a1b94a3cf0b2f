"""Every scorecard of a simulated company against the oracle and the marts it draws on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import scorecard
from tests.oracle.dates import Calendar, add_months
from tests.oracle.people import People

AS_OF = date(2025, 12, 31)


def results(published: Published) -> Iterator[scorecard.Result]:
    """What the marts say of each KPI, without regard to who has which role."""
    cards = SIMULATED_COMPANY.scorecards
    with duckdb.connect(str(published.database), read_only=True) as connection:
        for role, kpis in cards.roles.items():
            for kpi in kpis:
                cursor = connection.execute(f"select * from marts.{kpi.mart}")
                names = [column[0] for column in cursor.description or ()]
                for values in cursor.fetchall():
                    row = dict(zip(names, values, strict=True))
                    if (
                        row["period_start"] > AS_OF
                        or row["period_end"] < add_months(AS_OF, -cards.months)
                        or any(row[column] != value for column, value in kpi.where.items())
                    ):
                        continue
                    yield scorecard.Result(
                        role,
                        kpi.kpi,
                        row[kpi.person],
                        row["period_type"],
                        row["period_start"],
                        row["period_end"],
                        row[kpi.plan_low] if kpi.plan_low else kpi.target,
                        row[kpi.plan_high] if kpi.plan_high else kpi.target,
                        row[kpi.fact],
                        row[kpi.n] if kpi.n else None,
                        kpi.lower_is_better,
                    )


def test_every_scorecard(simulated: Published) -> None:
    expected = scorecard.scores(
        People(simulated.command.warehouse, Calendar(4, {})), results(simulated)
    )
    assert {row.role for row in expected.values()} == {
        "rep",
        "line_manager",
        "commercial_director",
    }
    assert {key[1] for key in expected} == {"day", "week", "month", "quarter", "year"}
    assert len({row.manager_rep_id for row in expected.values() if row.role == "rep"}) > 1
    columns = scorecard.Score._fields
    keys = ("rep_id", "period_type", "period_start", "kpi")
    found = read_mart(simulated, "kpi_scorecard", keys, columns)
    assert_same("kpi_scorecard", columns, expected, found)
