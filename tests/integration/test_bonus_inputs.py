"""Every bonus input of a simulated company against the oracle.

The targets, also those that a manager has from the team's, are taken as ``kpi_plan_fact`` has
them, and missing reports from the oracle of report discipline.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.integration.warehouse import rows
from tests.oracle import bonus, discipline
from tests.oracle.bills import Books
from tests.oracle.dates import Calendar
from tests.oracle.people import People

KEYS = ("rep_id", "month_start", "scheme_id", "chain_role")


@pytest.fixture(scope="module")
def results(simulated: Published) -> bonus.Results:
    """Who brought what, from the documents and payments that were landed."""
    warehouse = simulated.command.warehouse
    return bonus.Results(
        Books(warehouse),
        People(warehouse, Calendar(4, {})),
    )


def test_every_bonus(results: bonus.Results, simulated: Published) -> None:
    plans = [
        bonus.Plan(level == "manager", *plan)
        for level, *plan in rows(
            simulated,
            """
            select level, entity_id, period_type, period_start, period_end, plan_low, plan_high
            from intermediate.int_plans_by_level where level in ('rep', 'manager')
            """,
        )
    ]
    missing = {
        key for key, row in discipline.discipline(results.people).items() if row.state == "missing"
    }
    expected = bonus.bonus_inputs(results, plans, missing)
    assert {row.measure for row in expected.values()} == {"invoiced", "margin", "collected"}
    assert any(row.missing_reports for row in expected.values())
    assert any(row.bonus_amount for row in expected.values() if row.chain_role != "rep")
    columns = bonus.Bonus._fields
    found = read_mart(simulated, "fct_bonus_inputs", KEYS, columns)
    assert_same("fct_bonus_inputs", columns, expected, found)


def test_a_shared_sale_is_the_team_s_once(results: bonus.Results) -> None:
    """All that is invoiced is the commercial director's, whoever of the team had a part in it."""
    invoiced: dict[date, Decimal] = defaultdict(Decimal)
    for (rep_id, day), amounts in results.own.items():
        if "9900000" in results.people.leaders(rep_id, day):
            invoiced[day] += amounts[0]
    theirs = {
        day: amounts[0] for (rep_id, day), amounts in results.team.items() if rep_id == "9900000"
    }
    assert theirs == {day: amount for day, amount in invoiced.items() if day in theirs}
