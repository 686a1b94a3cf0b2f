"""Recurring revenue of made-up clients: the run's own SQL against the oracle.

The models' compiled SQL is run again in a DuckDB of its own, on small histories that Hypothesis
makes up: contracts that end before they start, discounts above what they are given on, currencies
without a rate, service periods of any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

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
    empty_database,
    insert,
    read_table,
)
from tests.oracle import recurring
from tests.oracle.dates import month_end, months_between
from tests.oracle.model import Client

#: The run's day in the compiled SQL, which each history puts its own in the place of.
COMPILED_DAY = "date '2014-06-30'"
FIRST_MONTH = date(2012, 1, 1)
REPORTING_CURRENCY = "USD"
MODELS = (
    "int_contracts",
    "int_recurring_terms",
    "int_mrr_changes",
    "fct_mrr_movements",
    "int_mrr_retention",
    "kpi_recurring_revenue",
    "kpi_mrr_cohorts",
)

#: The CRM: b was merged into a; nobody knows the account "ghost".
CLIENT_OF_ACCOUNT = {"a": "a", "b": "a", "c": "c", "d": "d"}
CLIENTS = {
    "a": Client("a", "large", "north", "web", "r1"),
    "c": Client("c", "small", "north", "web", "r2"),
    "d": Client("d", "small", "south", "partner"),
}
UNMATCHED = "unmatched-9"

INPUTS = """
CREATE TABLE staging.stg_crm__contracts (
    contract_id VARCHAR, account_id VARCHAR, product_id VARCHAR, currency VARCHAR,
    billing_interval VARCHAR, amount DECIMAL(18, 4), interval_count INTEGER, starts_on DATE,
    ends_on DATE, cancelled_on DATE, _source VARCHAR, _file VARCHAR, _row BIGINT
);
CREATE TABLE staging.stg_accounting__invoice_lines (
    invoice_id VARCHAR, line_number INTEGER, net_amount DECIMAL(18, 4), is_recurring BOOLEAN,
    service_from DATE, service_to DATE
);
CREATE TABLE intermediate.int_documents (
    invoice_id VARCHAR, client_id VARCHAR, currency VARCHAR, is_matched BOOLEAN,
    document_sign INTEGER, flag_mask INTEGER
);
CREATE TABLE intermediate.int_inputs_present AS SELECT true AS has_lines, true AS has_accounts;
CREATE TABLE intermediate.int_accounts_survived (account_id VARCHAR, client_id VARCHAR);
CREATE TABLE intermediate.int_exchange_rates_monthly (
    currency VARCHAR, month_start DATE, exchange_rate DECIMAL(18, 8)
);
CREATE TABLE intermediate.int_months (month_start DATE, month_end DATE);
CREATE TABLE intermediate.int_input_warnings (
    mart VARCHAR, warnings VARCHAR, newest_warnings VARCHAR
);
CREATE TABLE core.dim_clients (
    client_id VARCHAR, is_matched BOOLEAN, segment VARCHAR, territory_id VARCHAR,
    territory_name VARCHAR, acquisition_channel VARCHAR, owner_rep_id VARCHAR
);
CREATE TABLE core.dim_reps (rep_id VARCHAR, rep_name VARCHAR);
INSERT INTO core.dim_reps VALUES ('r1', 'Rep 1'), ('r2', 'Rep 2');
"""


class History(NamedTuple):
    """What a company knows on a day."""

    as_of: date
    contracts: list[tuple[str, recurring.Contract]]
    lines: list[recurring.ServiceLine]
    quotes: dict[tuple[str, date], Decimal]


#: Last days of months come often, since on them it is decided what is in force.
DAYS = st.dates(FIRST_MONTH, date(2014, 9, 30)).flatmap(
    lambda day: st.sampled_from([day, month_end(day)])
)
AMOUNTS = st.integers(-6_000, 30_000).map(lambda cents: Decimal(cents) / 100)
CURRENCIES = st.sampled_from([REPORTING_CURRENCY, REPORTING_CURRENCY, "EUR", "XXX"])


@st.composite
def contracts(draw: st.DrawFn) -> tuple[str, recurring.Contract]:
    """An account's contract."""
    account = draw(st.sampled_from([*CLIENT_OF_ACCOUNT, "ghost"]))
    starts_on = draw(DAYS)
    later = st.none() | st.integers(-40, 500).flatmap(
        lambda days: st.sampled_from(
            [starts_on + timedelta(days), month_end(starts_on + timedelta(days))]
        )
    )
    return account, recurring.Contract(
        CLIENT_OF_ACCOUNT.get(account, f"unmatched-account-{account}"),
        draw(CURRENCIES),
        draw(AMOUNTS),
        draw(st.sampled_from(["week", "month", "quarter", "year"])),
        draw(st.sampled_from([None, 0, 1, 2, 3])),
        starts_on,
        draw(later),
        draw(later),
        account in CLIENT_OF_ACCOUNT,
    )


