"""The same files land once; what landed is remembered, and originals are kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dagster_project.errors import ExtractError
from dagster_project.ingestion.ledger import current_loads
from tests.unit.ingestion.site import Site

A = "id,name,group\n1,Bike,road\n"
B = "id,name,group\n2,Bell,parts\n"
FILE = "books/products.csv"


def products(site: Site) -> list[str]:
    return [row[0] for row in site.rows("accounting.products", "product_id")]


def test_the_same_files_land_nothing_new(site: Site) -> None:
    site.map_products()
    site.deliver(FILE, A)
    first = site.land()
    before = site.state()
    second = site.land()
    assert (len(first.new), second.new, second.loads) == (1, (), first.loads)
    assert site.state() == before


def test_the_newest_content_is_in_force_even_if_it_came_before(site: Site) -> None:
    site.map_products()
    seen = []
    for content in (A, B, A):
        site.deliver(FILE, content)
        assert len(site.land().new) == 1
        seen.append(products(site))
        assert site.land().new == ()
    assert seen == [["1"], ["2"], ["1"]]
    assert len(site.ledger.history()) == 3
    # The content that came back is not written again.
    assert len(list((site.lake_dir / "loads").rglob("*.parquet"))) == 2


def test_a_changed_mapping_lands_again(site: Site) -> None:
    path = site.map_products()
    site.deliver(FILE, A)
    site.land()
    path.write_text(path.read_text().replace("product_name: name", "product_name: upper(name)"))
    assert len(site.land().new) == 1
    assert site.rows("accounting.products", "product_name") == [("BIKE",)]


@pytest.mark.parametrize("mode", ["upsert", "replace_period"])
def test_a_changed_mapping_does_not_leave_the_rows_of_the_old_one(site: Site, mode: str) -> None:
    path = site.map_invoices(mode=mode)
    site.deliver("books/invoices_1.csv", "id,day,amount\n1,2024-01-01,5\n2,2024-01-02,5\n")
    site.deliver("books/invoices_2.csv", "id,day,amount\n1,2024-01-01,6\n")
    site.land()
    path.write_text(path.read_text().replace("invoice_id: id", "invoice_id: \"'n' || id\""))
    # The first file is no longer there, so only the second can land again.
    (site.extracts_dir / "books/invoices_1.csv").unlink()
    site.land()
    ids = [row[0] for row in site.rows("accounting.invoices", "invoice_id")]
    assert ids == (["1", "2", "n1"] if mode == "upsert" else ["n1"])
    assert len(site.loads()) == 2
    assert len(site.ledger.history()) == 3


def test_a_full_load_ends_all_that_came_before_it(site: Site) -> None:
    for mode, identifier in (("upsert", 1), ("full", 2), ("upsert", 3)):
        site.map_invoices(mode=mode)
        site.deliver("books/invoices.csv", f"id,day,amount\n{identifier},2024-01-01,5\n")
        site.land()
    assert [row[0] for row in site.rows("accounting.invoices", "invoice_id")] == ["2", "3"]


def test_a_changed_file_behind_a_view_lands_again(site: Site) -> None:
    path = site.map_products()
    path.write_text(
        path.read_text()
        .replace("from: products", "from: named")
        .replace("tables:", 'views:\n  named: select * from "PRODUCTS"\ntables:')
    )
    site.deliver(FILE, A)
    site.land()
    site.deliver(FILE, B)
    assert len(site.land().new) == 1
    assert products(site) == ["2"]


def test_other_tables_of_the_source_stay_as_they_are(site: Site) -> None:
    path = site.map_products()
    path.write_text(
        path.read_text().replace(
            "tables:",
            "  others: {pattern: others.csv, columns: [id]}\n"
            "tables:\n"
            "  crm.territories: {from: others, mode: full, "
            "columns: {territory_id: id, territory_name: id}}",
        )
    )
    site.deliver(FILE, A)
    site.deliver("books/others.csv", "id\n1\n")
    site.land()
    site.deliver("books/others.csv", "id\n2\n")
    assert [load.table for load in site.land().new] == ["crm.territories"]


def test_the_history_is_read_as_it_was_written(site: Site) -> None:
    site.map_invoices()
    site.deliver("books/invoices.csv", "id,day,amount\n1,2024-01-31,5\n2,2024-03-01,5\n3,x,5\n")
    landing = site.land(max_set_aside_share=0.5)
    assert site.ledger.history() == landing.loads == current_loads(site.ledger.history())
    (load,) = landing.loads
    assert [month.isoformat() for month in load.months] == ["2024-01-01", "2024-03-01"]
    data = (site.extracts_dir / "books/invoices.csv").read_bytes()
    assert [(file.name, file.sha256, file.bytes) for file in load.files] == [
        ("books/invoices.csv", hashlib.sha256(data).hexdigest(), len(data))
    ]


def test_originals_are_kept_by_hash_for_the_pipelines_eyes_only(site: Site) -> None:
    site.map_products()
    for content in (A, B, A):
        site.deliver(FILE, content)
        site.land()
    folder = site.lake_dir / "originals" / "books"
    assert folder.stat().st_mode & 0o777 == 0o700
    kept = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.csv")}
    assert kept == {
        f"{hashlib.sha256(content.encode()).hexdigest()[:16]}/products.csv": content
        for content in (A, B)
    }


def test_a_file_that_changes_while_it_is_copied_is_not_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.map_products()
    path = site.deliver(FILE, A)

    def copy_while_written(source: Path, target: Path) -> None:
        path.write_text(A + "2,Be")
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr("shutil.copyfile", copy_while_written)
    with pytest.raises(ExtractError, match="changed while it was copied"):
        site.land()
    assert not [path for path in (site.lake_dir / "originals").rglob("*") if path.is_file()]
