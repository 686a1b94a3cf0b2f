"""A made-up company is repeatable, as large as asked, and tells the same story throughout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.contract import CONTRACT, Column, Table
from dagster_project.simulation.company import simulate
from dagster_project.simulation.laws import HISTORY_END, company_connection
from dagster_project.simulation.nights import play_night
from dagster_project.simulation.scale import (
    ACTIVE_SHARE,
    HISTORY_WORKDAYS,
    LEAST_LINES,
    MOST_LINES,
    Scale,
)
from dagster_project.simulation.state import Simulation
from dagster_project.simulation.tables import EXTRACTS, extract_of
from tests.command_line import CommandLine
from tests.files import contents
from tests.simulation.lake import landed

LINES = 5_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, LINES, seed=1)
    return folder


@pytest.fixture(scope="module")
def company(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The company as the real landing reads it, with nothing set aside."""
    with landed(folder, tmp_path_factory.mktemp("landed")) as connection:
        assert connection.execute("FROM lake.findings").fetchall() == []
        yield connection


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    one, two, other = tmp_path / "one", tmp_path / "two", tmp_path / "other"
    for path in (one, two):
        simulate(path, LINES, seed=3, dirt=0.01, nights=1)
    assert contents(one) == contents(two)
    simulate(other, LINES, seed=4)
    assert (
        contents(one)["extracts/accounting/invoices-0000.parquet"]
        != contents(other)["extracts/accounting/invoices-0000.parquet"]
    )


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigurationError, match="something else"):
        simulate(tmp_path, LINES)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_simulation_that_was_broken_off_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("dagster_project.simulation.company.write_truth", fail)
        with pytest.raises(KeyboardInterrupt):
            simulate(tmp_path / "company", LINES)
    with pytest.raises(ConfigurationError, match="make simulate"):
        Simulation.read(tmp_path / "company")
    simulate(tmp_path / "company", LINES)
    assert Simulation.read(tmp_path / "company").as_of_date == HISTORY_END


@pytest.mark.parametrize(
    ("lines", "dirt"), [(LEAST_LINES - 1, 0.0), (MOST_LINES + 1, 0.0), (LINES, 0.5)]
)
def test_a_company_that_cannot_be_is_refused(tmp_path: Path, lines: int, dirt: float) -> None:
    with pytest.raises(ConfigurationError):
        simulate(tmp_path / "none", lines, dirt=dirt)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("table", CONTRACT.values(), ids=CONTRACT)
def test_every_table_of_the_contract_is_filled(
    company: duckdb.DuckDBPyConnection, table: Table
) -> None:
    filled = ", ".join(f"count({column.name})" for column in table.columns)
    [counts] = company.execute(f"SELECT {filled} FROM {table.name}").fetchall()
    empty = {column.name for column, count in zip(table.columns, counts, strict=True) if count == 0}
    assert empty == set()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param(table, column, id=f"{table.name}.{column.name}")
        for table in CONTRACT.values()
        for column in table.columns
        if column.references
    ],
)
def test_every_reference_leads_somewhere(
    company: duckdb.DuckDBPyConnection, table: Table, column: Column
) -> None:
    assert column.references is not None
    target, key = column.references.rsplit(".", 1)
    lost = company.execute(
        f"SELECT DISTINCT {column.name} FROM {table.name} "
        f"WHERE {column.name} NOT IN (SELECT {key} FROM {target}) LIMIT 3"
    ).fetchall()
    assert lost == []


def test_headers_are_the_sums_of_their_lines(company: duckdb.DuckDBPyConnection) -> None:
    [(documents, tied)] = company.execute(
        """
        SELECT count(*), count(*) FILTER (invoices.net_amount = sums.net_amount)
        FROM accounting.invoices AS invoices
        LEFT JOIN (
            SELECT invoice_id, sum(net_amount) AS net_amount
            FROM accounting.invoice_lines GROUP BY invoice_id
        ) AS sums ON invoices.invoice_id = sums.invoice_id
        """
    ).fetchall()
    assert documents > 1_000
    assert tied == documents


def test_documents_come_in_the_order_of_their_dates(folder: Path) -> None:
    for name in ("accounting.invoices", "accounting.invoice_lines"):
        path = extract_of(name).path(folder / "extracts")
        [(disordered,)] = duckdb.execute(
            f"""
            SELECT count(*) FILTER (invoice_id < earlier)
            FROM (
                SELECT invoice_id, lag(invoice_id) OVER (ORDER BY file_row_number) AS earlier
                FROM read_parquet('{path}', file_row_number = true)
            )
            """
        ).fetchall()
        assert disordered == 0


