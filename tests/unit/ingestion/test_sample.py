"""The committed Adventure Works sample lands whole, and nothing else lands."""

from __future__ import annotations

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.ingestion.contract import CONTRACT, LINEAGE_COLUMNS
from dagster_project.ingestion.landing import land_source
from dagster_project.ingestion.ledger import Load
from dagster_project.ingestion.mapping import load_mapping
from dagster_project.settings import PROJECT_ROOT
from tests.unit.ingestion.site import Site

SAMPLE = PROJECT_ROOT / "data" / "sample"
CRM = SAMPLE / "adventureworks" / "crm"

ROWS = {
    "crm.accounts": 19_185,
    "crm.reps": 22,
    "crm.territories": 10,
    "accounting.customers": 19_820,
    "accounting.invoices": 31_465,
    "accounting.invoice_lines": 121_253,
    "accounting.products": 504,
    "accounting.price_list": 395,
    "accounting.exchange_rates": 13_532,
    "accounting.rep_costs": 570,
    "planning.sales_targets": 163,
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("sample"))
    land_source(
        load_mapping(PROJECT_ROOT / "config" / "sources" / "adventureworks.yml"),
        extracts_dir=SAMPLE,
        lake_dir=site.lake_dir,
        ledger=site.ledger,
        max_set_aside_share=0.0,
    )
    return site


def paths(site: Site) -> dict[str, Path]:
    return {load.table: load.rows_path(site.lake_dir) for load in site.loads()}


def test_every_row_lands(sample: Site) -> None:
    loads: tuple[Load, ...] = sample.loads()
    assert {load.table: load.rows_landed for load in loads} == ROWS
    assert {load.table: load.rows_read for load in loads} == ROWS
    for table, path in paths(sample).items():
        assert sample.query(f"SELECT count(*) FROM '{path}'") == [(ROWS[table],)]


def test_the_money_is_the_extracts(sample: Site) -> None:
    assert sample.rows("accounting.invoices", "sum(net_amount)") == [(Decimal("109846381.4039"),)]
    assert sample.rows("planning.sales_targets", "sum(target_low)") == [(Decimal("95714000.0000"),)]


def test_columns_are_the_contracts_and_lineage(sample: Site) -> None:
    for table in paths(sample):
        described = sample.query(f"DESCRIBE {sample.sql(table)}")
        names = [row[0] for row in described]
        assert names == [*(column.name for column in CONTRACT[table].columns), *LINEAGE_COLUMNS]


def test_nothing_personal_that_is_not_mapped_is_anywhere_in_the_lake(sample: Site) -> None:
    with (CRM / "Employee.csv").open(encoding="utf-8", newline="") as stream:
        employees = list(csv.reader(stream, delimiter="\t"))
    secret = {row[1] for row in employees} | {row[6][:10] for row in employees}
    secret |= {row[2] for row in employees} | {"105041Vi84182"}
    # A short one could as well be the number of a customer.
    secret = {value for value in secret if len(value) > 5}
    assert len(secret) > 800
    # The search finds what is there, or it would prove nothing.
    header = SAMPLE / "adventureworks" / "accounting" / "SalesOrderHeader.csv.gz"
    assert b"105041Vi84182" in gzip.decompress(header.read_bytes())
    found: list[tuple[str, str, str]] = []
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE secret AS SELECT unnest(?::VARCHAR[]) AS text", [sorted(secret)]
        )
        for table, path in paths(sample).items():
            own_days = ("issued_on", "due_on", "valid_from", "valid_to", "rate_on", "month")
            for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall():
                column = row[0]
                if column in (*own_days, "hired_on", "period_start", "updated_at", "_load_id"):
                    continue
                hits = connection.execute(
                    f"SELECT DISTINCT \"{column}\"::VARCHAR FROM '{path}' "
                    f'SEMI JOIN secret ON "{column}"::VARCHAR = secret.text'
                ).fetchall()
                found += [(table, column, value) for (value,) in hits]
    assert found == []
    # The bytes as well: Parquet keeps texts in dictionaries and statistics.
    landed = b"".join(path.read_bytes() for path in (sample.lake_dir / "loads").rglob("*.parquet"))
    assert not [value for value in secret if value.encode() in landed]


def test_the_people_of_the_sales_force_show_no_birth_date(sample: Site) -> None:
    with (CRM / "Employee.csv").open(encoding="utf-8", newline="") as stream:
        born = {row[0]: row[6][:10] for row in csv.reader(stream, delimiter="\t")}
    rows = sample.query(f"SELECT rep_id, reps::VARCHAR FROM '{paths(sample)['crm.reps']}' AS reps")
    assert len(rows) == 22
    assert not [rep for rep, text in rows if born[rep] in text]
