"""A file that cannot be trusted as a whole stops its source, and nothing changes."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

import pytest

from dagster_project.errors import ExtractError
from tests.unit.ingestion.site import Site

HEADER = "id,name,group\n"


def stops(site: Site, *said: str, limit: float = 0.01) -> None:
    """Landing raises, says all of it, and leaves ledger and lake as they were."""
    before = site.state()
    with pytest.raises(ExtractError) as caught:
        site.land(max_set_aside_share=limit)
    message = str(caught.value)
    for part in said:
        assert part in message
    assert site.state() == before
    assert not list((site.lake_dir / ".staging").glob("*"))


@pytest.fixture
def landed(site: Site) -> Site:
    """A site on which something is in force already."""
    site.map_products()
    site.deliver("books/products.csv", HEADER + "1,Bike,road\n")
    site.land()
    return site


def without(site: Site) -> None:
    (site.extracts_dir / "books/products.csv").unlink()


def with_content(content: str | bytes) -> Callable[[Site], None]:
    return lambda site: (site.deliver("books/products.csv", content), None)[1]


def with_parquet(site: Site) -> None:
    site.deliver_parquet("books/products.csv", "SELECT 1 AS id, 'é' AS name FROM range(999)")


WRONG: dict[str, tuple[Callable[[Site], None], tuple[str, ...]]] = {
    "missing": (without, ("books/products*: no such file", "books.yml:5")),
    "empty": (with_content(""), ("books/products.csv: ", "empty (0 bytes)", "export it again")),
    "header only": (with_content(HEADER), ("books/products.csv: there is not one row",)),
    "header and blank lines": (with_content(HEADER + "\n\n"), ("there is not one row",)),
    "blank first line": (with_content("\n" + HEADER + "1,a,b\n"), ("no first record",)),
    "missing column": (
        with_content("id,name\n1,Bike\n"),
        ("books/products.csv: column 'group' is mapped but not in the file", "id, name"),
    ),
    "column twice": (with_content("id,name,group,id\n1,a,b,2\n"), ("'id'", "more than once")),
    "Parquet for CSV": (with_parquet, ("books/products.csv: the file cannot be read",)),
    "Latin for UTF-8": (
        with_content(HEADER.encode() + b"1,caf\xe9,b\n"),
        ("books/products.csv: the file cannot be read",),
    ),
    "half malformed": (with_content(HEADER + "1,a,b\n2\n"), ("1 of 2 rows (50.0%)", "row 2")),
}


@pytest.mark.parametrize(("spoil", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file(landed: Site, spoil: Callable[[Site], None], said: tuple[str, ...]) -> None:
    spoil(landed)
    stops(landed, *said)
    assert landed.rows("accounting.products", "product_id") == [("1",)]


def test_the_wrong_number_of_columns_without_a_header(site: Site) -> None:
    site.map_products(", header: false")
    site.deliver("books/products.csv", "1,Bike,road,new\n")
    stops(site, "books/products.csv: the first record has 4 columns", "names 3")


def test_a_missing_column_of_parquet(site: Site) -> None:
    site.map_products(", format: parquet")
    site.deliver_parquet("books/products.parquet", "SELECT 1 AS id, 'Bike' AS name")
    stops(site, "books/products.parquet: column 'group'", "id, name")


def test_csv_for_parquet(site: Site) -> None:
    site.map_products(", format: parquet")
    site.deliver("books/products.parquet", HEADER + "1,Bike,road\n")
    stops(site, "books/products.parquet: the file cannot be read", "export it again")


@pytest.mark.parametrize("share", [0.002, 0.1, 0.5, 0.9, 0.999])
def test_a_gzip_cut_short_anywhere(landed: Site, share: float) -> None:
    noise = random.Random(0)
    rows = "".join(f"{n},{noise.random()},x\n" for n in range(5_000))
    whole = gzip.compress((HEADER + rows).encode())
    without(landed)
    path = landed.deliver("books/products.csv", "x").rename(
        landed.extracts_dir / "books/products.csv.gz"
    )
    path.write_bytes(whole[: int(len(whole) * share)])
    stops(landed, "books/products.csv.gz: the file cannot be read", "cut short")


@pytest.mark.parametrize("missing", [1, 4, 8, 9])
def test_a_gzip_cut_in_its_trailer(site: Site, missing: int) -> None:
    site.map_products()
    path = site.deliver("books/products.csv.gz", HEADER + "1,Bike,road\n")
    path.write_bytes(path.read_bytes()[:-missing])
    stops(site, "books/products.csv.gz: the file cannot be read")


def test_a_gzip_with_a_broken_middle(site: Site) -> None:
    site.map_products()
    path = site.deliver("books/products.csv.gz", HEADER + "1,Bike,road\n" * 999)
    data = path.read_bytes()
    path.write_bytes(data[:12] + b"\xff" * 20 + data[32:])
    stops(site, "books/products.csv.gz: the file cannot be read")


def test_parquet_cut_short(site: Site) -> None:
    site.map_products(", format: parquet")
    path = site.deliver_parquet("books/products.parquet", 'SELECT 1 id, 2 AS name, 3 AS "group"')
    path.write_bytes(path.read_bytes()[:-20])
    stops(site, "books/products.parquet: the file cannot be read")


def test_letters_in_five_percent_of_the_amounts(site: Site) -> None:
    site.map_invoices()
    rows = [f"{n},2024-01-01,{'n/a' if n % 20 == 0 else n}" for n in range(1, 101)]
    site.deliver("books/invoices.csv", "\n".join(["id,day,amount", *rows]))
    stops(
        site,
        "books/invoices.csv: 5 of 100 rows (5.0%)",
        "the limit is 1.0%",
        "row 20, column amount: 'n/a'",
        "max_set_aside_share",
    )
    assert site.land(max_set_aside_share=0.05).new


def test_a_quote_that_swallows_the_rows_after_it(site: Site) -> None:
    site.map_products()
    rows = "".join(f"{n},Bike,road\n" for n in range(1, 500))
    site.deliver("books/products.csv", HEADER + rows + '500,"Bike,road\n' + rows)
    stops(site, "books/products.csv: a quote opened in row 500 is not closed")


def test_one_of_several_files_without_rows(site: Site) -> None:
    site.map_products()
    site.deliver("books/products1.csv", HEADER + "1,Bike,road\n")
    site.deliver("books/products2.csv", HEADER)
    stops(site, "books/products2.csv: there is not one row")


VIEW = """
source: books
folder: books
files:
  products: {pattern: products.csv, columns: [id, name, group]}
  groups: {pattern: groups.csv, columns: [group, title]}
  prices: {pattern: prices.csv, columns: [id, day, price]}
