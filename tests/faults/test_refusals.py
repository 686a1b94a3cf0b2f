"""What is wrong stops the run with a message, and what was published stays byte for byte."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from dagster_project.publication.assets import publication_assets
from dagster_project.settings import Environment, Settings
from tests.command_line import Published
from tests.faults.company import (
    AS_OF,
    ORDERS,
    PRODUCTS,
    RATES,
    RESELLER_LINES,
    SUB_TOTAL,
    Company,
)

EXPORT_AGAIN = "Have the system export it again; what was landed before stays in force."


def without_parquet_column(company: Company) -> None:
    path = company.extract(RESELLER_LINES)
    rewritten = path.with_name("rewritten")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * EXCLUDE (OrderQuantity) FROM '{path}') TO '{rewritten}' "
            "(FORMAT parquet)"
        )
    rewritten.replace(path)


def with_header_renamed(company: Company) -> None:
    def rename(records: list[list[str]]) -> None:
        assert records[0][SUB_TOTAL].strip() == "SubTotal"
        records[0][SUB_TOTAL] = "    NetTotal"

    company.edit_orders(rename)


def cut_short(company: Company) -> None:
    path = company.extract(ORDERS)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def with_letters_for_amounts(company: Company) -> None:
    assert len(company.spoil_amounts(every=20)) == 1573


def emptied(company: Company) -> None:
    company.extract(PRODUCTS).write_bytes(b"")


def with_header_only(company: Company) -> None:
    path = company.extract(ORDERS)
    header = gzip.decompress(path.read_bytes()).split(b"\r\n")[0]
    path.write_bytes(gzip.compress(header + b"\r\n"))


def missing(company: Company) -> None:
    company.extract(RATES).unlink()


#: How an extract is spoilt; then what the message says of the place, and of the remedy.
EXTRACTS: dict[str, tuple[Callable[[Company], None], tuple[str, ...]]] = {
    "Parquet without a mapped column": (
        without_parquet_column,
        (
            f"{RESELLER_LINES}: column 'OrderQuantity' is mapped but not in the file",
            "correct the mapping; otherwise export it again.",
        ),
    ),
    "CSV without a mapped column": (
        with_header_renamed,
        (
            f"{ORDERS}: column 'SubTotal' is mapped but not in the file",
            "NetTotal",
            "correct the mapping; otherwise export it again.",
        ),
    ),
    "gzip cut short": (
        cut_short,
        (f"{ORDERS}: the file cannot be read", "It may be cut short", "export it again."),
    ),
    "letters for 5 % of amounts": (
        with_letters_for_amounts,
        (
            f"{ORDERS}: 1,573 of 31,465 rows (5.0%) cannot be landed in accounting.invoices",
            "the limit is 1.0%",
            f"First: {ORDERS}, row 10, column SubTotal: 'n/a'",
            "Correct the export, or raise landing.max_set_aside_share in company.yml.",
        ),
    ),
    "empty": (emptied, (f"{PRODUCTS}: the file is empty (0 bytes).", EXPORT_AGAIN)),
    "header only": (with_header_only, (f"{ORDERS}: there is not one row", EXPORT_AGAIN)),
    "missing": (
        missing,
        (
            "extracts/adventureworks/accounting/CurrencyRate.csv: no such file.",
            "Deliver the extract, or correct the pattern at ",
            "adventureworks.yml:",
        ),
    ),
}


@pytest.mark.parametrize(("spoil", "said"), EXTRACTS.values(), ids=EXTRACTS.keys())
def test_a_spoilt_extract_stops_its_source(
    company: Company, spoil: Callable[[Company], None], said: tuple[str, ...]
) -> None:
    ledger = company.data_dir / "lake" / "ledger.duckdb"
    before = landed(ledger)
    spoil(company)
    company.refuses(*said)
    assert landed(ledger) == before, "nothing of a source that stopped is in force"


def landed(ledger: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(ledger), read_only=True) as connection:
        return connection.execute("FROM loads ORDER BY sequence").fetchall()


class TestSettings:
    """Wrong settings are told before any data is read."""

    def test_an_unknown_table(self, company: Company) -> None:
        line = company.line_of(company.mapping, "  accounting.products:")
        company.edit(company.mapping, "  accounting.products:", "  accounting.produce:")
        done = company.refuses(
            f"{company.mapping}:{line}: unknown table 'accounting.produce'.", "The contract has: "
        )
        assert "Landing" not in done.stdout

    def test_an_unknown_column(self, company: Company) -> None:
        line = company.line_of(company.mapping, "territory_name: Name")
        company.edit(company.mapping, "territory_name: Name", "territory_label: Name")
        done = company.refuses(
            f"{company.mapping}:{line}: crm.territories has no column 'territory_label'.",
            "It has: territory_id, territory_name",
        )
        assert "Landing" not in done.stdout

    def test_an_expression_over_a_column_that_is_not_there(self, company: Company) -> None:
        line = company.line_of(company.mapping, "net_amount: SubTotal")
        company.edit(company.mapping, "net_amount: SubTotal", "net_amount: SubTotals")
        done = company.refuses(
            f"{company.mapping}:{line}: accounting.invoices.net_amount: ",
            "SubTotals",
            "Use columns that file or view 'orders' has",
        )
        assert "Landing" not in done.stdout

    def test_a_setting_out_of_bounds(self, company: Company) -> None:
        company.edit(company.settings, "fiscal_year_first_month: 6", "fiscal_year_first_month: 13")
        done = company.refuses(
            f"{company.settings}: fiscal_year_first_month: ", "12", "Correct the setting."
        )
        assert "Landing" not in done.stdout

    def test_a_setting_misspelt(self, company: Company) -> None:
        company.edit(company.settings, "stale_after_days", "stale_after")
        company.refuses(
            f"{company.settings}: ",
            "checks.stale_after_days: Field required",
            "checks.stale_after:",
        )

    def test_no_day(self, company: Company) -> None:
        company.refuses("No as-of date was given", "Pass one: --as-of YYYY-MM-DD", arguments=())

    def test_a_day_that_is_none(self, company: Company) -> None:
        company.refuses(
            "'30.06.2014' is not a date", "YYYY-MM-DD", arguments=("--as-of", "30.06.2014")
        )

    def test_an_unknown_environment(self, company: Company) -> None:
        company.refuses(
            "KPI_ENVIRONMENT='staging' is not an environment.",
            "Set it to one of: sample, production, simulated.",
            environment={"KPI_ENVIRONMENT": "staging"},
        )


def test_two_sources_with_one_key(company: Company) -> None:
    with duckdb.connect() as connection:
        [(since,)] = connection.execute(
            "SELECT min(valid_from)::VARCHAR FROM read_parquet("
            f"'{company.data_dir}/lake/loads/adventureworks/crm.reps/*.parquet') "
            "WHERE rep_id = '275'"
        ).fetchall()
    people = company.extract("hr/people.csv")
    people.parent.mkdir()
    people.write_text(f"id,name,since\n900,New Person,2014-01-01\n275,Michael Blythe,{since}\n")
    mapping = company.mapping.with_name("hr.yml")
    mapping.write_text(
        "source: hr\n"
        "folder: hr\n"
        "files:\n"
        "  people: {pattern: people.csv, columns: [id, name, since]}\n"
        "tables:\n"
        "  crm.reps:\n"
        "    from: people\n"
        "    mode: full\n"
        "    columns: {rep_id: id, rep_name: name, role: \"'rep'\", valid_from: since}\n"
    )
    company.refuses(
        f"{mapping}:6: sources adventureworks and hr both claim crm.reps "
        f"rep_id '275', valid_from '{since}'",
        "hr/people.csv row 2",
        "Map the table from one of them, or make the keys distinct",
    )


def test_a_critical_check(company: Company) -> None:
    path = company.extract(RATES)
    records = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    records[99][4] = "0"
    path.write_text("".join("\t".join(record) + "\n" for record in records), encoding="utf-8")
    company.refuses(
        "CRITICAL: accounting.exchange_rates.rate_is_in_range: found 1 of 13532 rows",
        "expected rate above 0",
        "Correct the rates at their source",
        "check_inputs: a critical check failed",
    )
    before = company.published()

    # Nor can what is left be published by itself: the only receipt is of the build before.
    settings = settings_of(company)
    _, published_marts = publication_assets(settings, [])
    message = failure_of([published_marts])
    assert "The receipt is of build " in message
    assert "or build again." in message
    assert "dbt left no results" in failure_of(publication_assets(settings, []))
    assert company.published() == before


class TestPublishing:
    """Only a build with a passing receipt of its own is published."""

    def test_a_build_that_passed(self, company: Company) -> None:
        before = company.published()
        result = dg.materialize(publication_assets(settings_of(company), []))
        assert result.success
        # The control for the tests below; publishing the same build again changes nothing.
        assert {
            name: digest for name, digest in company.published().items() if "runs/" in name
        } == {name: digest for name, digest in before.items() if "runs/" in name}

    @pytest.mark.parametrize(
        ("kind", "status"), [("test", "fail"), ("model", "error"), ("model", "skipped")]
    )
    def test_a_model_or_data_test_that_failed(
        self, company: Company, kind: str, status: str
    ) -> None:
        found = json.loads(company.run_results.read_text(encoding="utf-8"))
        node = next(node for node in found["results"] if node["unique_id"].startswith(f"{kind}."))
        node["status"], node["message"] = status, "Got 3 results, configured to fail if != 0"
        company.run_results.write_text(json.dumps(found), encoding="utf-8")
        before = company.published()
        message = failure_of(publication_assets(settings_of(company), []))
        assert "did not pass, so it is not published." in message
        assert f"{node['unique_id']}: {status}. Got 3 results" in message
        assert "then build again." in message
        assert company.published() == before

    def test_a_mart_changed_after_its_receipt(self, company: Company) -> None:
        with duckdb.connect(str(company.data_dir / "warehouse" / "warehouse.duckdb")) as connection:
            connection.execute("DELETE FROM marts.kpi_churn WHERE cut = 'company'")
        before = company.published()
        _, published_marts = publication_assets(settings_of(company), [])
        message = failure_of([published_marts])
        assert "The warehouse was changed after its receipt was written: marts.kpi_churn" in message
        assert company.published() == before

    def test_a_receipt_changed_by_hand(self, company: Company) -> None:
        path = company.data_dir / "warehouse" / "receipt.json"
        receipt = json.loads(path.read_text(encoding="utf-8"))
        receipt["models"]["failures"] = [
            {"unique_id": "model.x", "status": "error", "message": "no"}
        ]
        path.write_text(json.dumps(receipt), encoding="utf-8")
        before = company.published()
        _, published_marts = publication_assets(settings_of(company), [])
        assert "the file was changed after it was written" in failure_of([published_marts])
        assert company.published() == before


def settings_of(company: Company) -> Settings:
    return Settings(
        environment=Environment.PRODUCTION,
        config_dir=company.config_dir,
        data_dir=company.data_dir,
        as_of_date=None,
    )


def failure_of(assets: list[dg.AssetsDefinition]) -> str:
    """What the assets' failure says to a person; fails if they succeed."""
    result = dg.materialize(assets, raise_on_error=False)
    assert not result.success
    [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert failure.user_failure_data is not None, failure.error
    assert failure.user_failure_data.description is not None
    return failure.user_failure_data.description


def test_letters_for_a_few_amounts_are_set_aside_and_told(company: Company) -> None:
    before = company.published()
    spoilt = company.spoil_amounts(every=500)
    assert len(spoilt) == 63
    done = company.command.call("run", *AS_OF)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "accounting.invoices: 31,402 rows landed, 63 set aside" in done.stdout

    receipt = json.loads((company.published_dir / "receipt.json").read_text(encoding="utf-8"))
    [invoices] = [
        landed for landed in receipt["inputs"] if landed["table"] == "accounting.invoices"
    ]
    assert (invoices["rows_read"], invoices["rows_landed"], invoices["rows_set_aside"]) == (
        31_465,
        31_402,
        63,
    )
    with duckdb.connect(str(company.command.database), read_only=True) as connection:
        found = connection.execute(
            'SELECT file, row_number, record_key, column_name, "value", table_name, source, action '
            "FROM marts.dq_findings WHERE rule = 'type'"
        ).fetchall()
        [(lower,)] = connection.execute(
            "SELECT 109846381.4039::DECIMAL(18,4) - sum(net_revenue) FROM core.fct_revenue_lines"
        ).fetchall()
        counted = connection.execute(
            "SELECT DISTINCT invoice_id FROM core.fct_revenue_lines "
            "WHERE list_contains(?, invoice_id)",
            [[order for order, _ in spoilt.values()]],
        ).fetchall()
    assert {row[:5] for row in found} == {
        (ORDERS, number, order, "SubTotal", "n/a") for number, (order, _) in spoilt.items()
    }
    assert len(found) == 63
    assert {row[5:] for row in found} == {("accounting.invoices", "adventureworks", "set aside")}
    assert lower == sum(Decimal(amount) for _, amount in spoilt.values())
    assert counted == []
    # The run of yesterday stays, beside the new one.
    after = company.published()
    assert after["kpi.duckdb"] != before["kpi.duckdb"]
    assert {name: state for name, state in after.items() if name in before and "runs/" in name} == {
        name: state for name, state in before.items() if "runs/" in name
    }


#: Marts with a period in their rows: its first and its last day, or month, as SQL.
DATED = {
    "kpi_revenue_yoy": ("period_start", "period_end"),
    "kpi_new_business": ("period_start", "period_end"),
    "kpi_rep_performance": ("period_start", "period_end"),
    "kpi_churn": ("month_start", "last_day(month_start)"),
}


@pytest.mark.parametrize(("mart", "period"), DATED.items(), ids=DATED.keys())
def test_a_warning_publishes_and_marks_the_rows_it_is_about(
    published: Published, mart: str, period: tuple[str, str]
) -> None:
    first, last = period
    with duckdb.connect(str(published.database), read_only=True) as connection:
        found = dict(
            connection.execute(
                f"SELECT DATE '2014-06-30' BETWEEN {first} AND {last}, list_distinct(list("
                "contains(reliability_reasons, 'newest_month_revenue_is_usual'))) "
                f"FROM marts.{mart} GROUP BY 1"
            ).fetchall()
        )
        doubted = connection.execute(
            f"SELECT DISTINCT reliability FROM marts.{mart} "
            f"WHERE DATE '2014-06-30' BETWEEN {first} AND {last} ORDER BY 1"
        ).fetchall()
    assert found == {True: [True], False: [False]}
    assert ("reliable",) not in doubted
