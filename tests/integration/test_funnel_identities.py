"""The funnel of made-up pipelines: the run's own SQL against its identities and the oracle.

Small pipelines that Hypothesis makes up: stages that were skipped, gone back to or that nobody
knows, deals won before they were opened, several leads and opportunities of a client, at the same
moment too, and what happens after the run's day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command_line import Published
from tests.integration.replay import (
    Model,
    assert_agree,
    build,
    compiled_models,
    create_like,
    empty_database,
    insert,
    read_table,
)
from tests.oracle import funnel
from tests.oracle.dates import Calendar
from tests.oracle.landed import Row
from tests.oracle.people import People

#: The run's day in the compiled SQL, which each pipeline puts its own in the place of.
COMPILED_DAY = "date '2014-06-30'"
MODELS = ("int_opportunity_stages", "int_funnel_cases", "kpi_funnel")
INPUTS = (
    "staging.stg_crm__leads",
    "staging.stg_crm__opportunities",
    "staging.stg_crm__opportunity_stage_changes",
    "intermediate.int_accounts_survived",
    "intermediate.int_input_warnings",
)
KEYS = ("cohort_month", "case_type", "channel", "temperature", "step_number")
FIRST_OF_OPPORTUNITIES = 3

#: The CRM: b was merged into a.
CLIENT_OF_ACCOUNT = {"a": "a", "b": "a", "c": "c"}


class Lead(NamedTuple):
    """A lead; its account may be missing."""

    channel: str
    temperature: str | None
    account_id: str | None
    created_at: datetime
    converted_at: datetime | None


class Opportunity(NamedTuple):
    """An opportunity; one that is won was closed."""

    account_id: str | None
    stage: str
    is_won: bool | None
    created_at: datetime
    closed_at: datetime | None


class Change(NamedTuple):
    """A change of stage that somebody logged of an opportunity, by its place."""

    opportunity: int
    changed_at: datetime
    from_stage: str | None
    to_stage: str


class Pipeline(NamedTuple):
    """What the CRM holds, some of it of days after that on which it is looked at."""

    as_of: date
    leads: list[Lead]
    opportunities: list[Opportunity]
    changes: list[Change]

    def tables(self) -> dict[str, list[Row]]:
        """The contract's tables, by name."""
        return {
            "crm.leads": numbered("lead_id", self.leads),
            "crm.opportunities": numbered("opportunity_id", self.opportunities),
            "crm.opportunity_stage_changes": [
                {**row._asdict(), "opportunity_id": str(row.opportunity)} for row in self.changes
            ],
            "crm.account_merges": [{"merged_account_id": "b", "surviving_account_id": "a"}],
            "run.context": [{"as_of_date": self.as_of}],
        }


