"""Tables made again from the kept originals."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from dagster_project.errors import ConfigurationError, ExtractError
from dagster_project.ingestion.backfill import backfill
from dagster_project.ingestion.landing import Landing
from tests.unit.ingestion.site import ANY_SHARE, Site

INVOICES = "id,day,amount\n"


@pytest.fixture
def books(site: Site) -> Site:
    """Three months of invoices, landed; the extracts are gone since."""
    site.map_invoices(mode="replace_period")
    site.deliver("books/invoices-1.csv", INVOICES + "A,2024-01-05,10\nB,2024-02-05,20\n")
    site.land()
    site.deliver("books/invoices-2.csv", INVOICES + "C,2024-02-06,30\nD,2024-03-06,x\n")
    site.land(max_set_aside_share=ANY_SHARE)
    shutil.rmtree(site.extracts_dir)
    return site


def _backfill(site: Site, month: dt.date | None = None, source: str = "books") -> Landing:
    return backfill(
        site.mapping(source),
        lake_dir=site.lake_dir,
        ledger=site.ledger,
        max_set_aside_share=ANY_SHARE,
        month=month,
    )


def test_a_lost_lake_is_whole_again_from_the_originals(books: Site) -> None:
    before, rows = books.state(), books.rows("accounting.invoices", "*")
    for folder in ("loads", "findings"):
        shutil.rmtree(books.lake_dir / folder)
    assert len(_backfill(books).new) == 2
    assert books.state() == before
    assert books.rows("accounting.invoices", "*") == rows


def test_a_corrected_mapping_holds_for_what_was_landed_before(books: Site) -> None:
    path = books.sources_dir / "books.yml"
    path.write_text(path.read_text().replace("net_amount: amount", "net_amount: amount || '0'"))
    _backfill(books)
    assert books.rows("accounting.invoices", "invoice_id", "net_amount::int") == [
        ("A", 100),
        ("C", 300),
    ]


def test_one_month_is_made_again_alone(books: Site) -> None:
    shutil.rmtree(books.lake_dir / "loads")
    landing = _backfill(books, dt.date(2024, 1, 1))
    assert [file.name for load in landing.new for file in load.files] == ["books/invoices-1.csv"]
    assert sum(load.rows_path(books.lake_dir).exists() for load in books.loads()) == 1


def test_a_view_over_several_files_is_made_again(site: Site) -> None:
    site.map(
        """
        source: books
        folder: books
        files:
          products: {pattern: "products-*.csv", columns: [id, name]}
          groups: {pattern: groups.csv, columns: [id, label]}
        views:
          listed: >-
            select products.*, label from products left join groups on products.id = groups.id
        tables:
          accounting.products:
            from: listed
            mode: full
            columns: {product_id: id, product_name: name, category: label}
        """
    )
    site.deliver("books/products-1.csv", "id,name\n1,Tea\n")
    site.deliver("books/products-2.csv", "id,name\n2,Axle\n")
    site.deliver("books/groups.csv", "id,label\n1,drinks\n")
    site.land()
    before = site.state()
    shutil.rmtree(site.lake_dir / "loads")
    _backfill(site)
    assert site.state() == before


def test_what_was_never_landed_is_told(books: Site) -> None:
    with pytest.raises(ConfigurationError, match="nothing of 2031-05 was landed from books"):
        _backfill(books, dt.date(2031, 5, 1))


def test_an_original_that_is_gone_is_told(books: Site) -> None:
    for kept in (books.lake_dir / "originals").rglob("invoices-1.csv"):
        kept.unlink()
    before = books.state()
    with pytest.raises(ExtractError, match=r"invoices-1.csv: its original is no longer kept"):
        _backfill(books)
    assert books.state() == before
