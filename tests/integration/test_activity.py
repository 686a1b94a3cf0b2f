"""Funnel and activity marts of the simulated company, every row against the oracle."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import activity, care, discipline, funnel, required, visits
from tests.oracle.bills import Books
from tests.oracle.dates import Calendar
from tests.oracle.people import People

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
def people(simulated: Published) -> People:
    """The company as it was landed, by its reps."""
    warehouse = simulated.command.warehouse
    return People(warehouse, Calendar(FISCAL_YEAR_FIRST_MONTH, {}))


def test_activity_plan_fact(people: People, marts: Marts) -> None:
    columns = activity.PlanFact._fields
    expected = activity.plan_fact(people)
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
    """Of the role's norms two visits a week, of rep 100's own three."""
    found = read_mart(marts, "kpi_activity_plan_fact", PLAN_FACT_KEYS, ("planned",))
    week = date(2025, 3, 3)
    assert found["100", "own", "week", week, "visit"] == (Decimal(3),)
    assert found["110", "own", "week", week, "visit"] == (Decimal(2),)


def run_again(simulated: Published, folder: Path, statement: str, models: Sequence[str]) -> Path:
    """A copy of the warehouse with other rows, and models built on it from the run's own SQL."""
    warehouse = folder / "warehouse.duckdb"
    shutil.copy(simulated.command.warehouse, warehouse)
    results = simulated.command.data_dir / "warehouse" / "dbt" / "run_results.json"
    compiled = {
        result["unique_id"].split(".")[-1]: result
        for result in json.loads(results.read_text(encoding="utf-8"))["results"]
    }
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(statement)
        for name in models:
            relation = compiled[name]["relation_name"]
            connection.execute(
                f"create or replace table {relation} as {compiled[name]['compiled_code']}"
            )
    return warehouse


def test_report_discipline(people: People, marts: Marts) -> None:
    columns = discipline.Discipline._fields
    expected = discipline.discipline(people)
    found = read_mart(marts, "kpi_report_discipline", ("rep_id", "report_date"), columns)
    assert_same("kpi_report_discipline", columns, expected, found)
    states = {row.state for row in expected.values()}
    assert states == {"in_time", "late", "missing", "pending", "not_due"}


#: Reps who begin to pad: visits of one minute, copies, calls of no length, and entries moved to
#: a day before some of them were hired.
PADDING = """
    create table crm.entries as select * from crm.activities;
    drop view crm.activities;
    alter table crm.entries rename to activities;
    update crm.activities set duration_seconds = 0 where right(activity_id, 1) = '3';
    update crm.activities set occurred_at = timestamp '2020-06-06 10:00:00'
    where right(activity_id, 2) = '17';
    update crm.activities set is_manual = null where right(activity_id, 1) = '5';
    insert into crm.activities by name
    select * replace (activity_id || '-copy' as activity_id)
    from crm.activities where right(activity_id, 1) in ('3', '4');
    insert into crm.activities by name
    select activities.* replace (
        activity_id || '-bulk-' || number as activity_id,
        occurred_at + to_seconds(number * 7) as occurred_at,
        'visit' as activity_type
    )
    from crm.activities, range(1, 5) as numbers (number) where right(activity_id, 1) = '6';
"""


def test_padding_is_found(simulated: Published, tmp_path: Path) -> None:
    models = (
        "int_activity_signs",
        "int_rep_reports_due",
        "kpi_report_discipline",
        "kpi_padding_signs",
    )
    warehouse = run_again(simulated, tmp_path, PADDING, models)
    padded = People(warehouse, Calendar(FISCAL_YEAR_FIRST_MONTH, {}))
    expected = discipline.signs(padded)
    found = read_mart(Marts(warehouse), "kpi_padding_signs", ("activity_id", "sign"), ("rep_id",))
    assert expected == found.keys()
    assert {sign for _, sign in expected} == set(discipline.SIGNS)
    columns = discipline.Discipline._fields
    assert_same(
        "kpi_report_discipline",
        columns,
        discipline.discipline(padded),
        read_mart(Marts(warehouse), "kpi_report_discipline", ("rep_id", "report_date"), columns),
    )


def test_the_calls_entered_without_a_length_look_like_padding(people: People, marts: Marts) -> None:
    expected = discipline.signs(people)
    found = read_mart(marts, "kpi_padding_signs", ("activity_id", "sign"), ("rep_id",))
    assert expected == found.keys()
    assert "call_without_length" in {sign for _, sign in expected}


