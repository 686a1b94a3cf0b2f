"""Whatever a file holds, what lands and what is in force is what plain Python says."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.ingestion.site import ANY_SHARE, Row, Site

QUICK = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)

GOALS = """
source: books
folder: books
files:
  goals: {pattern: goals.csv, columns: [id, statement, scope, baseline]}
tables:
  planning.goals:
    from: goals
    mode: full
    columns: {goal_id: id, statement: statement, scope: scope, baseline: baseline}
"""

BLANKS = "".join(chr(n) for n in range(0x3001) if unicodedata.category(chr(n)) == "Zs")

texts = st.text(
    st.one_of(
        st.sampled_from("\",;\n' |\\\t#"),
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
    ),
    max_size=8,
)
numbers = st.one_of(
    st.decimals(-(10**15), 10**15, places=2).map(str),
    st.decimals(-100, 100, places=6).map(str),
    st.integers(-1000, 1000).map(str),
    st.sampled_from(["", " ", "n/a", "1,5", "--3", "1.2.3", "12 EUR", "nan", "5-", "$5"]),
)
ids = st.one_of(st.sampled_from(["1", "2", "3", "", " 1"]), texts)
records = st.one_of(
    st.tuples(ids, texts, texts, numbers),
    st.tuples(ids, texts, texts, numbers),
    st.tuples(st.just("few"), texts),
    st.tuples(st.just("many"), texts, texts, numbers, texts),
)


def cleaned(text: str) -> str | None:
    return text.strip(BLANKS) or None


def amount(text: str | None) -> Decimal | None:
    """The number that a text is; None where it is none that fits."""
    if text is None or not re.fullmatch(r"[+-]?\d+(\.\d*)?", text):
        return None
    value = Decimal(text).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return value if abs(value) < 10**14 else None


def expected(text: str) -> tuple[list[Row], set[int]]:
    """The rows that a file's text lands, and the numbers of those set aside."""
    landed: list[Row] = []
    set_aside: set[int] = set()
    keys: set[str] = set()
    for number, record in enumerate(list(csv.reader(io.StringIO(text, newline="")))[1:], start=1):
        # A delimiter too many at the end does no harm.
        if len(record) == 5 and not record[4]:
            record.pop()
        if len(record) != 4:
            set_aside.add(number)
            continue
        key, statement, scope, baseline = map(cleaned, record)
        value = amount(baseline)
        is_wrong = key is None or statement is None or (baseline is not None and value is None)
        if is_wrong or key in keys:
            set_aside.add(number)
            continue
        assert key is not None
        keys.add(key)
        landed.append((number, key, statement, scope, value))
    return landed, set_aside


@QUICK
@given(rows=st.lists(records, min_size=1, max_size=40), crlf=st.booleans())
def test_what_lands_is_what_the_csv_module_reads(rows: list[tuple[str, ...]], crlf: bool) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n" if crlf else "\n")
    writer.writerows([("id", "statement", "scope", "baseline"), *rows])
    landed, set_aside = expected(stream.getvalue())
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.map(GOALS)
        site.deliver("books/goals.csv", stream.getvalue())
        (load,) = site.land(max_set_aside_share=ANY_SHARE).loads
        assert load.rows_read == len(rows) == load.rows_landed + load.rows_set_aside
        assert (
            site.rows("planning.goals", "_row", "goal_id", "statement", "scope", "baseline")
            == landed
        )
        assert {finding.row for finding in site.findings()} == set_aside
        assert load.rows_set_aside == len(set_aside)


# A delivery: by (month, number) of an invoice its amount.
deliveries = st.dictionaries(
    st.tuples(st.integers(1, 4), st.integers(1, 4)), st.integers(0, 99), min_size=1, max_size=6
)


@settings(QUICK, max_examples=8)
@given(
    modes=st.one_of(
        st.just(["replace_period"]), st.lists(st.sampled_from(["full", "upsert"]), min_size=1)
    ),
    loads=st.lists(deliveries, min_size=2, max_size=4),
)
def test_the_rows_in_force_are_those_of_a_model(
    modes: list[str], loads: list[dict[tuple[int, int], int]]
) -> None:
    model: dict[tuple[int, int], int] = {}
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        for position, delivery in enumerate(loads):
            mode = modes[position % len(modes)]
            for path in site.extracts_dir.rglob("*.csv"):
                path.unlink()
            name = "invoices.csv" if mode == "full" else f"invoices_{position}.csv"
            lines = [
                f"{month}-{number},2024-{month:02}-{number:02},{value}"
                for (month, number), value in delivery.items()
            ]
            site.map_invoices(mode=mode)
            site.deliver(f"books/{name}", "\n".join(["id,day,amount", *lines]))
            site.land()
            if mode == "full":
                model = {}
            elif mode == "replace_period":
                months = {month for month, _ in delivery}
                model = {key: value for key, value in model.items() if key[0] not in months}
            model |= delivery
            rows = site.rows(
                "accounting.invoices", "month(issued_on)", "day(issued_on)", "net_amount::INTEGER"
            )
            assert rows == sorted((*key, value) for key, value in model.items())
