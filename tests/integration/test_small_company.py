"""A company with a ledger and nothing else: what it has is published, the rest says why not.

Small enough to be built by nights and at once, and to compare every byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.command_line import PROJECT_ROOT, CommandLine
from tests.files import contents

MAPPING = """
source: books
folder: books
files:
  invoices:
    pattern: invoices-*.csv
    delimiter: ";"
    columns: [Number, Customer, Date, Net: "decimal(18,4)", Kind]
  customers:
    pattern: customers.csv
    columns: [Id, Name]
tables:
  accounting.customers:
    from: customers
    mode: full
    columns: {customer_id: Id, customer_name: Name}
  accounting.invoices:
    from: invoices
    mode: full
    columns:
      invoice_id: Number
      document_type: case when Kind = 'C' then 'credit_note' else 'invoice' end
      customer_id: Customer
      issued_on: Date
      currency: "'EUR'"
      status: "'open'"
      net_amount: Net
"""


@dataclass(frozen=True)
class FirstNight:
    """The company after its first run; later ones are free to change its folder.

    Attributes:
        database: what that run published, kept apart.
    """

    command: CommandLine
    extracts: Path
    database: Path


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> FirstNight:
    folder = tmp_path_factory.mktemp("small_company")
    extracts = write_company(folder)
    command = CommandLine(folder / "data", folder / "config", "production")
    run(command, "--as-of", "2025-03-15")
    kept = folder / "first_night.duckdb"
    shutil.copy(command.database, kept)
    return FirstNight(command, extracts, kept)


@pytest.fixture
def marts(first_night: FirstNight) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(first_night.database), read_only=True) as connection:
        yield connection


def write_company(folder: Path) -> Path:
    """Configuration and extracts of a company with a ledger and nothing else; its extracts."""
    extracts, config = folder / "data" / "extracts" / "books", folder / "config"
    extracts.mkdir(parents=True)
    (config / "sources").mkdir(parents=True)
    (config / "sources" / "books.yml").write_text(MAPPING)
    shutil.copy(PROJECT_ROOT / "config" / "company.yml", config)
    settings = (config / "company.yml").read_text()
    settings = settings.replace("reporting_currency: USD", "reporting_currency: EUR")
    settings = settings.replace("fiscal_year_first_month: 6", "fiscal_year_first_month: 1")
    (config / "company.yml").write_text(settings)
    (extracts / "customers.csv").write_text('Id,Name\n10,"Acme, Ltd"\n11,Bravo\n')
    (extracts / "invoices-2024.csv").write_text(
        "Number;Customer;Date;Net;Kind\n5;10;2024-02-05;80;I\n6;99;2025-03-01;5;I\n"
    )
    (extracts / "invoices-2025.csv").write_text(
        "Number;Customer;Date;Net;Kind\n"
        "1;10;2025-01-05;100.00;I\n2;10;2025-02-05;120.50;I\n"
        "3;11;2025-02-07;50;I\n4;10;2025-02-28;20;C\n"
    )
    return extracts


def run(command: CommandLine, *arguments: str) -> None:
    done = command.call("run", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_revenue_by_month_with_a_credit_note_taken_off(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute(
        "SELECT month(period_start), net_revenue, prior_revenue, growth_rate "
        "FROM marts.kpi_revenue_yoy WHERE cut = 'company' AND period_type = 'month' "
        "AND year(period_start) = 2025 ORDER BY 1"
    ).fetchall() == [
        (1, Decimal("100.0000"), None, None),
        (2, Decimal("150.5000"), Decimal("80.0000"), 0.88125),
        (3, Decimal("5.0000"), Decimal("0.0000"), None),
    ]


def test_what_it_has_not_got_is_no_finding(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute("SELECT count(*) FROM marts.dq_findings").fetchall() == [(0,)]
    assert marts.execute(
        "SELECT DISTINCT reliability_reasons FROM marts.kpi_client_tiers"
    ).fetchall() == [("no_activities",)]


def test_an_empty_mart_says_which_inputs_it_lacks(marts: duckdb.DuckDBPyConnection) -> None:
    ((rows, absent),) = marts.execute(
        "SELECT row_count, absent_inputs FROM marts.kpi_reliability WHERE mart = 'kpi_plan_fact'"
    ).fetchall()
    assert rows == 0
    assert "planning.sales_targets" in absent
    assert "accounting.invoices," not in absent


def test_nights_and_one_full_build_give_the_same_bytes(first_night: FirstNight) -> None:
    """The second night changes an old invoice and adds one; other months stay as they were."""
    company = first_night.command
    [first] = company.run_dirs
    old = first_night.extracts / "invoices-2024.csv"
    old.write_text(old.read_text().replace(";80;", ";90;") + "7;11;2025-03-10;7;I\n")

    run(company, "--as-of", "2025-03-16")
    [second] = set(company.run_dirs) - {first}
    before, after = month_inodes(first), month_inodes(second)
    assert (
        sorted(before) == sorted(after) == ["2024-02-01", "2025-01-01", "2025-02-01", "2025-03-01"]
    )
    assert [month for month in before if before[month] == after[month]] == [
        "2025-01-01",
        "2025-02-01",
    ]
    by_nights = contents(second, "*.parquet")

    run(company, "--as-of", "2025-03-16", "--full-build")
    assert set(company.run_dirs) == {first, second}
    assert not set(after.values()) & set(month_inodes(second).values())
    assert contents(second, "*.parquet") == by_nights


def month_inodes(run_dir: Path) -> dict[str, int]:
    """The files of the fact of a run, by month."""
    return {
        path.parent.name.removeprefix("month_start="): path.stat().st_ino
        for path in (run_dir / "core" / "fct_revenue_lines").rglob("*.parquet")
    }
