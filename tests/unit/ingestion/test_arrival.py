"""The same extracts in any order of arrival, twice or half-written, give the same tables."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from dagster_project.errors import ExtractError, MappingError
from dagster_project.ingestion.mapping import load_mapping
from tests.unit.ingestion.site import ANY_SHARE, Row, Site

MAPPING = """\
    source: books
    folder: books
    files:
      customers: {pattern: customers.csv, columns: [id, name]}
      invoices:
        pattern: invoices-*.csv*
        columns: [number, customer, day, net]
      lines:
        pattern: lines-*.csv
        columns: [number, line, net, gone]
      payments:
        pattern: payments-*.csv
        columns: [id, customer, day, net, changed, gone]
    tables:
      accounting.customers:
        from: customers
        mode: full
        columns: {customer_id: id, customer_name: name}
      accounting.invoices:
        from: invoices
        mode: replace_period
        columns:
          invoice_id: number
          document_type: "'invoice'"
          customer_id: customer
          issued_on: day
          currency: "'EUR'"
          status: "'open'"
          net_amount: net
      accounting.invoice_lines:
        from: lines
        mode: upsert
        deleted: gone = 'x'
        columns: {invoice_id: number, line_number: line, net_amount: net}
      accounting.payments:
        from: payments
        mode: upsert
        version: changed
        deleted: gone = 'x'
        columns:
          payment_id: id
          customer_id: customer
          paid_on: day
          amount: net
          currency: "'EUR'"
