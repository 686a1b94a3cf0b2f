"""The rows in force, by load mode and over several sources."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pytest

from dagster_project.errors import ExtractError
from dagster_project.ingestion.contract import CONTRACT, LINEAGE_COLUMNS
from tests.unit.ingestion.site import Row, Site

HEADER = "id,day,amount\n"


def invoices(site: Site, *files: tuple[str, Iterable[str]]) -> list[Row]:
    """Land files one after the other, as deliveries of their own."""
    for name, rows in files:
        site.deliver(f"books/{name}", HEADER + "\n".join(rows))
        site.land()
    return site.rows("accounting.invoices", "invoice_id", "net_amount::INTEGER")


def test_full_is_the_whole_table(site: Site) -> None:
    site.map_invoices()
    january = ("invoices.csv", ["1,2024-01-01,5", "2,2024-01-02,6"])
    february = ("invoices.csv", ["3,2024-02-01,7"])
    assert invoices(site, january) == [("1", 5), ("2", 6)]
    assert invoices(site, february) == [("3", 7)]


def test_replace_period_is_the_whole_of_its_months(site: Site) -> None:
    site.map_invoices(mode="replace_period")
    january = ("invoices_1.csv", ["1,2024-01-01,5", "2,2024-01-31,6"])
    both = ("invoices_2.csv", ["3,2024-02-01,7", "4,2024-03-01,8"])
    again = ("invoices_3.csv", ["2,2024-01-31,9", "5,2024-03-31,10"])
    assert invoices(site, january, both) == [("1", 5), ("2", 6), ("3", 7), ("4", 8)]
    assert invoices(site, again) == [("2", 9), ("3", 7), ("5", 10)]


def test_upsert_takes_the_newer_row_of_a_key(site: Site) -> None:
    site.map_invoices(mode="upsert")
    first = ("invoices_1.csv", ["1,2024-01-01,5", "2,2024-01-01,6"])
    second = ("invoices_2.csv", ["2,2024-02-01,7", "3,2024-01-01,8"])
    assert invoices(site, first, second) == [("1", 5), ("2", 7), ("3", 8)]
    # What was delivered before and lies there still is not newer for that.
    assert site.land().new == ()


def test_files_of_one_delivery_upsert_in_the_order_of_their_names(site: Site) -> None:
    site.map_invoices(mode="upsert")
    site.deliver("books/invoices_2.csv", HEADER + "1,2024-01-01,6\n")
    site.deliver("books/invoices_1.csv", HEADER + "1,2024-01-01,5\n")
    assert invoices(site, ("invoices_3.csv", ["2,2024-01-01,7"])) == [("1", 6), ("2", 7)]


def test_is_deleted_is_a_tombstone(site: Site) -> None:
    site.map(
        """
        source: books
        folder: books
        files:
          accounts: {pattern: "accounts*", columns: [id, name, gone]}
        tables:
          crm.accounts:
            from: accounts
            mode: upsert
            columns: {account_id: id, account_name: name, is_deleted: gone}
        """
    )
    header = "id,name,gone\n"
    seen = []
    for name, rows in (
        ("accounts_1.csv", "1,One,\n2,Two,false\n"),
        ("accounts_2.csv", "1,One,true\n"),
        ("accounts_3.csv", "1,One again,false\n2,Two,true\n"),
    ):
        site.deliver(f"books/{name}", header + rows)
        site.land()
        seen.append(site.rows("crm.accounts", "account_id", "account_name"))
    assert seen == [[("1", "One"), ("2", "Two")], [("2", "Two")], [("1", "One again")]]


def test_every_table_is_there_and_typed_even_if_empty(site: Site) -> None:
    site.map_products()
    site.deliver("books/products.csv", "id,name,group\n1,Bike,road\n")
    site.land()
    with duckdb.connect(str(site.warehouse()), read_only=True) as connection:
        for table in CONTRACT.values():
            described = connection.execute(f"DESCRIBE {table.name}").fetchall()
            assert {row[0]: row[1] for row in described} == {
                column.name: column.type.sql for column in table.columns
            } | LINEAGE_COLUMNS
        counts = connection.execute(
            "SELECT table_name, row_count FROM lake.input_counts WHERE row_count > 0"
        ).fetchall()
        assert counts == [("accounting.products", 1)]
        assert connection.execute("SELECT count(*) FROM lake.findings").fetchall() == [(0,)]


def test_the_warehouse_shows_what_was_set_aside(site: Site) -> None:
    site.map_invoices()
    site.deliver("books/invoices.csv", HEADER + "1,2024-01-01,5\n2,soon,5\n")
    site.land(max_set_aside_share=0.5)
    with duckdb.connect(str(site.warehouse()), read_only=True) as connection:
        found = connection.execute(
            'SELECT source, file, row_number, column_name, "value", rule FROM lake.findings'
        ).fetchall()
    assert found == [("books", "books/invoices.csv", 2, "day", "soon", "type")]


def two_sources(site: Site, first: str, second: str) -> None:
    for source, rows in (("books", first), ("shop", second)):
        site.map_products(source=source)
        site.deliver(f"{source}/products.csv", f"id,name,group\n{rows}")
        site.land(source)


def test_disjoint_keys_of_two_sources_are_all_there(site: Site) -> None:
    two_sources(site, "1,Bike,road\n", "2,Bell,parts\n")
    with duckdb.connect(str(site.warehouse()), read_only=True) as connection:
        rows = connection.execute(
            "SELECT product_id, _source FROM accounting.products ORDER BY ALL"
        ).fetchall()
    assert rows == [("1", "books"), ("2", "shop")]


def test_a_key_that_two_sources_claim_is_an_error(site: Site) -> None:
    two_sources(site, "1,Bike,road\n2,Bell,parts\n3,Cap,\n", "9,Hat,\n3,Cap,\n2,Bell,parts\n")
    with pytest.raises(ExtractError) as caught:
        site.warehouse()
    message = str(caught.value)
    line = site.mapping("shop").document.line(("tables", "accounting.products"))
    assert message.startswith(f"{site.sources_dir / 'shop.yml'}:{line}: ")
    for part in (
        "sources books and shop both claim accounting.products product_id '2'",
        "books/products.csv row 2; shop/products.csv row 3",
        "1 more key",
        "Map the table from one of them",
        "product_id: \"'shop-' || <column>\"",
    ):
        assert part in message


def test_one_source_may_be_full_and_another_upsert(site: Site) -> None:
    site.map_products(source="books")
    site.map_products(source="shop", mode="upsert")
    for source, name, rows in (
        ("books", "products.csv", "1,Bike,road\n"),
        ("shop", "products1.csv", "2,Bell,parts\n"),
        ("shop", "products2.csv", "3,Cap,\n"),
        ("books", "products.csv", "4,Hat,\n"),
    ):
        site.deliver(f"{source}/{name}", f"id,name,group\n{rows}")
        site.land(source)
    assert site.rows("accounting.products", "product_id") == [("2",), ("3",), ("4",)]
