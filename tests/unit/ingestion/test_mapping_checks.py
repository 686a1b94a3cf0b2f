"""A wrong mapping is refused, with file and line, before a byte is read."""

from __future__ import annotations

from textwrap import dedent

import pytest

from dagster_project.errors import ConfigurationError, MappingError
from dagster_project.ingestion.mapping import load_mapping, load_mappings
from dagster_project.settings import PROJECT_ROOT
from tests.unit.ingestion.site import Site

# Of every one of these changes to it, the line is the changed one.
GOOD = """\
source: books
folder: books
files:
  lines:
    pattern: lines.csv
    columns: [id, "no", amount, day: date, paid: boolean]
  products:
    pattern: products.csv
    columns: [id, name]
views:
  named: select id, name, _file, _row from products
tables:
  accounting.products:
    from: named
    mode: full
    columns:
      product_id: id
      product_name: name
  accounting.invoice_lines:
    from: lines
    mode: upsert
    columns:
      invoice_id: id
      line_number: '"no"'
      net_amount: amount
      service_from: day
      is_recurring: paid
"""

MISTAKES = {
    "unknown table": ("accounting.products:", "accounting.product:", "unknown table"),
    "unknown column": ("product_name: name", "product_name: name\n      colour: id", "no column"),
    "missing column": ("net_amount: amount", "net_amount: total", 'column "total"'),
    "whole expression": ("net_amount: amount", "net_amount: amount +", "Parser Error"),
    "day for money": ("net_amount: amount", "net_amount: day", "gives date"),
    "truth for a day": ("service_from: day", "service_from: paid", "gives boolean"),
    "day for a truth": ("is_recurring: paid", "is_recurring: day", "gives date"),
    "list for a number": ("net_amount: amount", 'net_amount: "[amount]"', "gives varchar[]"),
    "aggregate": ("net_amount: amount", "net_amount: sum(amount::int)", "GROUP BY"),
    "no lineage": ("select id, name, _file, _row", "select id, name", "no _file and _row"),
    "bad SQL": ("select id, name, _file", "selekt id, name, _file", "Parser Error"),
    "column a view lacks": ("select id, name, _file", "select id, title, _file", '"title"'),
    "unknown origin": ("from: named", "from: nowhere", "'nowhere'"),
    "file column type": (
        '[id, "no", amount, day: date, paid: boolean]',
        '[id, "no", amount, day: datum, paid: boolean]',
        "'datum' is not a type",
    ),
    "decimal too wide": ("day: date", "day: 'decimal(50,2)'", "cannot be read"),
    "unknown key": ("pattern: products.csv", "pattern: p.csv\n    delimeter: ';'", "delimeter"),
    "no such format": ("pattern: products.csv", "pattern: p.csv\n    format: pdf", "format"),
    "no such mode": ("mode: upsert", "mode: append", "mode"),
    "no period": ("mode: upsert", "mode: replace_period", "no date"),
    "upsert of a view": ("mode: full", "mode: upsert", "always gives the whole table"),
    "replace of a view": ("mode: full", "mode: replace_period", "always gives the whole table"),
    "view named like a file": ("named: select", "products: select", "name of a file"),
    "other file's name": ("source: books", "source: ledgers", "Name the file ledgers.yml"),
    "name of a source": ("source: books", "source: Our Books", "source"),
    "said twice": ("product_name: name", "product_name: name\n      product_name: id", "line 18"),
    "broken YAML": ("folder: books", "folder: [books", "not valid YAML"),
    "pattern of no folder": ("pattern: products.csv", "pattern: /etc/passwd", "pattern"),
}


def test_the_mapping_without_a_mistake_is_read(site: Site) -> None:
    mapping = load_mapping(site.map(GOOD))
    assert mapping.name == "books"
    assert mapping.entries_behind("named") == ["products"]


@pytest.mark.parametrize(("good", "wrong", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_file_and_line(
    site: Site, good: str, wrong: str, said: str
) -> None:
    assert GOOD.count(good) == 1
    path = site.map(GOOD.replace(good, wrong))
    before = GOOD[: GOOD.index(good)].count("\n") + 1
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    assert caught.value.path == path
    assert caught.value.line is not None
    # Settings that are missing or added are told at most a line below.
    assert before - 1 <= caught.value.line <= before + 1
    assert str(caught.value).startswith(f"{path}:{caught.value.line}: ")
    assert said in str(caught.value)


def test_the_line_is_the_very_line(site: Site) -> None:
    path = site.map(GOOD.replace("service_from: day", "service_from: paid"))
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    assert path.read_text().splitlines()[(caught.value.line or 0) - 1].strip() == (
        "service_from: paid"
    )


def test_a_required_column_that_is_not_mapped_is_named(site: Site) -> None:
    path = site.map(GOOD.replace("      net_amount: amount\n", ""))
    with pytest.raises(MappingError, match=r"accounting\.invoice_lines\.net_amount is required"):
        load_mapping(path)


def test_a_file_that_is_not_utf8_is_refused(site: Site) -> None:
    path = site.map(GOOD)
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")
    with pytest.raises(MappingError, match="Save the file as UTF-8"):
        load_mapping(path)


@pytest.mark.parametrize("text", ["", "- a list\n", "defaults: 5\n", "? [a]\n: b\n"])
def test_what_is_no_mapping_at_all_is_refused(site: Site, text: str) -> None:
    with pytest.raises(MappingError, match=r"books\.yml"):
        load_mapping(site.map(text))


def test_defaults_that_are_no_settings_are_refused(site: Site) -> None:
    with pytest.raises(MappingError, match="defaults"):
        load_mapping(site.map(GOOD.replace("files:\n", "defaults: 5\nfiles:\n", 1)))


def test_a_folder_without_mappings_is_an_error(site: Site) -> None:
    with pytest.raises(ConfigurationError, match="no source mapping"):
        load_mappings(site.sources_dir)


def test_nothing_is_read_for_a_wrong_mapping(site: Site) -> None:
    site.map(GOOD.replace("net_amount: amount", "net_amount: total"))
    with pytest.raises(MappingError):
        site.land()
    assert not site.lake_dir.exists()


def test_file_and_column_names_need_no_care_in_quoting(site: Site) -> None:
    mapping = load_mapping(
        site.map(
            dedent('''
            source: books
            folder: books
            files:
              'price "list"': {pattern: p.csv, columns: [id, 'the "name"']}
            tables:
              accounting.products:
                from: 'price "list"'
                mode: full
                columns: {product_id: id, product_name: '"the ""name"""'}
            ''')
        )
    )
    assert mapping.source.tables["accounting.products"].from_ == 'price "list"'


def test_the_files_behind_a_view_are_found_through_views_in_any_case(site: Site) -> None:
    mapping = load_mapping(
        site.map(
            GOOD.replace(
                "  named: select id, name, _file, _row from products\n",
                "  first: select * from Products\n"
                "  named: with x as (select * from FIRST) select * from x, (select 1 from lines)\n",
            )
        )
    )
    assert mapping.entries_behind("named") == ["lines", "products"]
    assert mapping.entries_behind("first") == ["products"]


def test_the_committed_mappings_are_right() -> None:
    assert load_mappings(PROJECT_ROOT / "config" / "sources")
