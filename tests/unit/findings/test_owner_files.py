"""Each owner finds the records at fault as they stand in the owner's own extract."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import PipelineError, PublicationRefusedError
from dagster_project.findings.listing import describe_findings
from dagster_project.findings.owner_files import REVIEW_NAME, OwnerFile, write_owner_files
from dagster_project.settings import PROJECT_ROOT, Environment, Settings
from tests.unit.ingestion.site import ANY_SHARE, Site

MAPPING = """
source: books
folder: books
owner: finance@example.com
files:
  invoices:
    pattern: invoices-*.csv
    delimiter: ";"
    columns: [Nummer, Kunde, Datum, Netto, Geheim]
tables:
  accounting.invoices:
    from: invoices
    mode: upsert
    columns:
      invoice_id: Nummer
      document_type: "'invoice'"
      customer_id: Kunde
      issued_on: Datum
      currency: "'EUR'"
      status: "'open'"
      net_amount: replace(Netto, ',', '.')
"""

HEADER = "Nummer;Kunde;Datum;Netto;Geheim\n"

MARTS = """
CREATE SCHEMA marts;
CREATE TABLE marts.dq_findings AS
SELECT *, abs(amount) AS cost, 'set aside' AS action FROM warehouse.lake.findings;
CREATE TABLE marts.dq_matching_review AS
SELECT '7' AS customer_id, 'Müller, Söhne' AS customer_name, 'DE' AS country,
    NULL AS tax_id, NULL AS domain, 'nothing alike' AS reason, '' AS candidates,
    3 AS document_count, DATE '2026-01-05' AS last_invoice_on, 120.5 AS net_revenue;
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.map(MAPPING)
    return site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(Environment.PRODUCTION, PROJECT_ROOT / "config", tmp_path, None)


def publish(site: Site, settings: Settings) -> list[OwnerFile]:
    """Land, publish what was found, and write the owners' files."""
    site.land(max_set_aside_share=ANY_SHARE)
    settings.published_path.parent.mkdir(exist_ok=True)
    settings.published_path.unlink(missing_ok=True)
    with duckdb.connect(str(settings.published_path)) as connection:
        connection.execute(f"ATTACH '{site.warehouse()}' AS warehouse (READ_ONLY)")
        # The view names the lake's files by whole paths.
        connection.execute(MARTS)
    return write_owner_files(settings, [site.mapping()], site.loads())


def records(file: OwnerFile) -> list[dict[str, str]]:
    with file.path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_record_is_shown_as_its_owner_knows_it(site: Site, settings: Settings) -> None:
    site.deliver(
        "books/invoices-1.csv",
        f"{HEADER}1;10;2026-01-01;5;x\n2;11;bald;7;x\n3;;2026-01-02;9,5;x\n",
    )
    [file] = publish(site, settings)
    assert (file.source, file.owner, file.records) == ("books", "finance@example.com", 2)
    assert file.path == settings.findings_dir / "books" / "invoices.csv"
    assert records(file) == [
        {
            "file": "books/invoices-1.csv",
            "row": "3",
            "what is wrong": "a required value is missing",
            "wrong column": "Kunde",
            "wrong value": "",
            "what was done": "set aside",
            "cost": "9.5000",
            "Nummer": "3",
            "Kunde": "",
            "Datum": "2026-01-02",
            "Netto": "9,5",
        },
        {
            "file": "books/invoices-1.csv",
            "row": "2",
            "what is wrong": "the value is not of the column's type",
            "wrong column": "Datum",
            "wrong value": "bald",
            "what was done": "set aside",
            "cost": "7.0000",
            "Nummer": "2",
            "Kunde": "11",
            "Datum": "bald",
            "Netto": "7",
        },
    ]


def test_what_the_mapping_makes_of_a_column_is_named(site: Site, settings: Settings) -> None:
    site.deliver("books/invoices-1.csv", f"{HEADER}1;10;2026-01-01;viel;x\n2;10;2026-01-01;1;x\n")
    [file] = publish(site, settings)
    [record] = records(file)
    assert record["wrong column"] == "replace(Netto, ',', '.')"
    assert (record["Nummer"], record["Netto"]) == ("1", "viel")


