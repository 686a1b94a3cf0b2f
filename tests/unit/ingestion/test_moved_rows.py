"""A record that moved to another month counts once, in the month that the last file says."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.errors import ExtractError
from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.ingestion.mapping import load_mappings
from tests.unit.ingestion.site import Row, Site

HEADER = "id,day,amount\n"
DECEMBER = "1,2023-12-17,308\n2,2023-12-18,5\n"
JANUARY = "1,2024-01-01,309\n3,2024-01-02,7\n"


def deliver(site: Site, number: int, rows: str) -> None:
    site.deliver(f"books/invoices_{number}.csv", HEADER + rows)
    site.land()


def query(site: Site, sql: str) -> list[Row]:
    with duckdb.connect(str(site.warehouse()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def in_force(site: Site) -> list[Row]:
    return query(
        site,
        "SELECT invoice_id, issued_on::VARCHAR, net_amount::INTEGER FROM accounting.invoices "
        "ORDER BY ALL",
    )


def moved(site: Site) -> list[Row]:
    return query(
        site,
        "SELECT file, row_number, record_key, rule, amount::INTEGER, currency "
        "FROM lake.findings ORDER BY ALL",
    )


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2])))
def test_the_last_file_says_in_which_month_it_is(site: Site, order: tuple[int, ...]) -> None:
    """By the files' names, whichever arrives first."""
    site.map_invoices(mode="replace_period")
    for number in order:
        deliver(site, number, {1: DECEMBER, 2: JANUARY}[number])
    assert in_force(site) == [
        ("1", "2024-01-01", 309),
        ("2", "2023-12-18", 5),
        ("3", "2024-01-02", 7),
    ]
    assert moved(site) == [("books/invoices_1.csv", 1, "1", "moved_key", 308, "EUR")]


def test_the_month_that_it_left_mends_it(site: Site) -> None:
    site.map_invoices(mode="replace_period")
    deliver(site, 1, DECEMBER)
    deliver(site, 2, JANUARY)
    assert len(moved(site)) == 1
    deliver(site, 3, "2,2023-12-18,5\n")
    assert moved(site) == []
    assert len(in_force(site)) == 3


def test_where_it_is_taken_back_it_is_where_it_was(site: Site) -> None:
    site.map_invoices(mode="replace_period")
    deliver(site, 1, DECEMBER)
    deliver(site, 2, JANUARY)
    in_force(site)
    deliver(site, 3, "3,2024-01-02,7\n")
    assert ("1", "2023-12-17", 308) in in_force(site)
    assert moved(site) == []


def test_a_system_that_counts_anew_every_year_is_told(site: Site) -> None:
    site.map_invoices(mode="replace_period")
    deliver(site, 1, "1,2023-01-17,308\n2,2023-02-18,5\n")
    deliver(site, 2, "1,2024-01-01,309\n2,2024-02-02,7\n")
    mappings = {mapping.name: mapping for mapping in load_mappings(site.sources_dir)}
    with pytest.raises(ExtractError) as stopped:
        prepare_warehouse(
            site.folder / "warehouse.duckdb",
            site.lake_dir,
            site.loads(),
            mappings,
            max_set_aside_share=0.1,
        )
    said = str(stopped.value)
    assert "books/invoices_1.csv: 2 of 4 rows of accounting.invoices" in said
    assert "First: row 1, invoice_id '1'" in said
    assert "strftime(issued_on, '%Y-') || <column>" in said


rows = st.dictionaries(
    st.integers(1, 4),
    st.tuples(st.sampled_from(["2024-01-05", "2024-02-05", "2024-03-05"]), st.integers(1, 9)),
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=1, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_any_months_in_any_files(
    files: list[dict[int, tuple[str, int]]], is_looked_at: list[bool]
) -> None:
    """Held against dictionaries; nights without a look leave more to compare to the next."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.map_invoices(mode="replace_period")
        ledger: dict[str, dict[int, tuple[str, int, int]]] = {}
        for number, file in enumerate(files):
            deliver(
                site,
                number,
                "".join(f"{key},{day},{amount}\n" for key, (day, amount) in file.items()),
            )
            for month in {day[:7] for day, _ in file.values()}:
                ledger[month] = {
                    key: (day, amount, number)
                    for key, (day, amount) in file.items()
                    if day[:7] == month
                }
            expected: dict[int, tuple[str, int, int]] = {}
            for standing in ledger.values():
                for key, row in standing.items():
                    if key not in expected or row[2] > expected[key][2]:
                        expected[key] = row
            if is_looked_at[number] or number == len(files) - 1:
                assert in_force(site) == sorted(
                    (str(key), day, amount) for key, (day, amount, _) in expected.items()
                )
                left_out = sum(map(len, ledger.values())) - len(expected)
                assert len(moved(site)) == left_out
