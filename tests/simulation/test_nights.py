"""Nights: what each brings, that it is cheap, and that the landing takes it as it should."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import ConfigurationError
from dagster_project.simulation.company import simulate
from dagster_project.simulation.nights import play_night
from dagster_project.simulation.state import Simulation
from dagster_project.simulation.tables import extract_of
from tests.simulation.lake import landed

LINES = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company after three nights: an ordinary one, one that corrects three old months,
    and a heavy one.
    """
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, LINES, nights=1)
    play_night(folder, corrections_in_months=3)
    play_night(folder, new_share=0.01)
    return folder


@pytest.fixture(scope="module")
def company(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    with landed(folder, tmp_path_factory.mktemp("landed")) as connection:
        assert connection.execute("FROM lake.findings").fetchall() == []
        yield connection


def night(folder: Path, number: int, name: str) -> str:
    return f"read_parquet('{extract_of(name).path(folder / 'extracts', number)}')"


def new_documents(folder: Path, number: int) -> str:
    """A night's documents with numbers beyond those of the night before."""
    return (
        f"(SELECT * FROM {night(folder, number, 'accounting.invoices')} WHERE invoice_id > "
        f"(SELECT max(invoice_id) FROM {night(folder, number - 1, 'accounting.invoices')}))"
    )


def corrections(folder: Path, number: int) -> str:
    return f"read_parquet('{folder / 'truth' / f'corrections-{number:04d}.parquet'}')"


def test_each_night_is_a_day_later(folder: Path) -> None:
    simulation = Simulation.read(folder)
    assert simulation.as_of_date == dt.date(2026, 1, 3)
    assert [
        (played.day, played.first_workday, played.end_workday) for played in simulation.nights
    ] == [
        (dt.date(2026, 1, 1), 1303, 1304),
        (dt.date(2026, 1, 2), 1304, 1305),
        (dt.date(2026, 1, 3), 1305, 1318),
    ]


def test_a_heavy_night_brings_a_hundredth_of_the_history(folder: Path) -> None:
    [(history,)] = duckdb.execute(
        f"SELECT count(*) FROM {night(folder, 0, 'accounting.invoices')}"
    ).fetchall()
    [(new,)] = duckdb.execute(f"SELECT count(*) FROM {new_documents(folder, 3)}").fetchall()
    assert new == pytest.approx(history / 100, rel=0.35)


def test_some_documents_come_late(folder: Path) -> None:
    late = duckdb.execute(
        f"SELECT DATE '2026-01-03' - issued_on FROM {new_documents(folder, 3)} "
        "WHERE issued_on < DATE '2026-01-03'"
    ).fetchall()
    assert late
    assert all(1 <= days <= 40 for (days,) in late)


@pytest.mark.parametrize(
    ("correction", "condition"),
    [
        ("amount", "now.net_amount <> before.net_amount"),
        ("date", "date_trunc('month', now.issued_on) <> date_trunc('month', before.issued_on)"),
        ("client", "now.customer_id <> before.customer_id"),
        ("currency", "now.currency <> before.currency"),
        ("price", "now.net_amount <> before.net_amount"),
        ("line withdrawn", "now.net_amount <> before.net_amount"),
        ("voided", "now.status = 'voided' AND before.status <> 'voided'"),
    ],
)
def test_a_correction_does_what_it_says(folder: Path, correction: str, condition: str) -> None:
    [(documents, corrected)] = duckdb.execute(
        f"""
        SELECT count(*), count(*) FILTER ({condition})
        FROM {corrections(folder, 1)} AS chosen
        INNER JOIN {night(folder, 1, "accounting.invoices")} AS now USING (invoice_id)
        INNER JOIN {night(folder, 0, "accounting.invoices")} AS before USING (invoice_id)
        WHERE correction = ?
        """,
        [correction],
    ).fetchall()
    assert documents >= 1
    assert corrected == documents


def test_corrections_keep_to_the_months_asked_for(folder: Path) -> None:
    [(months, newest)] = duckdb.execute(
        f"""
        SELECT count(DISTINCT date_trunc('month', issued_on)), max(issued_on)
        FROM {corrections(folder, 2)}
        INNER JOIN {night(folder, 0, "accounting.invoices")} USING (invoice_id)
        """
    ).fetchall()
    assert months == 3
    assert newest < dt.date(2025, 1, 1)


def test_the_lines_of_a_night_add_up(company: duckdb.DuckDBPyConnection) -> None:
    [(documents, tied)] = company.execute(
        """
        SELECT count(*), count(*) FILTER (invoices.net_amount = sums.net_amount)
        FROM accounting.invoices
        LEFT JOIN (
            SELECT invoice_id, sum(net_amount) AS net_amount
            FROM accounting.invoice_lines GROUP BY invoice_id
        ) AS sums ON invoices.invoice_id = sums.invoice_id
        """
    ).fetchall()
    assert tied == documents


def test_the_totals_are_carried_forward_rightly(company: duckdb.DuckDBPyConnection) -> None:
    """They are advanced by what changed; added up afresh they come out the same.

    All but for a quote that was corrected later, by one percent of a day.
    """
    wrong = company.execute(
        """
        WITH euros AS (
            SELECT
                date_trunc('month', issued_on) AS month,
                sum(CAST(round(
                    CASE WHEN document_type = 'credit_note' THEN -1 ELSE 1 END
                    * abs(net_amount) * coalesce(rate, 1), 2
                ) AS DECIMAL(18, 2))) AS amount
            FROM accounting.invoices
            LEFT JOIN accounting.exchange_rates
                ON issued_on = rate_on AND currency = from_currency
            WHERE status IN ('open', 'paid')
            GROUP BY ALL
        )
        SELECT totals.month, totals.amount, euros.amount
        FROM accounting.control_totals AS totals
        INNER JOIN euros USING (month)
        WHERE measure = 'revenue' AND abs(totals.amount - euros.amount) > 0.0005 * abs(euros.amount)
        """
    ).fetchall()
    assert wrong == []


def test_small_tables_change_from_night_to_night(folder: Path, tmp_path: Path) -> None:
    counts = []
    tables = ("crm/accounts", "crm/account-merges", "crm/account-assignments")
    simulate(tmp_path / "company", LINES)
    for made in (tmp_path / "company", folder):
        counts.append(
            [
                duckdb.execute(
                    f"SELECT count(*) FROM read_parquet('{made / 'extracts' / name}.parquet')"
                ).fetchall()[0][0]
                for name in tables
            ]
        )
    assert all(before < after for before, after in zip(*counts, strict=True))


def test_every_reference_still_leads_somewhere(company: duckdb.DuckDBPyConnection) -> None:
    for table, column, target in (
        ("accounting.invoices", "customer_id", "accounting.customers.customer_id"),
        ("accounting.invoices", "rep_id", "crm.reps.rep_id"),
        ("accounting.payments", "invoice_id", "accounting.invoices.invoice_id"),
        ("crm.activities", "rep_id", "crm.reps.rep_id"),
        ("crm.account_assignments", "account_id", "crm.accounts.account_id"),
    ):
        name, key = target.rsplit(".", 1)
        lost = company.execute(
            f"SELECT {column} FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {name})"
        ).fetchall()
        assert lost == [], table


@pytest.mark.parametrize(("new_share", "months"), [(0.0, None), (2.0, None), (None, 0), (None, 49)])
def test_a_night_that_cannot_be_is_refused(
    folder: Path, new_share: float | None, months: int | None
) -> None:
    before = Simulation.read(folder)
    with pytest.raises(ConfigurationError):
        play_night(folder, new_share=new_share, corrections_in_months=months)
    assert Simulation.read(folder) == before


def test_an_old_document_is_made_again_as_it_was(folder: Path) -> None:
    """Where a correction leaves the lines alone, they are those of the history, all of them."""
    for number in (1, 2, 3):
        documents = (
            f"(SELECT invoice_id FROM {corrections(folder, number)} "
            "WHERE correction IN ('date', 'client', 'rep', 'currency', 'voided'))"
        )
        again, before = (
            duckdb.execute(
                f"SELECT * FROM {night(folder, of_night, 'accounting.invoice_lines')} "
                f"WHERE invoice_id IN {documents} ORDER BY invoice_id, line_number"
            ).fetchall()
            for of_night in (number, 0)
        )
        assert again
        assert again == before


def test_payments_of_the_running_month_are_exported_whole(
    folder: Path, company: duckdb.DuckDBPyConnection
) -> None:
    exported = duckdb.execute(
        f"SELECT payment_id::VARCHAR FROM {night(folder, 3, 'accounting.payments')}"
    ).fetchall()
    [(first, last)] = duckdb.execute(
        f"SELECT min(date_trunc('month', paid_on)), max(paid_on) "
        f"FROM {night(folder, 3, 'accounting.payments')}"
    ).fetchall()
    in_force = company.execute(
        "SELECT payment_id FROM accounting.payments WHERE paid_on >= ?", [first]
    ).fetchall()
    assert sorted(exported) == sorted(in_force)
    assert last <= dt.date(2026, 1, 3)