views:
  titled: >-
    select products.*, groups.title from products left join groups using ("group")
tables:
  accounting.price_list:
    from: prices
    mode: full
    columns: {product_id: id, valid_from: day, list_price: price, currency: "'EUR'"}
  accounting.products:
    from: titled
    mode: full
    columns: {product_id: id, product_name: name, category: title}
"""


def test_a_file_without_rows_behind_a_view(site: Site) -> None:
    site.map(VIEW)
    site.deliver("books/products.csv", HEADER + "1,Bike,road\n")
    site.deliver("books/groups.csv", "group,title\n")
    site.deliver("books/prices.csv", "id,day,price\n1,2024-01-01,5\n")
    stops(site, "books/groups.csv: there is not one row")


def test_one_wrong_file_keeps_the_sources_other_tables_back(site: Site) -> None:
    site.map(VIEW)
    site.deliver("books/products.csv", HEADER + "1,Bike,road\n")
    site.deliver("books/groups.csv", "group,name\nroad,Road\n")
    site.deliver("books/prices.csv", "id,day,price\n1,2024-01-01,5\n")
    stops(site, "books/groups.csv: column 'title'")
    site.deliver("books/groups.csv", "group,title\nroad,Road\n")
    assert {load.table for load in site.land().new} == {
        "accounting.price_list",
        "accounting.products",
    }