def test_visit_quality(people: People, marts: Marts) -> None:
    columns = visits.Quality._fields
    expected = visits.visit_quality(Books(people.warehouse), people.calendar)
    found = read_mart(
        marts, "kpi_visit_quality", ("rep_id", "period_type", "period_start"), columns
    )
    assert_same("kpi_visit_quality", columns, expected, found)
    assert any(row.revenue_per_complete_visit for row in expected.values())
    assert any(row.revenue_per_incomplete_visit for row in expected.values())


FUNNEL_KEYS = ("cohort_month", "case_type", "channel", "temperature", "step_number")


def test_funnel(people: People, marts: Marts) -> None:
    columns = funnel.Step._fields
    expected = funnel.funnel(people)
    assert_same(
        "kpi_funnel", columns, expected, read_mart(marts, "kpi_funnel", FUNNEL_KEYS, columns)
    )


def test_the_funnel_never_grows_and_leaves_nobody_out(people: People, marts: Marts) -> None:
    found = read_mart(marts, "kpi_funnel", FUNNEL_KEYS, ("reached", "reached_before"))
    assert {
        key for key, (reached, before) in found.items() if reached > (before or reached)
    } == set()
    totals: dict[int, int] = defaultdict(int)
    for (*_, step_number), (reached, _) in found.items():
        totals[step_number] += reached
    assert totals[1] == len(people.rows("crm.leads"))
    assert totals[3] == len(people.rows("crm.opportunities"))
    won = [row for row in people.rows("crm.opportunities") if row["is_won"]]
    assert totals[len(funnel.STEPS)] == len(won)


#: Stages that were skipped, changes nobody logged, and deals that fell back.
UNTIDY = """
    create table crm.changes as select * from crm.opportunity_stage_changes;
    drop view crm.opportunity_stage_changes;
    alter table crm.changes rename to opportunity_stage_changes;
    delete from crm.opportunity_stage_changes
    where right(opportunity_id, 1) = '3'
    or (right(opportunity_id, 1) = '4' and to_stage = 'qualified');
    update crm.opportunity_stage_changes set to_stage = 'discovery'
    where right(opportunity_id, 1) = '5' and to_stage = 'negotiation';
"""


def test_an_untidy_pipeline(simulated: Published, tmp_path: Path) -> None:
    models = ("int_opportunity_stages", "int_funnel_cases", "kpi_funnel")
    warehouse = run_again(simulated, tmp_path, UNTIDY, models)
    expected = funnel.funnel(People(warehouse, Calendar(FISCAL_YEAR_FIRST_MONTH, {})))
    columns = funnel.Step._fields
    found = read_mart(Marts(warehouse), "kpi_funnel", FUNNEL_KEYS, columns)
    assert_same("kpi_funnel", columns, expected, found)


def test_required_activity(people: People, marts: Marts) -> None:
    columns = required.Required._fields
    expected = required.required_activity(people)
    keys = ("rep_id", "period_type", "period_start")
    found = read_mart(marts, "kpi_required_activity", keys, columns)
    assert_same("kpi_required_activity", columns, expected, found)
    assert {row.is_team_lead_to_deal for row in expected.values()} == {True, False}
    assert any(row.required_calls for row in expected.values())


def test_lead_generation(people: People, marts: Marts) -> None:
    columns = care.LeadGeneration._fields
    keys = ("period_type", "period_start", "channel")
    expected = care.lead_generation(people)
    found = read_mart(marts, "kpi_lead_generation", keys, columns)
    assert_same("kpi_lead_generation", columns, expected, found)
    assert any(row.touches > row.first_touches for row in expected.values())


def test_repeat_touches(people: People, marts: Marts) -> None:
    columns = care.RepeatTouches._fields
    keys = ("period_type", "period_start", "campaign_id")
    expected = care.repeat_touches(people)
    found = read_mart(marts, "kpi_repeat_touches", keys, columns)
    assert_same("kpi_repeat_touches", columns, expected, found)
    assert len({campaign_id for *_, campaign_id in expected}) > 1


def test_new_client_care(people: People, marts: Marts) -> None:
    columns = care.NewClientCare._fields
    expected = care.new_client_care(people)
    found = read_mart(marts, "kpi_new_client_care", ("period_type", "period_start"), columns)
    assert_same("kpi_new_client_care", columns, expected, found)
    assert any(row.followed_up for row in expected.values())
    assert any(row.new_clients_judged < row.new_clients for row in expected.values())
