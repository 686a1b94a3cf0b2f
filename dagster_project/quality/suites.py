"""What is expected of each table, from the contract and the company's settings.

Only what dbt's tests cannot say: keys, relations and accepted values are theirs.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping

from dagster_project.company import Company
from dagster_project.ingestion.contract import CONTRACT, ColumnType, Table
from dagster_project.quality import measures
from dagster_project.quality.checks import Check, Expectation, Severity, measure

#: Tables that a running business adds to all the time, so silence is suspicious.
FRESH_TABLES = (
    "crm.activities",
    "accounting.invoices",
    "accounting.payments",
    "accounting.exchange_rates",
)

#: Tables whose period column says when something happened: never after the as-of
#: date, unlike a promise, a contract or a plan.
PAST_TABLES = (
    "crm.leads",
    "crm.opportunities",
    "crm.opportunity_stage_changes",
    "crm.activities",
    "crm.rep_reports",
    "crm.coaching",
    "accounting.invoices",
    "accounting.payments",
    "accounting.exchange_rates",
    "accounting.sales_expenses",
)

#: Tables of things that may simply not have happened yet.
POSSIBLY_EMPTY_TABLES = ("crm.account_merges", "crm.payment_promises", "crm.coaching")

#: Numbers with bounds: table, column, lowest, highest, whether the lowest itself
#: is out, severity, remedy.
_BOUNDS = (
    (
        "accounting.exchange_rates",
        "rate",
        0,
        None,
        True,
        Severity.CRITICAL,
        "Correct the rates at their source; every amount in that currency is multiplied by them.",
    ),
    (
        "crm.account_assignments",
        "credit_share",
        0,
        1,
        False,
        Severity.CRITICAL,
        "Enter the shares as fractions of 1, or divide percents by 100 in the mapping.",
    ),
    (
        "crm.accounts",
        "wallet_amount",
        0,
        None,
        False,
        Severity.WARNING,
        "Correct the wallets in the CRM; a client cannot buy for less than nothing.",
    ),
    (
        "accounting.rep_costs",
        "amount",
        0,
        None,
        False,
        Severity.WARNING,
        "Check whether the costs are exported with a minus sign, and turn it in the mapping.",
    ),
    (
        "planning.growth_assumptions",
        "sales_growth",
        -1,
        2,
        False,
        Severity.WARNING,
        "Enter growth as a rate, 0.10 for ten percent.",
    ),
    (
        "planning.growth_assumptions",
        "price_growth",
        -1,
        2,
        False,
        Severity.WARNING,
        "Enter growth as a rate, 0.10 for ten percent.",
    ),
    (
        "planning.growth_assumptions",
        "attainable_share",
        0,
        1,
        False,
        Severity.WARNING,
        "Enter the share as a fraction of 1.",
    ),
)


def input_checks(
    *,
    mapped_tables: Collection[str],
    company: Company,
    as_of_date: dt.date,
    previous_row_counts: Mapping[str, int],
) -> tuple[Check, ...]:
    """The checks of every mapped table, in the order of the contract.

    Args:
        mapped_tables: contract tables that some source fills; the others are not judged.
        company: its settings, for the limits.
        as_of_date: the day the inputs are judged on.
        previous_row_counts: rows of each table after the load before; a table
            without one is not compared.
    """
    mapped = frozenset(mapped_tables)
    return tuple(
        check
        for table in CONTRACT.values()
        if table.name in mapped
        for check in (
            *_volume(table, company, previous_row_counts.get(table.name)),
            *_dates(table, company, as_of_date),
            *_ranges(table),
            *_reconciliation(table, mapped, company, as_of_date),
        )
    )


def _volume(table: Table, company: Company, previous: int | None) -> Iterator[Check]:
    yield Check(
        table=table.name,
        name="table_has_rows",
        severity=(Severity.WARNING if table.name in POSSIBLY_EMPTY_TABLES else Severity.CRITICAL),
        expectation=Expectation("expect_table_row_count_to_be_between", {"min_value": 1}),
        expected="at least 1 row",
        remedy="See whether the export was cut off, or take the table out of the mapping.",
    )
    # Of an empty table no change can be a share.
    if previous:
        share = company.checks.max_row_count_change_share
        lowest = max(0, math.ceil(previous * (1 - share)))
        highest = math.floor(previous * (1 + share))
        yield Check(
            table=table.name,
            name="row_count_is_steady",
            severity=Severity.WARNING,
            expectation=Expectation(
                "expect_table_row_count_to_be_between",
                {"min_value": lowest, "max_value": highest},
            ),
            expected=f"{lowest} to {highest} rows, after {previous} in the load before",
            remedy="Compare the export with the one before; "
            "raise max_row_count_change_share if such jumps are normal.",
        )


def _dates(table: Table, company: Company, as_of_date: dt.date) -> Iterator[Check]:
    column = table.period_column
    if column is None:
        return
    if table.name in FRESH_TABLES:
        days = company.checks.stale_after_days
        yield Check(
            table=table.name,
            name=f"{table.entity}_are_fresh",
            severity=Severity.WARNING,
            expectation=measure(measures.freshness(column, as_of_date, days)),
            expected=f"newest {column} at most {days} days before {as_of_date}",
            remedy="Find out why the system's export stopped, or export it again.",
        )
    if table.name in PAST_TABLES:
        first_day = dt.date(company.first_calendar_year, 1, 1)
        yield Check(
            table=table.name,
            name=f"{column}_is_not_before_first_year",
            severity=Severity.WARNING,
            expectation=_between(column, min_value=first_day),
            expected=f"{column} on or after {first_day}",
            remedy="Correct the dates at their source, or lower first_calendar_year.",
        )
        yield Check(
            table=table.name,
            name=f"{column}_is_not_in_future",
            severity=Severity.WARNING,
            expectation=_between(
                column, max_value=as_of_date + dt.timedelta(days=1), strict_max=True
            ),
            expected=f"{column} on or before {as_of_date}",
            remedy="Correct the dates at their source; "
            "until then, nothing dated after the as-of date is counted.",
        )


def _ranges(table: Table) -> Iterator[Check]:
    for column in table.columns:
        if column.type is ColumnType.TEXT and (
            column.name == "currency" or column.name.endswith("_currency")
        ):
            yield Check(
                table=table.name,
                name=f"{column.name}_is_iso_4217",
                severity=Severity.CRITICAL,
                expectation=measure(measures.currency_codes(column.name)),
                expected=f"every {column.name} of three capital letters",
                remedy="Map the system's currency names to ISO 4217 codes.",
            )
    for name, column_name, lowest, highest, is_strict, severity, remedy in _BOUNDS:
        if name == table.name:
            limits = {
                "min_value": lowest,
                "max_value": highest,
                "strict_min": is_strict or None,
            }
            if highest is not None:
                bounds = f"between {lowest} and {highest}"
            else:
                bounds = f"above {lowest}" if is_strict else f"{lowest} or more"
            yield Check(
                table=table.name,
                name=f"{column_name}_is_in_range",
                severity=severity,
                expectation=_between(
                    column_name, **{key: item for key, item in limits.items() if item is not None}
                ),
                expected=f"{column_name} {bounds}",
                remedy=remedy,
            )


def _reconciliation(
    table: Table, mapped: frozenset[str], company: Company, as_of_date: dt.date
) -> Iterator[Check]:
    """How the tables of the systems agree with each other, and with their own past."""
    limits = company.checks
    untied, unmatched = limits.max_untied_revenue_share, limits.max_unmatched_revenue_share
    if table.name == "accounting.invoices":
        yield from _invoices_alone(as_of_date)
        if "accounting.invoice_lines" in mapped:
            yield Check(
                table=table.name,
                name="invoices_tie_to_lines",
                severity=Severity.WARNING,
                expectation=measure(
                    measures.untied_revenue(as_of_date, limits.tie_tolerance, untied)
                ),
                expected=f"at most {untied:.2%} of revenue on documents "
                "whose lines are missing or do not add up",
                remedy="Export the missing lines; the header stays the money meanwhile.",
            )
        if "accounting.customers" in mapped:
            yield Check(
                table=table.name,
                name="invoices_have_known_customers",
                severity=Severity.WARNING,
                expectation=measure(measures.revenue_without_customer(as_of_date, unmatched)),
                expected=f"at most {unmatched:.2%} of revenue with customers not listed",
                remedy="Export the customers from the same ledger and the same day.",
            )
    elif table.name == "accounting.customers":
        if {"accounting.invoices", "crm.accounts"} <= mapped:
            yield Check(
                table=table.name,
                name="customers_lead_to_accounts",
                severity=Severity.WARNING,
                expectation=measure(measures.revenue_without_account(as_of_date, unmatched)),
                expected=f"at most {unmatched:.2%} of revenue with no way to a CRM account",
                remedy="Link the customers, or give both sides the same tax id or domain.",
            )
    elif table.name == "accounting.control_totals" and "accounting.invoices" in mapped:
        yield Check(
            table=table.name,
            name="revenue_ties_to_control_totals",
            severity=Severity.CRITICAL,
            expectation=measure(measures.control_totals(as_of_date, limits.tie_tolerance)),
            expected="every month's documents add up to its control total of revenue",
            remedy="Export the months that differ again, or correct their control totals.",
        )


def _invoices_alone(as_of_date: dt.date) -> Iterator[Check]:
    invoices = "accounting.invoices"
    usual = (
        f"1/{measures.HISTORY_FACTOR} to {measures.HISTORY_FACTOR} times "
        f"the mean of the {measures.HISTORY_MONTHS} months before"
    )
    yield Check(
        table=invoices,
        name="total_amount_covers_net_amount",
        severity=Severity.WARNING,
        # Freight may be in the total only, so it need not be net and tax exactly.
        expectation=Expectation(
            "expect_column_pair_values_a_to_be_greater_than_b",
            {
                "column_A": "total_amount",
                "column_B": "net_amount",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
                "row_condition": {
                    "type": "comparison",
                    "column": {"name": "document_type"},
                    "operator": "==",
                    "parameter": "invoice",
                },
            },
        ),
        expected="total_amount of an invoice not below its net_amount",
        remedy="See whether net and total are swapped in the mapping.",
    )
    yield Check(
        table=invoices,
        name="newest_month_revenue_is_usual",
        severity=Severity.WARNING,
        expectation=measure(measures.newest_month_revenue(as_of_date)),
        expected=f"revenue of the newest complete month {usual}",
        remedy="See whether the month was exported whole and once.",
    )
    yield Check(
        table=invoices,
        name="newest_month_invoice_count_is_usual",
        severity=Severity.WARNING,
        expectation=measure(measures.newest_month_invoices(as_of_date)),
        expected=f"number of invoices of the newest complete month {usual}",
        remedy="See whether the month was exported whole and once.",
    )


def _between(column: str, **limits: object) -> Expectation:
    return Expectation("expect_column_values_to_be_between", {"column": column, **limits})
