"""Every goal of a simulated company against the plain-Python oracle."""

from __future__ import annotations

from fractions import Fraction

import duckdb

from dagster_project.simulation.configuration import SIMULATED_COMPANY
from tests.command_line import Published
from tests.integration.test_oracle_agreement import Table, assert_same, read_mart
from tests.oracle import goals
from tests.oracle.bills import Books
from tests.oracle.dates import month_start

#: Rates and quotients are published with eight places.
PLACES = 6


def rounded(table: Table) -> Table:
    """Every number to the places that eight of them, taken as exact, agree in."""
    return {
        key: tuple(
            value if value is None or isinstance(value, bool) else round(float(value), PLACES)
            for value in row
        )
        for key, row in table.items()
    }


def test_goals(simulated: Published) -> None:
    books = Books(simulated.command.warehouse)
    with duckdb.connect(str(simulated.database), read_only=True) as connection:
        churn = connection.execute(
            "select month_start, logo_churn_rate from marts.kpi_churn"
            " where cut = 'company' and not is_partial and logo_churn_rate is not null"
        ).fetchall()
        potentials = connection.execute(
            "select year_start, sum(greatest(potential, revenue))"
            " from marts.kpi_client_potential group by year_start"
        ).fetchall()
    monthly = {
        "kpi_revenue_yoy.net_revenue": goals.revenue_by_month(books),
        "kpi_churn.logo_churn_rate": {month: Fraction(rate) for month, rate in churn},
    }
    first_month = min(month_start(bill.day) for bill in books.bills)
    expected = goals.goals(
        books,
        monthly,
        first_month,
        SIMULATED_COMPANY.goals.past_years,
        {year: Fraction(amount) for year, amount in potentials},
    )
    assert {row.is_on_track for row in expected.values()} != {None}
    columns = goals.Goal._fields
    found = read_mart(simulated, "kpi_goals", ("goal_id",), columns)
    assert_same("kpi_goals", columns, rounded(dict(expected)), rounded(found))
