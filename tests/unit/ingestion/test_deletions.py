"""Rows that say their key is no more."""

from __future__ import annotations

import pytest

from dagster_project.errors import MappingError
from tests.unit.ingestion.site import ANY_SHARE, Site

MAPPING = """
    source: books
    folder: books
    files:
      products: {{pattern: "products*", columns: [id, name, gone]}}
    tables:
      accounting.products:
        from: products
        mode: {mode}
        deleted: {deleted}
        columns: {{product_id: id, product_name: name}}
"""


def _map(site: Site, mode: str, deleted: str = "gone = 'yes'") -> None:
    site.map(MAPPING.format(mode=mode, deleted=deleted))


def _products(site: Site) -> list[tuple[str, ...]]:
    return site.rows("accounting.products", "product_id", "product_name")


def test_a_deletion_takes_away_what_an_earlier_file_brought(site: Site) -> None:
    _map(site, "upsert")
    site.deliver("books/products-1.csv", "id,name,gone\na,Axle,\nb,Bell,\n")
    site.land()
    # All that is left of a deleted row is its key.
    site.deliver("books/products-2.csv", "id,name,gone\na,,yes\nc,Chain,no\n")
    landing = site.land()
    assert _products(site) == [("b", "Bell"), ("c", "Chain")]
    assert [load.rows_deleted for load in landing.loads] == [0, 1]
    assert all(load.rows_set_aside == 0 for load in landing.loads)


def test_what_was_deleted_may_come_back(site: Site) -> None:
    _map(site, "upsert")
    for number, row in enumerate(("a,Axle,", "a,,yes", "a,Axle again,"), start=1):
        site.deliver(f"books/products-{number}.csv", f"id,name,gone\n{row}\n")
        site.land()
    assert _products(site) == [("a", "Axle again")]


def test_a_whole_table_is_without_what_it_calls_deleted(site: Site) -> None:
    _map(site, "full")
    site.deliver("books/products.csv", "id,name,gone\na,,yes\nb,Bell,\n")
    landing = site.land()
    assert _products(site) == [("b", "Bell")]
    assert (landing.loads[0].rows_read, landing.loads[0].rows_landed) == (2, 2)


def test_a_deletion_without_a_key_is_set_aside(site: Site) -> None:
    _map(site, "upsert")
    site.deliver("books/products-1.csv", "id,name,gone\n,,yes\nb,Bell,\n")
    landing = site.land(max_set_aside_share=ANY_SHARE)
    assert landing.loads[0].rows_set_aside == 1
    assert [(finding.column, finding.rule) for finding in site.findings()] == [
        ("id", "missing_value")
    ]


def test_what_tells_a_deletion_is_checked_before_anything_is_read(site: Site) -> None:
    _map(site, "upsert", deleted="is_gone")
    with pytest.raises(MappingError, match=r"books.yml:\d+: accounting.products, deleted.*is_gone"):
        site.land()


def test_a_deletion_whose_key_cannot_be_read_is_set_aside(site: Site) -> None:
    _map(site, "upsert")
    path = site.sources_dir / "books.yml"
    path.write_text(path.read_text().replace("[id, name, gone]", "[id: integer, name, gone]"))
    site.deliver("books/products-1.csv", "id,name,gone\none,,yes\n2,Bell,\n")
    site.land(max_set_aside_share=ANY_SHARE)
    assert [(finding.column, finding.value) for finding in site.findings()] == [("id", "one")]
    assert _products(site) == [("2", "Bell")]
