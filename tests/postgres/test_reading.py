"""A PostgreSQL database as a source: read, changed, read on, and lost in the middle."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.errors import ConfigurationError, ExtractError, MappingError
from dagster_project.ingestion.backfill import backfill
from dagster_project.ingestion.mapping import load_mapping
from tests.postgres.server import PASSWORD, Server, postgres
from tests.unit.ingestion.site import ANY_SHARE, Site

VARIABLE = "SHOP_DATABASE_URL"

MAPPING = """\
    source: shop
    folder: shop
    database: {url_from: SHOP_DATABASE_URL}
    files:
      products:
        query: select id, name, "group" from sales.products where not internal
        columns: [id, name, group]
      invoices:
        table: sales.invoices
        cursor: changed_at
        columns: [number, customer, day, net, gone]
    tables:
      accounting.products:
        from: products
        mode: full
        columns: {product_id: id, product_name: name, category: '"group"'}
      accounting.invoices:
        from: invoices
        mode: upsert
        deleted: gone
        columns:
          invoice_id: number
          document_type: "'invoice'"
          customer_id: customer
          issued_on: day
          currency: "'EUR'"
          status: "'open'"
          net_amount: net
"""

SCHEMA = (
    "DROP SCHEMA IF EXISTS sales CASCADE",
    "CREATE SCHEMA sales",
    'CREATE TABLE sales.products (id bigint, name text, "group" varchar(20), internal boolean)',
    "INSERT INTO sales.products VALUES (1, 'Чай', 'drinks', false), (2, 'Tool', null, true)",
    "CREATE TABLE sales.invoices (number text PRIMARY KEY, customer uuid, day date, "
    "net numeric(18, 4), gone boolean, note text, changed_at timestamptz NOT NULL)",
    "INSERT INTO sales.invoices "
    "SELECT 'N' || n, '00000000-0000-0000-0000-000000000001', date '2024-01-01' + n % 60, "
    "n * 1.0001, false, 'private', timestamptz '2024-03-01 10:00:00.123456+02' "
    "+ n * interval '1 s' "
    "FROM generate_series(1, 500) AS n",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture
def shop(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    server.run(*SCHEMA)
    monkeypatch.setenv(VARIABLE, server.url)
    site = Site(tmp_path)
    site.map(MAPPING, "shop")
    return site


def _invoices(site: Site) -> tuple[int, Decimal]:
    [(count, net)] = site.rows("accounting.invoices", "count(*)", "sum(net_amount)")
    return count, net


def test_tables_and_queries_land_with_their_types(shop: Site) -> None:
    landing = shop.land("shop")
    assert {load.table: load.rows_landed for load in landing.loads} == {
        "accounting.products": 1,
        "accounting.invoices": 500,
    }
    assert shop.rows("accounting.products", "product_id", "product_name") == [("1", "Чай")]
    assert _invoices(shop) == (500, Decimal("125262.5250"))
    assert shop.rows("accounting.invoices", "min(issued_on)::text", "min(customer_id)") == [
        ("2024-01-01", "00000000-0000-0000-0000-000000000001")
    ]


def test_nothing_changed_lands_nothing_after_the_cursor_was_reached(shop: Site) -> None:
    shop.land("shop")
    # The row that the cursor stands on is read once more, since others may share it.
    shop.land("shop")
    before = shop.state()
    assert shop.land("shop").new == ()
    assert shop.state() == before
    assert _invoices(shop)[0] == 500


def test_changes_are_read_from_the_cursor_on(shop: Site, server: Server) -> None:
    shop.land("shop")
    server.run(
        "UPDATE sales.invoices SET net = 1000, changed_at = '2024-03-02 00:00+00' "
        "WHERE number = 'N1'",
        "UPDATE sales.invoices SET gone = true, changed_at = '2024-03-02 00:00+00' "
        "WHERE number = 'N2'",
        "INSERT INTO sales.invoices VALUES ('N501', '00000000-0000-0000-0000-000000000002', "
        "'2024-03-02', 7, false, null, '2024-03-02 00:00+00')",
    )
    load = next(load for load in shop.land("shop").new if load.table == "accounting.invoices")
    # Three changes, and the row on which the cursor stood.
    assert (load.rows_read, load.rows_deleted) == (4, 1)
    assert _invoices(shop) == (
        500,
        Decimal("125262.5250") - Decimal("1.0001") + 1000 - Decimal("2.0002") + 7,
    )


def test_an_overlap_finds_what_was_committed_late(shop: Site, server: Server) -> None:
    shop.map(
        MAPPING.replace("cursor: changed_at", "cursor: changed_at\n        cursor_overlap: 1 hour"),
        "shop",
    )
    shop.land("shop")
    server.run(
        "INSERT INTO sales.invoices VALUES ('LATE', '00000000-0000-0000-0000-000000000002', "
        "'2024-03-02', 7, false, null, '2024-03-01 07:30+00')"
    )
    shop.land("shop")
    assert _invoices(shop)[0] == 501


def test_a_mapping_that_asks_for_more_reads_all_again(shop: Site, server: Server) -> None:
    shop.land("shop")
    server.run("DELETE FROM sales.invoices WHERE number = 'N3'")
    shop.land("shop")
    assert _invoices(shop)[0] == 500, "a cursor cannot see what is no longer there"
    more = MAPPING.replace("net, gone]", "net, gone, note]")
    shop.map(
        more.replace("net_amount: net\n", "net_amount: net\n          invoice_number: note\n"),
        "shop",
    )
    shop.land("shop")
    assert _invoices(shop)[0] == 499
    assert shop.rows("accounting.invoices", "DISTINCT invoice_number") == [("private",)]


def test_rows_gone_from_the_lake_are_read_again(shop: Site) -> None:
    [load] = [load for load in shop.land("shop").loads if load.table == "accounting.invoices"]
    load.rows_path(shop.lake_dir).unlink()
    shop.land("shop")
    assert _invoices(shop)[0] == 500


def test_a_server_lost_in_the_middle_of_a_read_stops_the_source(shop: Site, server: Server) -> None:
    shop.land("shop")
    before = shop.state()
    server.run(
        "INSERT INTO sales.invoices SELECT 'M' || n, '00000000-0000-0000-0000-000000000001', "
        "'2024-03-05', 1, false, repeat('x', 50), '2024-03-05 00:00+00' "
        "FROM generate_series(1, 200000) AS n"
    )
    slow = MAPPING.replace(
        "table: sales.invoices",
        "query: select *, pg_sleep(0.00005)::text as slow from sales.invoices",
    )
    shop.map(slow.replace("net, gone]", "net, gone, slow]"), "shop")
    killer = threading.Thread(target=server.kill_while_reading, args=("pg_sleep",))
    killer.start()
    try:
        with pytest.raises(
            ExtractError, match=r"shop, invoices .*stopped in the middle.*run again"
        ):
            shop.land("shop")
    finally:
        killer.join()
        server.start_again()
    assert shop.state() == before
    assert not list((shop.lake_dir / "originals").rglob(".*arriving"))
    shop.map(MAPPING, "shop")
    shop.land("shop")
    assert _invoices(shop) == (200_500, Decimal("325262.5250"))


def test_a_bad_value_is_a_finding_of_its_row(shop: Site, server: Server) -> None:
    server.run("UPDATE sales.invoices SET net = 'NaN' WHERE number = 'N4'")
    shop.land("shop", max_set_aside_share=ANY_SHARE)
    [finding] = shop.findings()
    assert (finding.file, finding.column, finding.value) == ("shop/invoices", "net", "nan")
    assert _invoices(shop)[0] == 499


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("table: sales.invoices", "table: sales.invoice", r"shop.yml:9: invoices.*does not exist"),
        (
            "net, gone]",
            "net, gone, nett]",
            r"shop.yml:11: invoices: column 'nett'.*changed_at.*net",
        ),
        ("cursor: changed_at", "cursor: net", r"shop.yml:10: invoices: cursor 'net' is varchar"),
        ('name, "group"', "name, grp", r"shop.yml:6: products: the database refuses.*grp"),
    ],
)
def test_what_the_database_has_not_is_told_with_its_line(
    shop: Site, old: str, new: str, told: str
) -> None:
    shop.map(MAPPING.replace(old, new, 1), "shop")
    with pytest.raises(MappingError, match=told):
        shop.land("shop")
    assert shop.ledger.history() == ()


def test_an_address_that_is_not_set_is_told(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(ConfigurationError, match=rf"shop.yml:3: .*{VARIABLE} is not set"):
        shop.land("shop")


def test_a_server_that_is_away_or_refuses_is_told_without_the_password(
    shop: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = server.url.replace(PASSWORD.split(" ", maxsplit=1)[0], "wrong")
    away = server.url.replace(f":{server.port}/", ":1/")
    for url, told in ((wrong, "password authentication failed"), (away, "refused")):
        monkeypatch.setenv(VARIABLE, url)
        with pytest.raises(ExtractError, match=told) as caught:
            shop.land("shop")
        message = str(caught.value)
        assert "does not answer" in message
        assert url not in message
        assert "for%20tests" not in message
        assert "for tests" not in message


def test_an_empty_table_stops_the_source(shop: Site, server: Server) -> None:
    server.run("DELETE FROM sales.products")
    with pytest.raises(ExtractError, match="shop/products: there is not one row"):
        shop.land("shop")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("mode: upsert", "mode: full", r"shop.yml:10: .*changes only.*mode: upsert"),
        (
            "database: {url_from: SHOP_DATABASE_URL}\n    ",
            "",
            r"shop.yml:\d+: products is in a database",
        ),
        ("table: sales.invoices", "table: a\n        query: b", r"one of pattern, table and query"),
        ("url_from: SHOP_DATABASE_URL", "url_from: 'postgresql://me:pw@host/db'", r"url_from"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_told(site: Site, old: str, new: str, told: str) -> None:
    path = site.map(MAPPING.replace(old, new, 1), "shop")
    with pytest.raises(MappingError, match=told):
        load_mapping(path)


def test_a_database_is_made_again_from_what_was_kept_of_it(
    shop: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("shop")
    server.run(
        "UPDATE sales.invoices SET gone = true, changed_at = '2024-03-02 00:00+00' "
        "WHERE number = 'N2'"
    )
    shop.land("shop")
    before = shop.state()
    monkeypatch.delenv(VARIABLE)
    for folder in ("loads", "findings"):
        shutil.rmtree(shop.lake_dir / folder, ignore_errors=True)
    backfill(
        shop.mapping("shop"), lake_dir=shop.lake_dir, ledger=shop.ledger, max_set_aside_share=0.0
    )
    assert shop.state() == before
    assert _invoices(shop)[0] == 499
