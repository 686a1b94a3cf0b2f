"""Values arrive as the file has them, however the file writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.unit.ingestion.site import Row, Site

PRODUCTS = "accounting.products"


def products(site: Site) -> list[Row]:
    site.land()
    return site.rows(PRODUCTS, "product_id", "product_name", "category", "_file", "_row")


@pytest.mark.parametrize(
    "header",
    ["id,name,group", " id , name\t,group ", '"id"," name ","group"', "\ufeffid,name,group"],
)
def test_a_header_is_found_padded_quoted_or_with_a_byte_order_mark(site: Site, header: str) -> None:
    site.map_products()
    site.deliver("books/products.csv", f"{header}\n1,Bike,road\n")
    assert products(site) == [("1", "Bike", "road", "books/products.csv", 1)]


def test_columns_are_found_by_name_and_others_left_alone(site: Site) -> None:
    site.map_products()
    site.deliver("books/products.csv", "x,group,,name,x,id,\n9,road,,Bike,8,1,7\n")
    assert products(site) == [("1", "Bike", "road", "books/products.csv", 1)]


def test_without_a_header_columns_come_in_order(site: Site) -> None:
    site.map_products(", header: false")
    site.deliver("books/products.csv", "1,Bike,road\n2,Bell,parts\n")
    assert [row[:3] for row in products(site)] == [("1", "Bike", "road"), ("2", "Bell", "parts")]


@pytest.mark.parametrize("delimiter", ["\t", "|", ";", "||", "^|^"])
def test_any_delimiter(site: Site, delimiter: str) -> None:
    written = delimiter.replace("\t", "\\t")
    site.map_products(f', delimiter: "{written}"')
    rows = ["id,name,group", "1,Bike,road"]
    site.deliver("books/products.csv", "\n".join(rows).replace(",", delimiter))
    assert [row[:3] for row in products(site)] == [("1", "Bike", "road")]


def test_quotes_hold_delimiters_newlines_and_quotes(site: Site) -> None:
    site.map_products()
    site.deliver(
        "books/products.csv",
        'id,name,group\n1,"Bike, red","two\nlines"\n2,"a ""fast"" one",parts\n',
    )
    assert [row[:3] for row in products(site)] == [
        ("1", "Bike, red", "two\nlines"),
        ("2", 'a "fast" one', "parts"),
    ]


def test_another_quote_or_none(site: Site) -> None:
    site.map_products(""", quote: "'" """)
    site.deliver("books/products.csv", "id,name,group\n1,'a, b','\"'\n")
    assert products(site)[0][:3] == ("1", "a, b", '"')
    site.map_products(", quote: ''")
    site.deliver("books/products.csv", 'id,name,group\n1,12" wheel,"\n')
    assert products(site)[0][:3] == ("1", '12" wheel', '"')


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_line_ending_with_or_without_a_last_one(site: Site, newline: str) -> None:
    site.map_products()
    site.deliver("books/products1.csv", newline.join(["id,name,group", "1,a,b", "2,c,d", ""]))
    site.deliver("books/products2.csv", newline.join(["id,name,group", "3,e,f", "4,g,h"]))
    assert [row[0] for row in products(site)] == ["1", "2", "3", "4"]


def test_gzip_is_unpacked(site: Site) -> None:
    site.map_products()
    site.deliver("books/products.csv.gz", "id,name,group\n1,Bike,road\n")
    assert products(site) == [("1", "Bike", "road", "books/products.csv.gz", 1)]


def test_parquet(site: Site) -> None:
    site.map_invoices(", format: parquet")
    site.deliver_parquet(
        "books/invoices.parquet",
        "SELECT 7 AS id, DATE '2024-01-31' AS day, 12.5::DECIMAL(9,2) AS amount, 'x' AS secret",
    )
    site.land()
    assert site.rows("accounting.invoices", "invoice_id", "issued_on", "net_amount", "_row") == [
        ("7", dt.date(2024, 1, 31), Decimal("12.5000"), 1)
    ]


def test_one_pattern_gathers_several_files(site: Site) -> None:
    site.map_products()
    site.deliver("books/products_b.csv", "id,name,group\n2,Bell,parts\n")
    site.deliver("books/products_a.csv.gz", "group,id,name\nroad,1,Bike\n")
    assert products(site) == [
        ("1", "Bike", "road", "books/products_a.csv.gz", 1),
        ("2", "Bell", "parts", "books/products_b.csv", 1),
    ]


def test_blanks_are_null_and_values_are_trimmed(site: Site) -> None:
    site.map_products()
    site.deliver("books/products.csv", 'id,name,group\n 1 , Bike ,\n2,Bell,"  "\n3,Cap,""\n')
    assert [row[:3] for row in products(site)] == [
        ("1", "Bike", None),
        ("2", "Bell", None),
        ("3", "Cap", None),
    ]


def test_blank_lines_are_no_rows(site: Site) -> None:
    site.map_products()
    site.deliver("books/products.csv", "id,name,group\n\n1,Bike,road\n\n\n2,Bell,parts\n\n")
    assert [(row[0], row[4]) for row in products(site)] == [("1", 1), ("2", 2)]


def test_a_date_format_is_followed_and_never_guessed(site: Site) -> None:
    site.map_invoices(', date_format: "%d.%m.%Y"')
    path = site.mapping().path
    path.write_text(path.read_text().replace("[id, day, amount]", "[id, day: date, amount]"))
    site.deliver("books/invoices.csv", "id,day,amount\n1,02.03.2024,5\n2,2024-03-02,5\n")
    site.land(max_set_aside_share=0.5)
    assert site.rows("accounting.invoices", "invoice_id", "issued_on") == [
        ("1", dt.date(2024, 3, 2))
    ]
    (finding,) = (found for found in site.findings() if found.rule == "type")
    assert (finding.row, finding.column, finding.value) == (2, "day", "2024-03-02")


def test_times_are_brought_to_utc(site: Site) -> None:
    site.map(
        """
        source: books
        folder: books
        files:
          leads: {pattern: leads.csv, columns: [id, moment]}
        tables:
          crm.leads:
            from: leads
            mode: full
            columns: {lead_id: id, channel: "'web'", created_at: moment}
        """
    )
    site.deliver(
        "books/leads.csv",
        "id,moment\n1,2024-01-05 10:00:00\n2,2024-01-05T10:00:00Z\n3,2024-01-05T10:00:00+02:00\n",
    )
    site.land()
    assert site.rows("crm.leads", "lead_id", "hour(created_at)") == [("1", 10), ("2", 10), ("3", 8)]
