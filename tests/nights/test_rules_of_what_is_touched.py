"""Each rule about what is touched, on its own: with it a night is right, without it wrong.

``int_client_months_touched`` says of each client's month which rules touched it. A case
here is a change that touches some month by one rule alone; without it the night must
differ from a full build, or the rule would be there for nothing.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.nights.company import FIRST_AS_OF, SOURCES, Document, found_company
from tests.nights.fast import FAST_DIR
from tests.nights.recording import TOUCHED, Recordings
from tests.nights.site import Night, Site

IN_2022, IN_2023, IN_2024 = 120, 500, 700
AFTER_AS_OF = 1130

#: In dollars, in euros and in a currency without rates; with a rep, known or not, and
#: without; with an account that has an owner or none; with and without lines; one to come.
DOCUMENTS = (
    Document(IN_2023, customer=1, amount=100),
    Document(IN_2023 + 1, customer=2, amount=200, rep=1),
    Document(IN_2023 + 40, customer=4, amount=300),
    Document(IN_2023 + 80, customer=0, amount=400, currency=1, rep=4),
    Document(IN_2024, customer=1, amount=500, lines=()),
    Document(IN_2024 + 40, customer=2, amount=600, rep=2, lines=((3, 600),)),
    Document(IN_2022, customer=3, amount=700, currency=1),
    Document(IN_2024 + 80, customer=3, amount=800, currency=1),
    Document(AFTER_AS_OF, customer=3, amount=900, currency=3),
)


@dataclass(frozen=True)
class Case:
    """What happens between the first build and the last, and which sources there are."""

    nights: tuple[Night, ...]
    mapped: tuple[str, ...] = tuple(SOURCES)


CASES = {
    # A document is moved to another month, and missing in its own.
    "documents then": Case((Night((("change date", 1, IN_2024, 0),)),)),
    # A late document in a month that has none.
    "documents now": Case((Night((("issue", 900, 1, 5),)),)),
    # A customer is linked to another account.
    "customers": Case((Night((("link customer", 4, 1, 1),)),)),
    # A rate of the month of an old document in euros.
    "exchange rates": Case((Night((("quote", IN_2023 + 80, 0, 7),)),)),
    # A rate of the month one year before a document in euros; the next quote ends its reach.
    "exchange rates of the year before": Case((Night((("quote", IN_2024 - 300, 0, 7),)),)),
    # An account's rep of two years ago is found out.
    "assignments": Case((Night((("assign", 480, 1, 3),)),)),
    # An account has its first known owner.
    "owners": Case((Night((("change owner", 4, 1, 1),)),)),
    # Lines are mapped, so a document without them is now a finding.
    "inputs": Case((Night((("map source", 1, 0, 0),)),), mapped=("books", "crm")),
    # A product becomes known.
    "products": Case((Night((("know product", 3, 0, 0),)),)),
    # A rep becomes known.
    "reps": Case((Night((("know rep", 4, 0, 0),)),)),
    # A build ends half way, and what it was about is put back the next night.
    "unfinished build": Case(
        (
            Night((("change amount", 4, 77, 0),), stops_after=0.5),
            Night((("put back", 1, 0, 0),)),
        )
    ),
    # The day of a document comes that had been entered ahead.
    "as-of date": Case((Night(days=35),)),
}


def differences(recordings: Recordings, case: Case, left_out: str | None) -> list[str]:
    """What a night of the case gets wrong where a rule is left out."""
    with tempfile.TemporaryDirectory(dir=FAST_DIR) as folder:
        company = found_company(DOCUMENTS, mapped=case.mapped)
        site = Site(Path(folder), recordings, company, FIRST_AS_OF)
        for night in (Night(), *case.nights):
            site.play(night, with_marts=False, left_out=left_out)
        return site.differences(with_marts=False)


@pytest.mark.parametrize("reason", CASES)
def test_a_night_is_right_by_this_rule_alone(recordings: Recordings, reason: str) -> None:
    assert differences(recordings, CASES[reason], None) == []
    assert differences(recordings, CASES[reason], reason) != []


def test_a_season_that_reaches_into_another_year_is_compared_whole(
    recordings: Recordings,
) -> None:
    """A late document of August touches April, of the same season and the year before.

    What was bought in December two years before is in April's fiscal year and not in its
    season; it has to be looked at although its own month is not touched.
    """
    december_2022, april_2023, april_2024, august_2024 = 289, 410, 776, 898
    documents = (
        Document(december_2022, customer=1, amount=100, lines=((0, 100),)),
        Document(april_2023, customer=1, amount=700, lines=((0, 700),)),
        Document(april_2024, customer=1, amount=500, lines=((0, 500),)),
        Document(august_2024, customer=2, amount=300),
    )
    with tempfile.TemporaryDirectory(dir=FAST_DIR) as folder:
        site = Site(Path(folder), recordings, found_company(documents), FIRST_AS_OF)
        site.play(Night(), with_marts=False)
        site.play(Night((("issue", august_2024, 1, 5),)), with_marts=False)
        assert site.differences(with_marts=False) == []


@pytest.mark.parametrize(
    ("bought", "days"),
    [
        # 18 May 2024: with April the calendar gets May, in which nothing is touched.
        pytest.param(809, (34,), id="the calendar grows"),
        pytest.param(809, (34, -34), id="the calendar is as it was again"),
        # 10 June 2024: whole in May's comparison, and on 4 June not yet in June's.
        pytest.param(832, (63, 9), id="a month begins"),
        pytest.param(832, (72, -9), id="a month has not begun any more"),
        # 29 February 2024: only on the 28th of next year's February has the month ended.
        pytest.param(730, (-25, 1), id="February ends"),
        # 28 March 2024: one more day of the year before is compared.
        pytest.param(758, (4,), id="a day passes"),
    ],
)
def test_a_running_period_is_compared_with_as_many_days(
    recordings: Recordings, bought: int, days: tuple[int, ...]
) -> None:
    """A purchase of a year ago alone, and nights on which nothing happens but time."""
    documents = (
        Document(bought, customer=1, amount=100, lines=((0, 100),)),
        Document(IN_2022, customer=2, amount=300),
    )
    with tempfile.TemporaryDirectory(dir=FAST_DIR) as folder:
        site = Site(Path(folder), recordings, found_company(documents), FIRST_AS_OF)
        site.play(Night(), with_marts=False)
        for passed in days:
            site.play(Night(days=passed), with_marts=False)
            assert site.differences(with_marts=False) == []


def orphan_invoices(site: Site) -> list[tuple[str]]:
    """The invoices that only lines name, as the newest build found them."""
    with duckdb.connect(str(site.warehouse), read_only=True) as connection:
        rows: list[tuple[str]] = connection.execute(
            "SELECT invoice_id FROM intermediate.int_orphan_invoices ORDER BY invoice_id"
        ).fetchall()
    return rows


@pytest.mark.parametrize("stops_after", [None, 0.6])
def test_lines_of_no_document_are_known_until_there_is_one(
    recordings: Recordings, stops_after: float | None
) -> None:
    """A document is taken out of the books, and its lines stay; a night later it is back.

    The night that finds them may not end: the next one goes on from the one before it.
    """
    document, more = ("issue", IN_2023, 1, 5), ("issue", IN_2023 + 3, 2, 5)
    taken_out = ("put back", 1, 0, 0)
    nights = [
        (Night((document, more)), []),
        (Night((taken_out,), stops_after=stops_after), [("n9",), ("n10",)]),
        (Night((document,)), [("n10",)]),
        (Night(), [("n10",)]),
        (Night((more,)), []),
    ]
    with tempfile.TemporaryDirectory(dir=FAST_DIR) as folder:
        site = Site(Path(folder), recordings, found_company(DOCUMENTS), FIRST_AS_OF)
        site.play(Night(), with_marts=False)
        for night, orphans in nights:
            site.play(night, with_marts=False)
            assert orphan_invoices(site) == sorted(orphans)
            if night.stops_after is None:
                assert site.differences(with_marts=False) == []


def test_every_rule_has_a_case(recordings: Recordings) -> None:
    [touched] = (step for step in recordings.by_month.steps if step.node_id == TOUCHED)
    assert touched.reasons == set(CASES)
