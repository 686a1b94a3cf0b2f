"""Nights one after another give the same rows as one full build of where they end."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.ingestion.mapping import LoadMode
from tests.nights.company import EVENTS, FIRST_AS_OF, Company, Document, found_company
from tests.nights.fast import FAST_DIR
from tests.nights.recording import Recordings
from tests.nights.site import Night, Site

lines = st.lists(st.tuples(st.none() | st.integers(0, 3), st.integers(-50, 900)), max_size=3).map(
    tuple
)
documents = st.builds(
    Document,
    days=st.integers(0, 1150),
    customer=st.integers(0, 5),
    amount=st.integers(-50, 900),
    currency=st.integers(0, 3),
    rep=st.none() | st.integers(0, 4),
    is_credit_note=st.booleans(),
    lines=lines,
)
numbers = st.integers(0, 1200)
events = st.tuples(st.sampled_from(sorted(EVENTS)), numbers, numbers, numbers)
any_mode = st.sampled_from(list(LoadMode))
modes = st.fixed_dictionaries(
    {
        "accounting.invoices": any_mode,
        "accounting.exchange_rates": any_mode,
        "accounting.invoice_lines": st.sampled_from([LoadMode.FULL, LoadMode.UPSERT]),
        "crm.accounts": st.sampled_from([LoadMode.FULL, LoadMode.UPSERT]),
    }
)
companies = st.builds(
    found_company,
    st.lists(documents, min_size=20, max_size=50),
    modes,
    st.sets(st.sampled_from(["crm", "details"])).map(lambda mapped: {"books", *mapped}),
)
nights = st.builds(
    Night,
    events=st.lists(events, max_size=5).map(tuple),
    days=st.just(0) | st.integers(1, 40) | st.integers(-40, 40),
    stops_after=st.none() | st.none() | st.floats(0, 1),
)


def differences(
    recordings: Recordings, company: Company, nights: Sequence[Night], *, with_marts: bool
) -> list[str]:
    """Build a company night by night; what differs from a full build after any of them.

    After each night the tables that the next one goes on from are compared, and after
    the last one, ``with_marts``, every table there is.
    """
    with tempfile.TemporaryDirectory(dir=FAST_DIR) as folder:
        site = Site(Path(folder), recordings, company, FIRST_AS_OF)
        for number, night in enumerate(nights, start=1):
            whole = with_marts and number == len(nights)
            site.play(night, with_marts=whole)
            if night.stops_after is None:
                found = site.differences(with_marts=whole)
                if found:
                    return [f"after night {number}", *found]
    return []


def test_a_build_that_broke_off_as_of_an_earlier_day(recordings: Recordings) -> None:
    """It left out a month that the nights before and after it compare with the year before."""
    sale = Document(
        days=772, customer=0, amount=50, currency=0, rep=None, is_credit_note=False, lines=()
    )
    modes = dict.fromkeys(("accounting.invoices", "accounting.exchange_rates"), LoadMode.FULL)
    modes |= dict.fromkeys(("accounting.invoice_lines", "crm.accounts"), LoadMode.UPSERT)
    company = found_company([sale], modes, {"books"})
    history = [Night(), Night(days=-37, stops_after=0.63), Night(days=28)]
    assert differences(recordings, company, history, with_marts=False) == []


@settings(
    max_examples=20,
    deadline=None,
    print_blob=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(
    company=companies,
    between=st.lists(nights, min_size=1, max_size=3),
    last=nights.map(lambda night: replace(night, stops_after=None)),
    with_marts=st.sampled_from([True, False, False, False]),
)
def test_any_nights(
    recordings: Recordings, company: Company, between: list[Night], last: Night, with_marts: bool
) -> None:
    """After the first build two to four nights of whatever may happen, of which the last ends.

    Marts are built whole every night from the tables that are compared always, so a
    quarter of the examples looks at them too.
    """
    history = [Night(), *between, last]
    assert differences(recordings, company, history, with_marts=with_marts) == []
