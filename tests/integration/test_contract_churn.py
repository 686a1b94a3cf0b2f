"""Clients under contract are lost when it ends: a simulated company against the oracle."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from tests.command_line import Published
from tests.integration.test_oracle_agreement import assert_same, read_mart
from tests.oracle import churn
from tests.oracle.bills import Books
from tests.oracle.dates import Calendar, month_end, month_start

AS_OF = date(2025, 12, 31)
FISCAL_YEAR_FIRST_MONTH = 4
DAY = timedelta(days=1)
FAR = date(9999, 12, 30)

Spans = dict[str, list[tuple[date, date]]]


@pytest.fixture(scope="module")
def books(simulated: Published) -> Books:
    """What the simulated company's run landed."""
    return Books(simulated.command.warehouse)


@pytest.fixture(scope="module")
def spans(books: Books) -> Spans:
    """When each client was under contract without a break."""
    stretches = defaultdict(list)
    for row in books.rows("crm.contracts"):
        last_day = min(
            row["ends_on"] or FAR, row["cancelled_on"] - DAY if row["cancelled_on"] else FAR
        )
        if row["starts_on"] <= min(AS_OF, last_day):
            client = books.clients.get(row["account_id"], row["account_id"])
            stretches[client].append((row["starts_on"], last_day))
    found: Spans = {}
    for client, theirs in stretches.items():
        joined: list[tuple[date, date]] = []
        for first_day, last_day in sorted(theirs):
            if joined and first_day <= joined[-1][1] + DAY:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last_day))
            else:
                joined.append((first_day, last_day))
        found[client] = joined
    return found


@pytest.fixture(scope="module")
def spells(books: Books, spans: Spans) -> dict[str, list[churn.Spell]]:
    """The active spells of every client."""
    days: dict[str, dict[date, str]] = defaultdict(dict)
    for bill in sorted(books.bills, key=lambda bill: bill.day):
        if bill.is_invoice and bill.own_amount > 0:
            days[bill.client_id][bill.day] = ""
    segments = {row["account_id"]: row["segment"] for row in books.rows("crm.accounts")}
    segment_of = {client: segments.get(client) or "unknown" for client in days}
    histories = churn.histories(days, segment_of, Calendar(FISCAL_YEAR_FIRST_MONTH, {}), spans)
    return {client: churn.spells(history, AS_OF) for client, history in histories.items()}


def test_who_is_lost_now(
    spells: dict[str, list[churn.Spell]], spans: Spans, simulated: Published
) -> None:
    columns = ("lost_on", "last_purchase_on")
    expected = {
        (client,): (theirs[-1].lost_on, theirs[-1].purchases[-1].day)
        for client, theirs in spells.items()
        if theirs[-1].lost_on
    }
    ends = {(client, span[1] + DAY) for client, theirs in spans.items() for span in theirs}
    assert any((client, lost_on) in ends for (client,), (lost_on, _) in expected.items())
    assert_same(
        "kpi_win_back",
        columns,
        expected,
        read_mart(simulated, "kpi_win_back", ("client_id",), columns),
    )


def test_how_many_were_lost_in_each_month(
    spells: dict[str, list[churn.Spell]], simulated: Published
) -> None:
    lost: dict[date, int] = defaultdict(int)
    for theirs in spells.values():
        for spell, after in zip(theirs, [*theirs[1:], None], strict=True):
            if spell.lost_on is None or spell.active_from >= month_start(spell.lost_on):
                continue
            if after is None or after.active_from > month_end(spell.lost_on):
                lost[month_start(spell.lost_on)] += 1
    found = read_mart(simulated, "kpi_churn", ("month_start", "cut", "cut_id"), ("clients_lost",))
    company = {key[0]: row[0] for key, row in found.items() if key[1] == "company" and row[0]}
    assert company == lost
