"""Text of any language and file of any format comes out as it was written."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import pytest
import zstandard

from dagster_project.errors import ExtractError, MappingError
from dagster_project.ingestion.values import excel_date_sql
from tests.unit.ingestion.site import Row, Site

PRODUCTS = "accounting.products"
INVOICES = "accounting.invoices"

TEXTS = {
    "utf-8": "Ő, ж, 车, ש, ß",
    "utf-8-sig": "Ő, ж, 车, ש, ß",
    "utf-16": "Ő, ж, 车, ש, ß, 🚲",
    "utf-16-le": "Ő, ж, 车, ש, ß",
    "cp1250": "Fűszer és Építő Kft., Łódź, Kč",
    "cp1251": "ООО «Ёлка», Київ, №",
    "cp1252": "Café Müller – «œuvre» €",
    "cp1255": "תעשיות בע״מ",
    "iso8859-2": "Žluťoučký kůň",
    "koi8-r": "Здравствуйте",
    "gbk": "华达恒天贸易集团",
    "gb18030": "汇信汇食品股份有限公司 €",
}


def products(site: Site) -> list[Row]:
    site.land()
    return site.rows(PRODUCTS, "product_id", "product_name", "category", "_row")


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_text_comes_out_as_it_was_written(site: Site, encoding: str, packing: str) -> None:
    text = TEXTS[encoding]
    data = f'id;name;group\r\n1;"{text}";{text}\r\n2;b;c\r\n'.encode(encoding)
    if packing == ".zst":
        data = zstandard.ZstdCompressor().compress(data)
    site.map_products(f', delimiter: ";", encoding: {encoding}')
    site.deliver(f"books/products.csv{packing}", data)
    assert products(site) == [("1", text, text, 1), ("2", "b", "c", 2)]


def test_text_longer_than_a_block_is_not_cut_within_a_character(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dagster_project.ingestion.readable.BLOCK", 7)
    site.map_products(", encoding: gb18030")
    names = [f"{number} 汇信汇食品 €" for number in range(50)]
    lines = ["id,name,group", *(f"{number},{name}," for number, name in enumerate(names))]
    site.deliver("books/products.csv", "\n".join(lines).encode("gb18030"))
    assert sorted(row[1] for row in products(site)) == sorted(names)


def test_bytes_that_are_not_of_the_encoding_are_told_with_their_line(site: Site) -> None:
    site.map_products(", encoding: gbk")
    site.deliver("books/products.csv", b"id,name,group\n1,a,b\n2,\xff\xff,c\n")
    with pytest.raises(ExtractError, match=r"products\.csv: line 3 holds bytes \(ff") as error:
        site.land()
    assert "`encoding` in the mapping" in str(error.value)


def test_packed_text_that_is_cut_short_is_told(site: Site) -> None:
    site.map_products(", encoding: cp1251")
    whole = gzip.compress("id,name,group\n".encode("cp1251") + b"1,a,b\n" * 1000, mtime=0)
    (site.extracts_dir / "books").mkdir(parents=True)
    (site.extracts_dir / "books" / "products.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(ExtractError, match="cannot be read"):
        site.land()


@pytest.mark.parametrize("encoding", ["cp1250", "cp1251", "cp1255", "gbk", "gb18030", "koi8-r"])
def test_text_in_utf_8_of_which_another_encoding_is_said_is_told(site: Site, encoding: str) -> None:
    site.map_products(f", encoding: {encoding}")
    site.deliver("books/products.csv", "id,name,group\n1,Ёжики и ёжик,\n".encode())
    # Some of the others make letters of these bytes, only the wrong ones.
    with pytest.raises(ExtractError, match=r"is UTF-8|are not") as error:
        site.land()
    assert "`encoding` in the mapping" in str(error.value)


@pytest.mark.parametrize("missing", [1, 20, 3000])
def test_text_under_zstd_that_is_cut_short_is_told(site: Site, missing: int) -> None:
    site.map_products()
    lines = [f"{number},{number**7},b\n".encode() for number in range(1000)]
    whole = zstandard.ZstdCompressor().compress(b"".join([b"id,name,group\n", *lines]))
    site.deliver("books/products.csv.zst", whole[:-missing])
    with pytest.raises(ExtractError, match="cannot be read"):
        site.land()


def test_all_frames_under_zstd_are_read(site: Site) -> None:
    site.map_products()
    pack = zstandard.ZstdCompressor().compress
    site.deliver("books/products.csv.zst", pack(b"id,name,group\n1,a,") + pack(b"b\n2,c,d\n"))
    assert [row[:3] for row in products(site)] == [("1", "a", "b"), ("2", "c", "d")]


def test_an_encoding_that_is_none_is_told_by_the_mapping(site: Site) -> None:
    site.map_products(", encoding: cp12510")
    with pytest.raises(MappingError, match="cp12510"):
        site.mapping()


def amounts(site: Site) -> list[Row]:
    site.land(max_set_aside_share=1.0)
    return site.rows(INVOICES, "invoice_id", "issued_on", "net_amount")


def map_amounts(site: Site, settings: str, day: str = "date") -> None:
    site.map_invoices(settings)
    path = site.sources_dir / "books.yml"
    written = path.read_text(encoding="utf-8")
    typed = written.replace("[id, day, amount]", f"[id, day: {day}, amount: number]")
    path.write_text(typed, encoding="utf-8")


NUMBERS = [
    (",", "' '", "1 234,50", "1234.50"),
    (",", "' '", "1\u00a0234\u00a0567,5", "1234567.5"),
    (",", "' '", "1\u202f234,50 €", "1234.50"),
    (",", "' '", "-1 234,50", "-1234.50"),
    (",", "' '", "1234,50-", "-1234.50"),
    (",", "' '", "12 руб.", "12"),
    (",", "' '", "3,5 тыс.", "3500"),
    (",", "' '", "2 млн", "2000000"),
    (",", "'.'", "1.234,50", "1234.50"),
    (",", "'.'", "1.234", "1234"),
    (".", "','", "$1,234.50", "1234.50"),
    (".", "','", "(1,234.50)", "-1234.50"),
    (".", "','", "EUR 12", "12"),
    (".", "','", "\u221212.5", "-12.5"),
    (".", '"\'"', "1'234.50", "1234.50"),
    (".", '"\'"', "CHF 1\u2019234.50", "1234.50"),
    (".", "''", "2.5万", "25000"),
    (".", "''", "¥3亿", "300000000"),
    (".", "''", "0.0001", "0.0001"),
]


@pytest.mark.parametrize(("decimal", "thousands", "written", "meant"), NUMBERS)
def test_a_number_is_read_as_the_mapping_says(
    site: Site, decimal: str, thousands: str, written: str, meant: str
) -> None:
    map_amounts(site, f', delimiter: ";", decimal: "{decimal}", thousands: {thousands}')
    site.deliver("books/invoices.csv", f"id;day;amount\n1;2025-01-31;{written}\n")
    assert amounts(site) == [("1", dt.date(2025, 1, 31), Decimal(meant))]


@pytest.mark.parametrize(
    ("decimal", "thousands", "written"),
    [
        (",", "' '", "1.234"),
        (",", "'.'", "1.23,4"),
        (",", "' '", "1 23,4"),
        (".", "','", "1,2345"),
        (".", "''", "1,234"),
        (".", "''", "(5"),
        (".", "''", "5)"),
        (".", "''", "-5-"),
        (".", "''", "1.2.3"),
        (".", "''", "five"),
        (".", "''", "5 apples"),
    ],
)
def test_what_contradicts_the_mapping_is_a_finding(
    site: Site, decimal: str, thousands: str, written: str
) -> None:
    map_amounts(site, f', delimiter: ";", decimal: "{decimal}", thousands: {thousands}')
    site.deliver("books/invoices.csv", f"id;day;amount\n1;2025-01-31;{written}\n2;2025-01-31;7\n")
    assert [row[0] for row in amounts(site)] == ["2"]
    (finding,) = site.findings()
    assert (finding.row, finding.column, finding.value, finding.rule) == (
        1,
        "amount",
        written,
        "type",
    )


@pytest.mark.parametrize(
    ("settings", "day", "written"),
    [
        (', date_format: "%d.%m.%Y"', "date", "31.01.2025"),
        (', date_format: "%m/%d/%Y"', "date", "01/31/2025"),
        (', date_format: "%d/%m/%y"', "date", "31/01/25"),
        ("", "excel_date", "45688"),
        ("", "excel_date", "45688.75"),
    ],
)
def test_a_day_is_read_as_the_mapping_says(
    site: Site, settings: str, day: str, written: str
) -> None:
    map_amounts(site, settings, day)
    site.deliver("books/invoices.csv", f"id,day,amount\n1,{written},5\n2,soon,5\n")
    assert amounts(site) == [("1", dt.date(2025, 1, 31), Decimal(5))]
    assert [(finding.row, finding.value) for finding in site.findings()] == [(2, "soon")]


def test_a_spreadsheet_s_first_days() -> None:
    days = duckdb.execute(
        f"SELECT {excel_date_sql('n')} FROM (VALUES ('1'), ('59'), ('60'), ('61')) AS t(n)"
    ).fetchall()
    # The 60th, 29 February 1900, is a day in spreadsheets alone.
    assert [day for (day,) in days] == [
        dt.date(1900, 1, 1),
        dt.date(1900, 2, 28),
        None,
        dt.date(1900, 3, 1),
    ]


def test_json_lines_come_in_and_broken_ones_are_set_aside(site: Site) -> None:
    site.map_products(", format: jsonl")
    lines = [
        json.dumps({"id": 1, "name": "Rad, „rot“", "group": None, "more": {"a": 1}}),
        '{"id": 2, "name": "cut',
        "",
        json.dumps({"group": "ж", "name": "车", "id": "3"}, ensure_ascii=False),
        "[1, 2]",
        '{"id": "4", "name": "a", "group": "b", "name": "c"}',
    ]
    site.deliver("books/products.jsonl", "\n".join(lines))
    landing = site.land(max_set_aside_share=1.0)
    assert site.rows(PRODUCTS, "product_id", "product_name", "category") == [
        ("1", "Rad, „rot“", None),
        ("3", "车", "ж"),
    ]
    assert [(finding.rule, finding.value) for finding in site.findings()] == [
        ("malformed_record", '{"id": 2, "name": "cut'),
        ("malformed_record", "[1, 2]"),
        ("malformed_record", '{"id": "4", "name": "a", "group": "b", "name": "c"}'),
    ]
    assert (landing.loads[0].rows_read, landing.loads[0].rows_landed) == (5, 2)


def test_a_list_of_json_objects_comes_in(site: Site) -> None:
    site.map_products(", format: json, encoding: utf-16")
    objects = [{"id": "1", "name": "Ő", "group": True}, {"id": "2", "name": "b", "group": 1.5}]
    site.deliver("books/products.json", json.dumps(objects, ensure_ascii=False).encode("utf-16"))
    assert [row[:3] for row in products(site)] == [("1", "Ő", "true"), ("2", "b", "1.5")]


def test_a_name_that_is_not_in_the_json_is_told(site: Site) -> None:
    site.map_products(", format: json")
    site.deliver("books/products.json", '[{"id": 1, "name": "a"}]')
    with pytest.raises(ExtractError, match="column 'group' is mapped but not in the file"):
        site.land()


@pytest.mark.parametrize("text", ["[{]", '{"id": 1', "no json"])
def test_json_that_is_none_stops_its_source(site: Site, text: str) -> None:
    site.map_products(", format: json")
    site.deliver("books/products.json", text)
    with pytest.raises(ExtractError, match=r"products\.json"):
        site.land()


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> None:
    """A workbook as spreadsheet programs write them: cells are its XML, numbers as numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        )
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        named = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="s{n}"/>'
            for n, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{named}</sheets></workbook>',
        )
        related = "".join(
            f'<Relationship Id="s{n}" Type="{office}/worksheet" Target="worksheets/{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}">{related}<Relationship Id="styles" '
            f'Type="{office}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
            '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        )
        for n, rows in enumerate(sheets.values(), 1):
            body = "".join(
                f'<row r="{r}">'
                + "".join(
                    f'<c r="{chr(65 + c)}{r}">{cell}</c>'
                    if cell.startswith("<v>")
                    else f'<c r="{chr(65 + c)}{r}" s="1"><v>{cell.removeprefix("<day>")}</v></c>'
                    if cell.startswith("<day>")
                    else f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
                    for c, cell in enumerate(row)
                )
                + "</row>"
                for r, row in enumerate(rows, 1)
            )
            archive.writestr(
                f"xl/worksheets/{n}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
            )


def test_a_workbook_comes_in(site: Site) -> None:
    site.map_products(", format: xlsx, sheet: Товары")
    workbook(
        site.extracts_dir / "books" / "products.xlsx",
        {
            "Leer": [["x"]],
            "Товары": [
                ["id", "name", "group"],
                ["<v>1</v>", 'Rad, "rot"', "车"],
                ["<v>2.5</v>", "два\nстроки", ""],
            ],
        },
    )
    assert [row[:3] for row in products(site)] == [
        ("1", 'Rad, "rot"', "车"),
        ("2.5", "два\nстроки", None),
    ]


def test_cells_of_numbers_and_days_are_what_they_are_whatever_the_mapping_says_of_texts(
    site: Site,
) -> None:
    map_amounts(site, ', format: xlsx, decimal: ",", thousands: ".", date_format: "%d.%m.%Y"')
    workbook(
        site.extracts_dir / "books" / "invoices.xlsx",
        {
            "a": [
                ["id", "day", "amount"],
                ["<v>1</v>", "31.01.2025", "1.234,5"],
                ["", "", ""],
                ["<v>2</v>", "<day>45688", "<v>1.234</v>"],
                ["<v>3</v>", "<day>45688", "<v>1234</v>"],
                ["<v>4</v>", "2025-01-31", "<v>1</v>"],
            ]
        },
    )
    day = dt.date(2025, 1, 31)
    assert amounts(site) == [
        ("1", day, Decimal("1234.5")),
        ("2", day, Decimal("1.234")),
        ("3", day, Decimal(1234)),
    ]
    assert [(finding.row, finding.value) for finding in site.findings()] == [(4, "2025-01-31")]


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(site: Site) -> None:
    site.map_products(", format: xlsx, sheet: Sales")
    workbook(site.extracts_dir / "books" / "products.xlsx", {"Verkauf": [["id"]]})
    with pytest.raises(ExtractError, match="there is no sheet 'Sales'; there are: 'Verkauf'"):
        site.land()


def test_a_workbook_that_is_none_is_told(site: Site) -> None:
    site.map_products(", format: xlsx")
    site.deliver("books/products.xlsx", b"PK\x03\x04 no workbook")
    with pytest.raises(ExtractError, match="the workbook cannot be read"):
        site.land()
