"""A company with a ledger and nothing else: what it has is published, the rest says why not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.command_line import PROJECT_ROOT, CommandLine

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


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("small_company")
    write_company(folder)
    command = CommandLine(folder / "data", folder / "config", "production")
    done = command.call("run", "--as-of", "2025-03-15")
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(command.database), read_only=True) as connection:
        yield connection


def write_company(folder: Path) -> None:
    """Configuration and extracts of a company with a ledger and nothing else."""
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
