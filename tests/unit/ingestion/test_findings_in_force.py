"""A bad row is mended by the next good extract, however its table is loaded."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.unit.ingestion.site import ANY_SHARE, Site

HEADER = "id,day,amount\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def holding(site: Site) -> list[tuple[str, int, str | None]]:
    """Land what was delivered; file, row and value of each finding that holds."""
    site.land(max_set_aside_share=ANY_SHARE)
    with duckdb.connect(str(site.warehouse()), read_only=True) as connection:
        return connection.execute(
            'SELECT file, row_number, "value" FROM lake.findings ORDER BY ALL'
        ).fetchall()


@pytest.mark.parametrize("mode", ["full", "replace_period", "upsert"])
def test_the_same_file_comes_again_and_is_good(site: Site, mode: str) -> None:
    site.map_invoices(mode=mode)
    site.deliver("books/invoices.csv", f"{HEADER}1,soon,5\n2,2024-01-02,5\n")
    assert holding(site) == [("books/invoices.csv", 1, "soon")]
    site.deliver("books/invoices.csv", f"{HEADER}1,2024-01-01,5\n2,2024-01-02,5\n")
    assert holding(site) == []


def test_the_record_comes_in_another_file(site: Site) -> None:
    site.map_invoices(mode="upsert")
    site.deliver("books/invoices-1.csv", f"{HEADER}1,soon,5\n2,never,5\n3,2024-01-02,5\n")
    site.deliver("books/invoices-2.csv", f"{HEADER}1,2024-01-01,5\n")
    assert holding(site) == [("books/invoices-1.csv", 2, "never")]


def test_a_record_that_is_bad_again_is_told_once(site: Site) -> None:
    site.map_invoices(mode="upsert")
    site.deliver("books/invoices-1.csv", f"{HEADER}1,soon,5\n3,2024-01-02,5\n")
    site.deliver("books/invoices-2.csv", f"{HEADER}1,later,5\n4,2024-01-02,5\n")
    assert holding(site) == [("books/invoices-2.csv", 1, "later")]


def test_an_older_good_record_mends_nothing(site: Site) -> None:
    site.map_invoices(mode="upsert")
    site.deliver("books/invoices-1.csv", f"{HEADER}1,2024-01-01,5\n")
    site.deliver("books/invoices-2.csv", f"{HEADER}1,soon,5\n4,2024-01-02,5\n")
    assert holding(site) == [("books/invoices-2.csv", 1, "soon")]


def test_a_row_without_a_key_holds_until_its_file_comes_again(site: Site) -> None:
    site.map_invoices(mode="upsert")
    site.deliver("books/invoices-1.csv", f"{HEADER},2024-01-01,5\n2,2024-01-01,5\n")
    site.deliver("books/invoices-2.csv", f"{HEADER},2024-01-01,5\n3,2024-01-01,5\n")
    assert len(holding(site)) == 2
    site.deliver("books/invoices-1.csv", f"{HEADER}1,2024-01-01,5\n2,2024-01-01,5\n")
    assert holding(site) == [("books/invoices-2.csv", 1, None)]


def test_all_months_of_a_file_come_in_later_ones(site: Site) -> None:
    site.map_invoices(mode="replace_period")
    site.deliver("books/invoices-1.csv", f"{HEADER}1,soon,5\n2,2024-01-02,5\n3,2024-02-02,5\n")
    site.deliver("books/invoices-2.csv", f"{HEADER}2,2024-01-02,5\n")
    assert holding(site) == [("books/invoices-1.csv", 1, "soon")]
    site.deliver("books/invoices-3.csv", f"{HEADER}3,2024-02-02,5\n")
    assert holding(site) == []


def test_every_row_that_was_read_landed_or_is_found(site: Site) -> None:
    site.map_invoices(mode="full")
    rows = "".join(f"{n},{'soon' if n % 7 == 0 else '2024-01-01'},{n}\n" for n in range(1, 200))
    site.deliver("books/invoices.csv", HEADER + rows)
    found = {row for _, row, _ in holding(site)}
    landed = {row for (row,) in site.rows("accounting.invoices", "_row")}
    assert found | landed == set(range(1, 200))
    assert not found & landed