def test_records_after_a_broken_one_are_the_right_ones(site: Site, settings: Settings) -> None:
    site.deliver(
        "books/invoices-1.csv",
        f"{HEADER}1;10;2026-01-01;5;x\n2;10;2026-01-01;5;x;y;z\n3;10;bald;6;x\n4;10;nie;7;x\n",
    )
    [file] = publish(site, settings)
    assert [(record["row"], record["Nummer"]) for record in records(file)] == [
        ("4", "4"),
        ("3", "3"),
        ("2", ""),
    ]
    assert records(file)[2]["wrong value"] == "2;10;2026-01-01;5;x;y;z"


def test_the_next_good_extract_mends_it(site: Site, settings: Settings) -> None:
    path = site.deliver("books/invoices-1.csv", f"{HEADER}1;10;bald;5;x\n2;10;2026-01-01;5;x\n")
    [file] = publish(site, settings)
    path.write_text(f"{HEADER}1;10;2026-01-03;5;x\n2;10;2026-01-01;5;x\n")
    assert publish(site, settings) == []
    assert not file.path.exists()
    assert (settings.findings_dir / REVIEW_NAME).exists()


def test_the_same_record_in_two_files_is_told_of_each(site: Site, settings: Settings) -> None:
    for number in (1, 2):
        site.deliver(
            f"books/invoices-{number}.csv",
            f"{HEADER}{number};10;bald;{number};x\n5;1;2026-01-01;1;x\n",
        )
    [file] = publish(site, settings)
    assert [(record["file"], record["Nummer"]) for record in records(file)] == [
        ("books/invoices-2.csv", "2"),
        ("books/invoices-1.csv", "1"),
    ]


def test_only_the_account_that_runs_may_look(site: Site, settings: Settings) -> None:
    site.deliver("books/invoices-1.csv", f"{HEADER}1;10;bald;5;x\n2;10;2026-01-01;5;x\n")
    publish(site, settings)
    assert settings.findings_dir.stat().st_mode & 0o077 == 0


def test_customers_without_an_account_can_be_decided(site: Site, settings: Settings) -> None:
    site.deliver("books/invoices-1.csv", f"{HEADER}1;10;2026-01-01;5;x\n")
    publish(site, settings)
    with (settings.findings_dir / REVIEW_NAME).open(encoding="utf-8", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert list(row)[:5] == ["customer_id", "account_id", "decided_by", "decided_on", "note"]
    assert (row["customer_id"], row["account_id"]) == ("7", "")
    assert row["customer_name"] == "Müller, Söhne"


def test_an_original_that_is_gone_is_named(site: Site, settings: Settings) -> None:
    site.deliver("books/invoices-1.csv", f"{HEADER}1;10;bald;5;x\n2;10;2026-01-01;5;x\n")
    publish(site, settings)
    [original] = (site.lake_dir / "originals").rglob("invoices-1.csv")
    original.unlink()
    with pytest.raises(PipelineError, match=r"invoices-1\.csv"):
        write_owner_files(settings, [site.mapping()], site.loads())
    assert (settings.findings_dir / "books" / "invoices.csv").exists()


def test_findings_are_listed_by_cost(site: Site, settings: Settings) -> None:
    with pytest.raises(PublicationRefusedError, match="make run"):
        describe_findings(settings)
    site.deliver(
        "books/invoices-1.csv",
        f"{HEADER}1;10;bald;5;x\n2;;2026-01-01;1200,5;x\n3;10;2026-01-01;viel;x\n",
    )
    publish(site, settings)
    lines = describe_findings(settings).splitlines()
    assert lines[0] == "Findings by cost, in USD"
    assert [" ".join(line.split()) for line in lines[2:]] == [
        "1,200.50 1 books accounting.invoices missing_value set aside",
        "5.00 and more 2 books accounting.invoices type set aside",
        "Customers without an account: 1, with revenue of 120.50 to date",
    ]