@dataclass(frozen=True)
class MadeUp(People):
    """A company whose tables are at hand."""

    tables: Mapping[str, list[Row]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, as dictionaries."""
        return list(self.tables[table])


def numbered(key: str, rows: list[Any]) -> list[Row]:
    """Rows with their places as ids, as dictionaries."""
    return [{key: str(place), **row._asdict()} for place, row in enumerate(rows)]


#: Few days and hours, so that moments coincide; the last second of a day is that day's.
MOMENTS = st.builds(
    lambda day, clock: datetime.combine(date(2014, 3, 27) + timedelta(7 * day), clock),
    st.integers(0, 15),
    st.sampled_from([time(0), time(9), time(23, 59, 59)]),
)
STAGES = st.sampled_from([*funnel.STAGES, "lost", "won"])
#: What no account is known of is no client's, of a lead and of an opportunity.
KNOWN = [*CLIENT_OF_ACCOUNT, "a", "c", None]


@st.composite
def opportunities(draw: st.DrawFn) -> Opportunity:
    """Closed at any moment, also before it was opened, or not closed."""
    is_won = draw(st.sampled_from([None, True, True, False]))
    return Opportunity(
        draw(st.sampled_from([*KNOWN, "of an unknown client"])),
        draw(STAGES),
        is_won,
        draw(MOMENTS),
        None if is_won is None else draw(MOMENTS),
    )


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Leads and opportunities of few clients, with any changes of stage."""
    deals = draw(st.lists(opportunities(), max_size=10))
    changes = st.builds(
        Change, st.integers(0, max(len(deals), 1)), MOMENTS, st.none() | STAGES, STAGES
    )
    leads = st.builds(
        Lead,
        st.sampled_from(["web", "fair"]),
        st.sampled_from([None, "hot"]),
        st.sampled_from([*KNOWN, "of another unknown client"]),
        MOMENTS,
        st.none() | MOMENTS,
    )
    return Pipeline(
        draw(st.sampled_from([date(2014, 6, 30), date(2014, 6, 5), date(2014, 4, 30)])),
        draw(st.lists(leads, max_size=8)),
        deals,
        draw(st.lists(changes, max_size=12, unique_by=lambda row: row[:2])),
    )


@pytest.fixture(scope="module")
def models(published: Published) -> list[Model]:
    """The models of the funnel as the run compiled them, in their order."""
    return compiled_models(published, MODELS)


@pytest.fixture(scope="module")
def database(published: Published) -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_database() as connection:
        create_like(connection, published, INPUTS)
        insert(
            connection,
            "intermediate.int_accounts_survived",
            list(CLIENT_OF_ACCOUNT.items()),
            ("account_id", "client_id"),
        )
        yield connection


def fill(database: duckdb.DuckDBPyConnection, pipeline: Pipeline) -> None:
    """Put a pipeline in the place of the models' inputs."""
    insert(
        database,
        "staging.stg_crm__leads",
        [(str(place), *row) for place, row in enumerate(pipeline.leads)],
        ("lead_id", *Lead._fields),
    )
    insert(
        database,
        "staging.stg_crm__opportunities",
        [(str(place), *row) for place, row in enumerate(pipeline.opportunities)],
        ("opportunity_id", *Opportunity._fields),
    )
    insert(
        database,
        "staging.stg_crm__opportunity_stage_changes",
        [(str(row.opportunity), *row[1:]) for row in pipeline.changes],
        ("opportunity_id", *Change._fields[1:]),
    )


def assert_everyone_is_one_case(database: duckdb.DuckDBPyConnection, pipeline: Pipeline) -> None:
    """Every lead and opportunity of the time until the run's day is in one case."""
    cases = read_table(
        database,
        "intermediate.int_funnel_cases",
        ("case_type", "case_id"),
        ("lead_id", "opportunity_id"),
    ).values()
    for place, moments in enumerate(
        (
            [row.created_at for row in pipeline.leads],
            [row.created_at for row in pipeline.opportunities],
        )
    ):
        expected = Counter(
            str(number) for number, at in enumerate(moments) if at.date() <= pipeline.as_of
        )
        assert Counter(case[place] for case in cases if case[place] is not None) == expected


def assert_counts_narrow(pipeline: Pipeline, found: Mapping[funnel.Key, funnel.Step]) -> None:
    """No step has more than the one before, and the sums are of all that is known."""
    totals: Counter[int] = Counter()
    for (month, case_type, channel, temperature, number), step in found.items():
        totals[number] += step.reached
        after = found.get((month, case_type, channel, temperature, number + 1))
        if after is None:
            assert number == len(funnel.STEPS)
            continue
        assert step.timed_cases <= after.reached <= step.reached
        assert after.reached_before == step.reached
        assert after.won == step.won
    day = pipeline.as_of
    opened = [row for row in pipeline.opportunities if row.created_at.date() <= day]
    won = [row for row in opened if row.is_won and row.closed_at and row.closed_at.date() <= day]
    assert totals[1] == sum(row.created_at.date() <= day for row in pipeline.leads)
    assert totals[FIRST_OF_OPPORTUNITIES] == len(opened)
    assert totals[len(funnel.STEPS)] == len(won)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(pipeline=pipelines())
def test_the_funnel_of_any_pipeline(
    database: duckdb.DuckDBPyConnection, models: list[Model], pipeline: Pipeline
) -> None:
    fill(database, pipeline)
    build(database, models, COMPILED_DAY, pipeline.as_of)
    columns = funnel.Step._fields
    found = {
        (key[0], key[1], key[2], key[3], key[4]): funnel.Step._make(row)
        for key, row in read_table(database, "marts.kpi_funnel", KEYS, columns).items()
    }

    assert_everyone_is_one_case(database, pipeline)
    assert_counts_narrow(pipeline, found)
    assert_agree(funnel.funnel(MadeUp(Path(), Calendar(1, {}), pipeline.tables())), found)