def test_the_ledgers_totals_are_those_of_its_documents(company: duckdb.DuckDBPyConnection) -> None:
    [(months, wrong)] = company.execute(
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
        SELECT count(*), count(*) FILTER (totals.amount <> euros.amount)
        FROM accounting.control_totals AS totals
        INNER JOIN euros USING (month)
        WHERE measure = 'revenue'
        """
    ).fetchall()
    assert (months, wrong) == (60, 0)


def test_nobody_pays_more_than_is_owed(company: duckdb.DuckDBPyConnection) -> None:
    [(paid, overpaid, unpaid)] = company.execute(
        """
        SELECT
            count(*),
            count(*) FILTER (abs(paid) > abs(total_amount)),
            count(*) FILTER (status = 'paid' AND abs(paid) <> abs(total_amount))
        FROM accounting.invoices
        INNER JOIN (
            SELECT invoice_id, sum(amount) AS paid FROM accounting.payments GROUP BY invoice_id
        ) USING (invoice_id)
        """
    ).fetchall()
    assert paid > 1_000
    assert overpaid == 0
    # A payment in two hundred names no document.
    assert unpaid <= paid // 50


def test_some_clients_are_lost_and_some_come_back(company: duckdb.DuckDBPyConnection) -> None:
    [(lost, back)] = company.execute(
        """
        WITH gaps AS (
            SELECT
                customer_id,
                issued_on - lag(issued_on) OVER (
                    PARTITION BY customer_id ORDER BY issued_on
                ) AS gap,
                max(issued_on) OVER (PARTITION BY customer_id) AS last_on
            FROM accounting.invoices
        ),
        clients AS (
            SELECT customer_id, max(last_on) AS last_on, max(gap) AS longest, median(gap) AS usual
            FROM gaps GROUP BY customer_id HAVING count(*) > 4
        )
        SELECT
            count(*) FILTER (last_on < DATE '2025-12-31' - 3 * usual::INTEGER),
            count(*) FILTER (longest > 3 * usual)
        FROM clients
        """
    ).fetchall()
    assert lost > 5
    assert back > 2


@settings(max_examples=200, deadline=None)
@given(st.integers(LEAST_LINES, MOST_LINES))
def test_sizes_follow_their_laws(lines: int) -> None:
    scale = Scale.of(lines)
    assert scale.frequent_rhythm <= scale.regular_rhythm <= scale.rare_rhythm
    assert 0.8 < scale.client_count / lines**0.65 < 1.25
    assert scale.product_count == max(40, round(lines**0.42))
    assert scale.activity_count == min(scale.rep_count * 1303 * 2, 5_000_000)
    assert scale.group_count % 2 == 1
    rare = scale.client_count - scale.frequent_clients - scale.regular_clients
    places = (
        scale.frequent_groups * scale.frequent_rhythm,
        scale.regular_groups * scale.regular_rhythm,
    )
    assert places[0] >= scale.frequent_clients
    assert places[1] >= scale.regular_clients
    assert (scale.group_count - scale.frequent_groups - scale.regular_groups) * (
        scale.rare_rhythm
    ) >= rare


@pytest.mark.parametrize("lines", [20_000, 100_000, 400_000])
def test_a_company_has_about_the_lines_asked_for(lines: int) -> None:
    with company_connection(Scale.of(lines), 1, HISTORY_END) as connection:
        connection.execute(
            "CREATE VIEW numbers AS "
            f"SELECT range AS document FROM range({HISTORY_WORKDAYS} * group_count())"
        )
        [(found,)] = connection.execute("SELECT count(*) FROM lines('numbers')").fetchall()
        [(active,)] = connection.execute(
            "SELECT avg(is_active(workday, joined_on, ended_on, back_on)::INTEGER) "
            "FROM clients CROSS JOIN (SELECT range AS workday FROM range(0, 1303, 13))"
        ).fetchall()
    assert found == pytest.approx(lines, rel=0.05)
    assert active == pytest.approx(ACTIVE_SHARE, abs=0.03)


def test_the_command_line_makes_a_company_and_plays_a_night(tmp_path: Path) -> None:
    folder = tmp_path / "company"
    command = CommandLine(folder, folder / "config", environment="simulated")
    for arguments, said in (
        (("simulate", "--lines", "5000", "--nights", "1", "--to", str(folder)), "2026-01-01"),
        (("simulate-night", "--new-share", "0.005", "--to", str(folder)), "2026-01-02"),
        (("check-config",), "well formed, in EUR"),
    ):
        done = command.call(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout
    refused = command.call("simulate", "--lines", "12", "--to", str(folder))
    assert refused.returncode == 1
    assert "LINES=12" in refused.stderr
    assert Simulation.read(folder).as_of_date.isoformat() == "2026-01-02"


def test_no_folder_no_simulation(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="make simulate"):
        play_night(tmp_path)
    with pytest.raises(ConfigurationError, match="make simulate"):
        Simulation.read(tmp_path)


def test_every_table_has_an_extract() -> None:
    assert {extract.table.name for extract in EXTRACTS} == set(CONTRACT)


def test_a_rep_is_in_one_place_at_a_time(company: duckdb.DuckDBPyConnection) -> None:
    overlapping = company.execute(
        """
        SELECT one.rep_id, one.valid_from, two.valid_from
        FROM crm.reps AS one
        INNER JOIN crm.reps AS two
            ON one.rep_id = two.rep_id
            AND one.valid_from < two.valid_from
            AND (one.valid_to IS NULL OR one.valid_to >= two.valid_from)
        """
    ).fetchall()
    assert overlapping == []


def test_every_rep_reports_to_somebody_up_to_the_top(company: duckdb.DuckDBPyConnection) -> None:
    found = company.execute(
        """
        SELECT DISTINCT reps.role, managers.role
        FROM crm.reps AS reps
        LEFT JOIN crm.reps AS managers ON reps.manager_rep_id = managers.rep_id
        ORDER BY 1, 2
        """
    ).fetchall()
    assert found == [
        ("commercial_director", None),
        ("line_manager", "commercial_director"),
        ("rep", "line_manager"),
    ]


def test_a_client_is_credited_once(company: duckdb.DuckDBPyConnection) -> None:
    """On the last day of each year the shares of a client's reps add up to one."""
    sums = company.execute(
        """
        WITH days AS (SELECT unnest([
            DATE '2021-12-31', DATE '2022-12-30', DATE '2023-12-29', DATE '2024-12-31',
            DATE '2025-12-31'
        ]) AS day)
        SELECT DISTINCT sum(credit_share)
        FROM days
        INNER JOIN crm.account_assignments
            ON valid_from <= day AND (valid_to IS NULL OR valid_to >= day)
        GROUP BY day, account_id
        """
    ).fetchall()
    assert [float(total) for (total,) in sums] == [1.0]