"""

INVOICES = "number,customer,day,net\n"
LINES = "number,line,net,gone\n"
PAYMENTS = "id,customer,day,net,changed,gone\n"

EXTRACTS = {
    "customers.csv": "id,name\nc1,One\nc2,Two\n",
    "invoices-2024-01.csv": INVOICES + "A1,c1,2024-01-05,10\nA2,c1,2024-01-31,20\n",
    # February's file restates January, without A2; a broken row is a finding either way.
    "invoices-2024-02.csv": INVOICES
    + "A1,c1,2024-01-05,11\nB1,c2,2024-02-01,30\nB2,c2,2024-02-02,much\n",
    "invoices-2024-10.csv.gz": INVOICES + "J1,c2,2024-10-02,40\n",
    # Ten comes after nine.
    "lines-9.csv": LINES + "A1,1,10,\nA1,2,1,\nB1,1,30,\n",
    "lines-10.csv": LINES + "A1,1,11,\nA1,2,,x\n",
    "lines-11.csv": LINES + "B1,1,31,\nA2,1,5,\n",
    # These are named by chance; each row says itself how new it is.
    "payments-k.csv": PAYMENTS + "p1,c1,2024-02-01,5,2024-02-01 10:00,\n"
    "p2,c1,2024-02-02,6,2024-02-02 10:00,\np3,c2,2024-02-03,7,2024-02-03 10:00,\n",
    "payments-b.csv": PAYMENTS + "p1,c1,2024-02-01,50,2024-02-09 10:00,\n",
    "payments-x.csv": PAYMENTS + "p1,c1,2024-02-01,51,2024-02-08 10:00,\n"
    "p2,,,,2024-02-08 10:00,x\n",
}

TABLES = {
    "accounting.customers": ["('c1', 'One')", "('c2', 'Two')"],
    "accounting.invoices": [
        "('A1', datetime.date(2024, 1, 5), Decimal('11.0000'))",
        "('B1', datetime.date(2024, 2, 1), Decimal('30.0000'))",
        "('J1', datetime.date(2024, 10, 2), Decimal('40.0000'))",
    ],
    "accounting.invoice_lines": [
        "('A1', 1, Decimal('11.0000'))",
        "('A2', 1, Decimal('5.0000'))",
        "('B1', 1, Decimal('31.0000'))",
    ],
    "accounting.payments": ["('p1', Decimal('50.0000'))", "('p3', Decimal('7.0000'))"],
}

COLUMNS = {
    "accounting.customers": ("customer_id", "customer_name"),
    "accounting.invoices": ("invoice_id", "issued_on", "net_amount"),
    "accounting.invoice_lines": ("invoice_id", "line_number", "net_amount"),
    "accounting.payments": ("payment_id", "amount"),
}


def _orders() -> list[Sequence[str]]:
    """Forwards, backwards and eight more, always the same ones."""
    names = list(EXTRACTS)
    shuffler = random.Random(7)
    return [names, names[::-1], *(shuffler.sample(names, len(names)) for _ in range(8))]


def _deliver(site: Site, name: str) -> None:
    site.deliver(f"books/{name}", EXTRACTS[name])


def _land(site: Site) -> None:
    """A night; it stops, and nothing is lost, while a kind of file never came yet."""
    try:
        landing = site.land(max_set_aside_share=ANY_SHARE)
    except ExtractError as error:
        assert "no such file" in str(error)
        return
    assert all(load.rows_read == load.rows_landed + load.rows_set_aside for load in landing.loads)


def _tables(site: Site) -> dict[str, list[Row]]:
    return {table: site.rows(table, *columns) for table, columns in COLUMNS.items()}


def _lineage(site: Site) -> dict[str, list[Row]]:
    return {table: site.rows(table, "*") for table in COLUMNS}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """What all of them give that arrive in one night, with lineage."""
    site = Site(tmp_path_factory.mktemp("one-night"))
    site.map(MAPPING)
    for name in EXTRACTS:
        _deliver(site, name)
    _land(site)
    assert {name: list(map(repr, rows)) for name, rows in _tables(site).items()} == TABLES
    return _lineage(site)


@pytest.mark.parametrize("order", _orders(), ids=range(10))
def test_ten_orders_of_arrival_give_the_same_tables(
    site: Site, expected: dict[str, list[Row]], order: Sequence[str]
) -> None:
    site.map(MAPPING)
    for name in order:
        _deliver(site, name)
        _land(site)
    assert _lineage(site) == expected
    assert [(finding.file, finding.row, finding.value) for finding in site.findings()] == [
        ("books/invoices-2024-02.csv", 3, "much")
    ]


def test_files_that_come_twice_change_nothing(site: Site, expected: dict[str, list[Row]]) -> None:
    site.map(MAPPING)
    for name in EXTRACTS:
        _deliver(site, name)
    _land(site)
    before = site.state()
    for name in reversed(EXTRACTS):
        _deliver(site, name)
        _land(site)
    assert site.state() == before
    assert _lineage(site) == expected


def test_half_a_file_stops_the_source_until_it_is_whole(
    site: Site, expected: dict[str, list[Row]]
) -> None:
    site.map(MAPPING)
    for name in EXTRACTS:
        _deliver(site, name)
    path = site.extracts_dir / "books" / "invoices-2024-10.csv.gz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ExtractError, match=r"invoices-2024-10.csv.gz.*cannot be read"):
        site.land(max_set_aside_share=ANY_SHARE)
    assert site.ledger.history() == ()
    path.write_bytes(whole)
    _land(site)
    assert gzip.decompress(whole).decode() == EXTRACTS["invoices-2024-10.csv.gz"]
    assert _lineage(site) == expected


def test_a_file_still_being_written_is_left_for_the_next_run(
    site: Site, expected: dict[str, list[Row]]
) -> None:
    site.map(MAPPING.replace("folder: books\n", "folder: books\n    settle_seconds: 60\n", 1))
    for name in EXTRACTS:
        _deliver(site, name)
        _finish(site, name)
    whole = EXTRACTS["lines-11.csv"]
    site.deliver("books/lines-11.csv", whole[: len(whole) // 2])
    _land(site)
    assert ("B1", 1, 30) in _tables(site)["accounting.invoice_lines"]
    _deliver(site, "lines-11.csv")
    _finish(site, "lines-11.csv")
    _land(site)
    assert _lineage(site) == expected
    # Of a table that is its files together, none can wait.
    site.deliver("books/customers.csv", "id,name\nc1,")
    with pytest.raises(ExtractError, match=r"customers.csv: the file changed 0 seconds ago"):
        site.land(max_set_aside_share=ANY_SHARE)
    assert _lineage(site) == expected


def _finish(site: Site, name: str) -> None:
    """Let a file be two minutes old."""
    path = site.extracts_dir / "books" / name
    then = path.stat().st_mtime - 120
    os.utime(path, (then, then))


def test_files_taken_away_after_they_landed_are_not_missed(
    site: Site, expected: dict[str, list[Row]]
) -> None:
    site.map(MAPPING)
    for name in EXTRACTS:
        _deliver(site, name)
    _land(site)
    for name in ("invoices-2024-01.csv", "lines-9.csv", "payments-b.csv"):
        (site.extracts_dir / "books" / name).unlink()
    _land(site)
    assert _lineage(site) == expected


def test_a_row_without_its_version_is_set_aside(site: Site) -> None:
    site.map(MAPPING)
    for name in EXTRACTS:
        _deliver(site, name)
    site.deliver("books/payments-z.csv", PAYMENTS + "p3,c2,2024-02-03,8,,\n")
    _land(site)
    assert _tables(site)["accounting.payments"][1][1] == 7
    assert [f.column for f in site.findings() if f.file.endswith("-z.csv")] == ["changed"]


def test_a_version_needs_upsert(site: Site) -> None:
    path: Path = site.map(
        MAPPING.replace("mode: upsert\n        version", "mode: full\n        version")
    )
    with pytest.raises(MappingError, match=r"books.yml:38: .*payments has a version.*mode: upsert"):
        load_mapping(path)