@st.composite
def service_lines(draw: st.DrawFn) -> recurring.ServiceLine:
    """A recurring line, now and then of a credit note or an untied document."""
    client_id = draw(st.sampled_from([*CLIENTS, UNMATCHED]))
    first = draw(DAYS)
    last = draw(
        st.integers(-3, 400).map(lambda days: first + timedelta(days))
        | st.integers(0, 14).map(lambda months: month_end(first + timedelta(30 * months)))
    )
    return recurring.ServiceLine(
        client_id,
        draw(CURRENCIES),
        draw(AMOUNTS),
        first,
        last,
        client_id != UNMATCHED,
        draw(st.sampled_from([True, True, False])),
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A day, contracts, lines and quotes of the euro in some months."""
    as_of = draw(st.sampled_from([date(2014, 6, 30), date(2014, 6, 12), date(2014, 2, 28)]))
    quoted = draw(st.sets(st.sampled_from(list(months_between(FIRST_MONTH, as_of))), max_size=12))
    rates = st.integers(90, 110).map(lambda cents: Decimal(cents) / 100)
    return History(
        as_of,
        draw(st.lists(contracts(), max_size=12)),
        draw(st.lists(service_lines(), max_size=12)),
        {("EUR", month): draw(rates) for month in sorted(quoted)},
    )


@pytest.fixture(scope="module")
def models(published: Published) -> list[Model]:
    """The models of recurring revenue as the run compiled them, in their order."""
    return compiled_models(published, MODELS)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_database() as connection:
        connection.execute(INPUTS)
        yield connection


def fill(database: duckdb.DuckDBPyConnection, history: History) -> None:
    """Put a history in the place of the models' inputs."""
    rates = rates_of(history)
    insert(
        database,
        "staging.stg_crm__contracts",
        [
            (
                *(str(number), account, None, contract.currency, contract.billing_interval),
                *(contract.amount, contract.interval_count, contract.starts_on),
                *(contract.ends_on, contract.cancelled_on, "crm", "contracts.csv", number),
            )
            for number, (account, contract) in enumerate(history.contracts)
        ],
    )
    insert(
        database,
        "staging.stg_accounting__invoice_lines",
        [
            (str(number), 1, line.amount, True, line.service_from, line.service_to)
            for number, line in enumerate(history.lines)
        ],
    )
    insert(
        database,
        "intermediate.int_documents",
        [
            (
                *(str(number), line.client_id, line.currency, line.is_matched, 1),
                (0 if line.is_tied else 2) + (0 if line.is_matched else 4),
            )
            for number, line in enumerate(history.lines)
        ],
    )
    months = list(months_between(FIRST_MONTH, history.as_of))
    insert(
        database,
        "intermediate.int_exchange_rates_monthly",
        [
            (currency, month, rates.get((currency, month)))
            for currency in {REPORTING_CURRENCY, *(currency for currency, _ in history.quotes)}
            for month in months
        ],
    )
    insert(database, "intermediate.int_months", [(month, month_end(month)) for month in months])
    insert(database, "intermediate.int_accounts_survived", list(CLIENT_OF_ACCOUNT.items()))
    insert(
        database,
        "core.dim_clients",
        [
            (
                *(client.client_id, True, client.segment, client.territory, client.territory),
                *(client.channel, client.owner),
            )
            for client in CLIENTS.values()
        ]
        + [(UNMATCHED, False, "unknown", "unknown", "unknown", "unknown", None)],
    )


def rates_of(history: History) -> dict[tuple[str, date], Decimal]:
    return recurring.carried_forward(history.quotes, REPORTING_CURRENCY, FIRST_MONTH, history.as_of)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(history=histories())
def test_movements_rates_and_cohorts(
    database: duckdb.DuckDBPyConnection, models: list[Model], history: History
) -> None:
    fill(database, history)
    build(database, models, COMPILED_DAY, history.as_of)
    terms = recurring.terms_of((contract for _, contract in history.contracts), history.lines)
    expected = recurring.movements(terms, rates_of(history), history.as_of)

    found = {
        key: recurring.Movement._make((*row[:-1], frozenset(filter(None, row[-1].split(", ")))))
        for key, row in read_table(
            database,
            "core.fct_mrr_movements",
            ("mrr_source", "client_id", "month_start"),
            (
                *("opening_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr"),
                *("contraction_mrr", "churn_mrr", "exchange_rate_effect", "closing_mrr"),
                *("flagged_mrr", "reliability_reasons"),
            ),
        ).items()
    }
    for key, row in found.items():
        assert row.opening + row.new + row.reactivation + row.expansion == (
            row.contraction + row.churn - row.exchange_rate_effect + row.closing
        ), key
        assert row == expected[key], key
    assert {key for key, row in expected.items() if row.has_moved()} <= found.keys()

    columns = recurring.Recurring._fields
    assert_agree(
        recurring.recurring_revenue(expected, CLIENTS),
        {
            key: row
            for key, row in read_table(
                database,
                "marts.kpi_recurring_revenue",
                ("month_start", "mrr_source", "cut", "cut_id"),
                columns,
            ).items()
            if row[0] or row[7] or row[columns.index("mrr_12_months_ago")]
        },
    )
    assert_agree(
        recurring.cohorts(expected),
        read_table(
            database,
            "marts.kpi_mrr_cohorts",
            ("mrr_source", "cohort_month", "months_since"),
            recurring.Cohort._fields,
        ),
    )
