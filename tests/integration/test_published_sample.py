"""What the sample must come out as, read from the published files as an analyst would.

The figures on the other side are constants, or are worked out here from the extracts with the
csv module and plain selects, by no code of the project.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.command_line import PROJECT_ROOT, Published

SAMPLE = PROJECT_ROOT / "data" / "sample"
CRM = SAMPLE / "adventureworks" / "crm"
ACCOUNTING = SAMPLE / "adventureworks" / "accounting"
ORDERS_NAME = "adventureworks/accounting/SalesOrderHeader.csv.gz"

REVENUE = Decimal("109846381.4039")
REVENUE_WITH_REP = Decimal("80487704.1832")
CENT = Decimal("0.01")

#: A card approval code of the first order, and a birth date, which only the originals may hold.
APPROVAL_CODE = "105041Vi84182"
PERSONAL_COLUMN = re.compile(r"birth|marital|gender|approval|national|emergency", re.IGNORECASE)

#: Figures that help to read a mart and are no metrics of it: keys, ranks, what is told of rows.
SUPPORTING = {
    "activity_rank",
    "cap",
    "closed_deals",
    "cost_months",
    "days_since_lost",
    "days_since_purchase",
    "fiscal_year",
    "fiscal_years",
    "has_contract",
    "is_dated",
    "is_derived",
    "is_lost",
    "is_lower_better",
    "is_partial",
    "is_promotion",
    "is_recurring",
    "is_tomorrow",
    "is_wallet_estimated",
    "month_of_year",
    "months_since",
    "place_on_card",
    "purchase_days",
    "revenue_rank",
    "threshold",
    "unreliable_share",
}

#: What the sample has no inputs for, each with one that it lacks.
LACKING = {
    "marts.fct_bonus_inputs": "planning.bonus_schemes",
    "marts.kpi_client_actions": "planning.client_actions",
    "marts.kpi_funnel": "crm.leads",
    "marts.kpi_goals": "planning.goals",
    "marts.kpi_lead_generation": "crm.leads",
    "marts.kpi_mrr_cohorts": "crm.contracts",
    "marts.kpi_outlet_allocation": "planning.outlet_plans",
    "marts.kpi_padding_signs": "crm.activities",
    "marts.kpi_payment_plan_fact": "accounting.payments",
    "marts.kpi_receivables": "accounting.payments",
    "marts.kpi_recurring_revenue": "crm.contracts",
    "marts.kpi_repeat_touches": "crm.activities",
    "marts.kpi_report_discipline": "crm.rep_reports",
    "marts.kpi_visit_quality": "crm.visit_reports",
    "marts.kpi_work_plan": "planning.work_plans",
}
#: No marts of KPIs: nothing recurs in the sample, and no customer of it has to be decided.
EMPTY_BESIDE = {"core.fct_mrr_movements", "marts.dq_matching_review"}
EMPTY = {*EMPTY_BESIDE, *LACKING}

Marts = duckdb.DuckDBPyConnection
Order = dict[str, str]


class Ledger(NamedTuple):
    """The accounting extracts as plain Python."""

    orders: list[Order]
    months: dict[date, Decimal]

    def between(self, first: date, last: date, *, only_reps: bool = False) -> Decimal:
        """Revenue of days, both included."""
        return sum(
            (
                Decimal(order["SubTotal"])
                for order in self.orders
                if first <= day_of(order) <= last and (order["SalesPersonID"] or not only_reps)
            ),
            Decimal(0),
        )


def day_of(order: Order) -> date:
    return date.fromisoformat(order["OrderDate"][:10])


def read_csv(path: Path, delimiter: str = "\t") -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, delimiter=delimiter))


@pytest.fixture(scope="module")
def marts(published: Published) -> Iterator[Marts]:
    with duckdb.connect(str(published.database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    path = ACCOUNTING / "SalesOrderHeader.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        header, *records = csv.reader(stream, delimiter="\t")
    names = [name.strip() for name in header]
    orders = [dict(zip(names, record, strict=True)) for record in records]
    months: defaultdict[date, Decimal] = defaultdict(Decimal)
    for order in orders:
        months[day_of(order).replace(day=1)] += Decimal(order["SubTotal"])
    return Ledger(orders, dict(months))


@pytest.fixture(scope="module")
def receipt(published: Published) -> dict[str, Any]:
    found = json.loads((published.database.parent / "receipt.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def rows(marts: Marts, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    return marts.execute(sql, list(parameters)).fetchall()


def value(marts: Marts, sql: str, *parameters: object) -> Any:
    [(found,)] = rows(marts, sql, *parameters)
    return found


def tables(marts: Marts) -> list[str]:
    """Every published mart as ``schema.table``, without what the file says of itself."""
    return [
        name
        for (name,) in rows(
            marts,
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_catalog = current_database() AND table_schema <> 'publication' "
            "ORDER BY ALL",
        )
    ]


def columns(marts: Marts, table: str, *types: str) -> list[str]:
    """The columns of a published table, of types that begin so if any are given."""
    schema, name = table.split(".")
    found = rows(
        marts,
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
        schema,
        name,
    )
    return [column for column, type_ in found if not types or type_.startswith(types)]


def kpi_marts(marts: Marts) -> list[str]:
    """The marts that hold figures with a reliability."""
    return [
        table
        for table in tables(marts)
        if table.startswith(("marts.kpi_", "marts.fct_")) and table != "marts.kpi_reliability"
    ]


def off_by_a_cent(
    found: Iterable[tuple[date, Decimal]], ledger: Mapping[date, Decimal]
) -> dict[date, tuple[Decimal, Decimal]]:
    """Months where a mart and the ledger differ; months of only one of them count as 0."""
    by_month = {month: total or Decimal(0) for month, total in found}
    assert by_month, "the mart has no month"
    return {
        month: (by_month.get(month, Decimal(0)), ledger.get(month, Decimal(0)))
        for month in sorted({*by_month, *ledger})
        if abs(by_month.get(month, Decimal(0)) - ledger.get(month, Decimal(0))) >= CENT
    }


class TestTotals:
    def test_revenue_is_the_ledgers(self, marts: Marts, ledger: Ledger) -> None:
        assert value(marts, "SELECT sum(net_revenue) FROM core.fct_revenue_lines") == REVENUE
        assert sum(ledger.months.values()) == REVENUE

    def test_revenue_credited_to_reps(self, marts: Marts) -> None:
        found = value(
            marts,
            "SELECT sum(net_revenue) FROM core.fct_revenue_lines WHERE rep_id <> 'unassigned'",
        )
        assert found == REVENUE_WITH_REP

    def test_sales_to_date_of_every_rep(self, marts: Marts) -> None:
        stated = {row[0]: Decimal(row[5]) for row in read_csv(CRM / "SalesPerson.csv")}
        found = rows(
            marts,
            "SELECT rep_id, sum(net_revenue) FROM core.fct_revenue_lines "
            "WHERE issued_on BETWEEN DATE '2013-05-30' AND DATE '2014-05-30' "
            "AND rep_id <> 'unassigned' GROUP BY rep_id",
        )
        assert len(stated) == 17
        assert dict(found) == stated

    def test_sales_to_date_of_every_territory(self, marts: Marts) -> None:
        stated = {row[0]: Decimal(row[4]) for row in read_csv(CRM / "SalesTerritory.csv")}
        found = rows(
            marts,
            "SELECT territory_id, sum(net_revenue) "
            "FROM core.fct_revenue_lines INNER JOIN core.dim_clients USING (client_id) "
            "WHERE issued_on BETWEEN DATE '2013-05-30' AND DATE '2014-05-30' GROUP BY territory_id",
        )
        assert len(stated) == 10
        assert dict(found) == stated

    def test_quotas(self, marts: Marts) -> None:
        found = value(marts, "SELECT sum(plan_low) FROM marts.kpi_plan_fact WHERE level = 'rep'")
        assert found == 95_714_000


class TestEveryMartTiesToTheLedger:
    def test_year_over_year_by_every_cut_and_month(self, marts: Marts, ledger: Ledger) -> None:
        cuts = [
            cut
            for (cut,) in rows(marts, "SELECT DISTINCT cut FROM marts.kpi_revenue_yoy ORDER BY 1")
        ]
        assert cuts == [
            "acquisition_channel",
            "client",
            "company",
            "product_category",
            "rep",
            "segment",
            "territory",
        ]
        for cut in cuts:
            found = rows(
                marts,
                "SELECT period_start, sum(net_revenue) FROM marts.kpi_revenue_yoy "
                "WHERE period_type = 'month' AND cut = ? GROUP BY period_start",
                cut,
            )
            assert off_by_a_cent(found, ledger.months) == {}, cut

    @pytest.mark.parametrize("period_type", ["quarter", "season", "year"])
    def test_year_over_year_by_longer_periods(
        self, marts: Marts, ledger: Ledger, period_type: str
    ) -> None:
        found = rows(
            marts,
            "SELECT cut, period_start, period_end, sum(net_revenue) FROM marts.kpi_revenue_yoy "
            "WHERE period_type = ? GROUP BY ALL",
            period_type,
        )
        assert found
        wrong = [
            (cut, first, revenue)
            for cut, first, last, revenue in found
            if abs(revenue - ledger.between(first, last)) >= CENT
        ]
        assert wrong == []

    def test_new_and_standing_by_every_cut_and_month(self, marts: Marts, ledger: Ledger) -> None:
        for cut in ("company", "segment", "territory", "rep"):
            found = rows(
                marts,
                "SELECT period_start, sum(new_revenue + standing_revenue) "
                "FROM marts.kpi_new_business "
                "WHERE period_type = 'month' AND cut = ? GROUP BY period_start",
                cut,
            )
            assert off_by_a_cent(found, ledger.months) == {}, cut

    def test_months_of_reps(self, marts: Marts, ledger: Ledger) -> None:
        found = rows(
            marts,
            "SELECT period_start, sum(net_revenue) FROM marts.kpi_rep_performance "
            "WHERE period_type = 'month' GROUP BY period_start",
        )
        assert off_by_a_cent(found, ledger.months) == {}

    def test_years_of_the_seasons(self, marts: Marts, ledger: Ledger) -> None:
        # The data begins on the last day of May 2011: three whole fiscal years.
        years = {
            month.month: sum(
                (
                    revenue
                    for other, revenue in ledger.months.items()
                    if other.month == month.month and date(2011, 6, 1) <= other < date(2014, 6, 1)
                ),
                Decimal(0),
            )
            for month in ledger.months
        }
        for segment in ("segment = 'all'", "segment <> 'all'"):
            found = rows(
                marts,
                f"SELECT month_of_year, sum(net_revenue) FROM marts.kpi_seasonality "
                f"WHERE {segment} GROUP BY month_of_year",
            )
            assert {month: revenue.quantize(CENT) for month, revenue in found} == {
                month: revenue.quantize(CENT) for month, revenue in years.items()
            }
        years_revenue = rows(
            marts, "SELECT DISTINCT years_revenue FROM marts.kpi_seasonality WHERE segment = 'all'"
        )
        assert years_revenue == [(sum(years.values()),)]

    def test_trailing_revenue_of_churn(self, marts: Marts, ledger: Ledger) -> None:
        found = rows(
            marts,
            "SELECT month_start, trailing_revenue FROM marts.kpi_churn WHERE cut = 'company'",
        )
        trailing = {
            month: sum(
                (
                    revenue
                    for other, revenue in ledger.months.items()
                    if month.replace(year=month.year - 1) <= other < month
                ),
                Decimal(0),
            )
            for month in ledger.months
        }
        assert off_by_a_cent(found, trailing) == {}

    def test_clients_add_up(self, marts: Marts, ledger: Ledger) -> None:
        year = ledger.between(date(2013, 7, 1), date(2014, 6, 30))
        assert rows(
            marts,
            "SELECT sum(historic_revenue), sum(revenue_12_months) FROM marts.kpi_client_value",
        ) == [(REVENUE, year)]
        assert value(marts, "SELECT sum(revenue_12_months) FROM marts.kpi_client_tiers") == year
        potential = rows(
            marts,
            "SELECT year_start, sum(revenue) FROM marts.kpi_client_potential GROUP BY year_start",
        )
        assert len(potential) == 5
        assert [
            first
            for first, revenue in potential
            if revenue != ledger.between(first, date(first.year + 1, 5, 31))
        ] == []

    def test_fact_of_the_companys_plans(self, marts: Marts, ledger: Ledger) -> None:
        found = rows(
            marts,
            "SELECT period_start, period_end, fact FROM marts.kpi_plan_fact "
            "WHERE level = 'company'",
        )
        assert found
        assert [
            (first, fact)
            for first, last, fact in found
            if fact != ledger.between(first, last, only_reps=True)
        ] == []


class Untied(NamedTuple):
    """An order whose lines are not its header: what it is about, and by how much."""

    order: str
    amount: Decimal
    difference: Decimal | None


@pytest.fixture(scope="module")
def untied(ledger: Ledger) -> dict[str, set[Untied]]:
    """By rule the orders that do not tie, from the extracts alone."""
    files = [str(ACCOUNTING / f"Fact{name}Sales.parquet") for name in ("Reseller", "Internet")]
    with duckdb.connect() as connection:
        lines: dict[str, Decimal] = dict(
            connection.execute(
                "SELECT SalesOrderNumber, sum(SalesAmount::DECIMAL(18,4)) "
                "FROM read_parquet(?) GROUP BY SalesOrderNumber",
                [files],
            ).fetchall()
        )
    found: dict[str, set[Untied]] = {"invoice_without_lines": set(), "lines_do_not_tie": set()}
    for order in ledger.orders:
        number, amount = order["SalesOrderNumber"], Decimal(order["SubTotal"])
        if number not in lines:
            found["invoice_without_lines"].add(Untied(number, amount, None))
        elif abs(amount - lines[number]) >= CENT:
            difference = amount - lines[number]
            found["lines_do_not_tie"].add(Untied(number, amount, difference))
    return found


class TestFindings:
    def test_are_those_of_the_extracts(self, marts: Marts, untied: dict[str, set[Untied]]) -> None:
        assert {rule: len(found) for rule, found in untied.items()} == {
            "invoice_without_lines": 10,
            "lines_do_not_tie": 13,
        }
        found: dict[str, set[Untied]] = {}
        for rule, key, amount, difference in rows(
            marts, 'SELECT rule, record_key, amount, "value" FROM marts.dq_findings'
        ):
            parted = None if difference is None else Decimal(difference)
            found.setdefault(rule, set()).add(Untied(key, amount, parted))
        assert found == untied
        assert value(marts, "SELECT count(*) FROM marts.dq_findings") == 23

    def test_point_at_the_record(self, marts: Marts, ledger: Ledger) -> None:
        found = rows(marts, "SELECT file, row_number, record_key FROM marts.dq_findings")
        assert {file for file, _, _ in found} == {ORDERS_NAME}
        assert [
            (row, key) for _, row, key in found if ledger.orders[row - 1]["SalesOrderNumber"] != key
        ] == []

    def test_keep_their_documents_in_revenue(
        self, marts: Marts, untied: dict[str, set[Untied]]
    ) -> None:
        assert rows(marts, "SELECT DISTINCT action, severity FROM marts.dq_findings") == [
            ("kept", "warning")
        ]
        for rule, orders in untied.items():
            found = rows(
                marts,
                "SELECT invoice_id, sum(net_revenue), min(reliability_reasons), "
                "max(reliability_reasons) FROM core.fct_revenue_lines "
                "WHERE list_contains(?, invoice_id) GROUP BY invoice_id",
                [order.order for order in orders],
            )
            assert set(found) == {(order.order, order.amount, rule, rule) for order in orders}


class TestRepValue:
    def test_every_rep_has_a_ratio(self, marts: Marts) -> None:
        found = rows(
            marts,
            "SELECT rep_id, client_ltv, rep_cost, ltv_cost_ratio FROM marts.kpi_rep_ltv_cost "
            "WHERE period_label = 'trailing_12_months' AND scope = 'own'",
        )
        ratios = {rep: ratio for rep, ltv, cost, ratio in found if ratio is not None}
        reps = {row[0] for row in read_csv(CRM / "SalesPerson.csv")}
        assert reps <= set(ratios)
        # The vice president has a cost but no clients of his own.
        assert set(ratios) - reps == {"273"}
        for rep, ltv, cost, ratio in found:
            assert cost > 1000, rep
            assert ratio == pytest.approx(float(ltv) / float(cost), rel=1e-9), rep
        assert len(set(ratios.values())) == len(ratios)

    def test_managers_have_their_teams(self, marts: Marts) -> None:
        found = rows(
            marts,
            "SELECT rep_id, role, clients FROM marts.kpi_rep_ltv_cost "
            "WHERE period_label = 'trailing_12_months' AND scope = 'team'",
        )
        assert {(rep, role) for rep, role, _ in found} == {
            ("273", "commercial_director"),
            ("274", "line_manager"),
            ("285", "line_manager"),
            ("287", "line_manager"),
        }
        clients = {rep: number for rep, _, number in found}
        everyone = value(
            marts,
            "SELECT sum(clients) FROM marts.kpi_rep_ltv_cost "
            "WHERE period_label = 'trailing_12_months' AND scope = 'own' "
            "AND rep_id <> 'unassigned'",
        )
        assert clients["273"] == everyone == clients["274"] + clients["285"] + clients["287"]


class TestCatalogue:
    def test_every_figure_is_in_it(self, marts: Marts) -> None:
        catalogued = set(rows(marts, "SELECT mart, metric FROM marts.metric_catalog"))
        anywhere = {metric for _, metric in catalogued}
        missing = {
            (table, column)
            for table in kpi_marts(marts)
            for column in columns(marts, table, "DECIMAL", "DOUBLE", "BIGINT", "INTEGER", "BOOLEAN")
            if (table.removeprefix("marts."), column) not in catalogued
            and column not in anywhere
            and column not in SUPPORTING
        }
        assert missing == set()

    def test_every_mart_has_metrics_in_it(self, marts: Marts) -> None:
        catalogued = {
            mart for (mart,) in rows(marts, "SELECT DISTINCT mart FROM marts.metric_catalog")
        }
        assert catalogued == {table.removeprefix("marts.") for table in kpi_marts(marts)} | {
            "kpi_reliability"
        }

    def test_every_entry_is_of_a_column_there_is(self, marts: Marts) -> None:
        catalogued = rows(marts, "SELECT mart, metric FROM marts.metric_catalog")
        assert [
            (mart, metric)
            for mart, metric in catalogued
            if metric not in columns(marts, f"marts.{mart}")
        ] == []
        assert max(Counter(catalogued).values()) == 1

    def test_every_entry_says_everything(self, marts: Marts) -> None:
        said = ["description", "formula", "unit", "grain", "owner", "inputs"]
        blank = " OR ".join(f"coalesce(trim({name}), '') = ''" for name in said)
        assert rows(marts, f"SELECT mart, metric FROM marts.metric_catalog WHERE {blank}") == []


class TestReliability:
    def test_every_row_names_its_run_and_its_reliability(
        self, marts: Marts, receipt: dict[str, Any]
    ) -> None:
        for table in tables(marts):
            named = [] if table in EMPTY else [(receipt["run_id"],)]
            assert rows(marts, f"SELECT DISTINCT run_id FROM {table}") == named, table
        for table in kpi_marts(marts):
            found = {name for (name,) in rows(marts, f"SELECT DISTINCT reliability FROM {table}")}
            assert found <= {"reliable", "caution", "unreliable"}, table

    def test_counts_add_up_to_the_marts(self, marts: Marts) -> None:
        counted = rows(
            marts,
            "SELECT mart, sum(row_count), sum(reliable_rows), sum(caution_rows), "
            "sum(unreliable_rows) FROM marts.kpi_reliability GROUP BY mart",
        )
        found = [
            (
                table.removeprefix("marts."),
                *rows(
                    marts,
                    "SELECT count(*), count(*) FILTER (WHERE reliability = 'reliable'), "
                    "count(*) FILTER (WHERE reliability = 'caution'), "
                    f"count(*) FILTER (WHERE reliability = 'unreliable') FROM {table}",
                )[0],
            )
            for table in kpi_marts(marts)
        ]
        assert sorted(counted) == found
        assert len(found) == 38

    def test_what_is_empty_says_why(self, marts: Marts) -> None:
        found = rows(
            marts,
            "SELECT mart, absent_inputs FROM marts.kpi_reliability WHERE row_count = 0",
        )
        assert {f"marts.{mart}" for mart, _ in found} == EMPTY - EMPTY_BESIDE
        assert [
            mart for mart, absent in found if LACKING[f"marts.{mart}"] not in absent.split(", ")
        ] == []

    def test_what_is_not_reliable_says_why(self, marts: Marts) -> None:
        for table in kpi_marts(marts):
            assert (
                value(
                    marts,
                    f"SELECT count(*) FROM {table} WHERE reliability <> 'reliable' "
                    "AND coalesce(reliability_reasons, '') = ''",
                )
                == 0
            ), table


class TestDescriptions:
    def test_every_table_has_one(self, marts: Marts) -> None:
        found = rows(
            marts,
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name = current_database() AND length(comment) > 20 ORDER BY 1",
        )
        assert [name for (name,) in found] == [
            *tables(marts),
            "publication.client_month_builds",
            "publication.full_build",
        ]

    def test_every_column_has_one(self, marts: Marts) -> None:
        found = rows(
            marts,
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
            "WHERE database_name = current_database() AND NOT internal "
            "AND coalesce(trim(comment), '') = '' ORDER BY ALL",
        )
        assert found == []


@pytest.fixture(scope="module")
def secrets() -> list[str]:
    """A card approval code, and birth dates and national ids of everybody in sales."""
    staff = [row for row in read_csv(CRM / "Employee.csv") if 273 <= int(row[0]) <= 290]
    assert len(staff) == 18
    return [APPROVAL_CODE, *(row[6] for row in staff), *(row[1] for row in staff)]


class TestPersonalData:
    def test_the_extract_holds_what_is_looked_for(self, ledger: Ledger) -> None:
        assert ledger.orders[0]["CreditCardApprovalCode"] == APPROVAL_CODE

    def test_no_column_is_named_for_it(self, marts: Marts) -> None:
        named = [
            f"{table}.{column}"
            for table in tables(marts)
            for column in columns(marts, table)
            if PERSONAL_COLUMN.search(column)
        ]
        assert named == []

    def test_no_published_value_is_personal(self, marts: Marts, secrets: list[str]) -> None:
        for table in tables(marts):
            assert personal_values(marts, table, columns(marts, table), secrets) == 0, table

    def test_none_is_in_the_lake(self, published: Published, secrets: list[str]) -> None:
        loads = sorted((published.command.data_dir / "lake" / "loads").rglob("*.parquet"))
        assert loads
        with duckdb.connect() as connection:
            for path in loads:
                described = connection.execute(f"DESCRIBE FROM '{path}'").fetchall()
                names = [name for name, *_ in described]
                assert not [name for name in names if PERSONAL_COLUMN.search(name)], path
                assert personal_values(connection, f"'{path}'", names, secrets) == 0, path


def personal_values(
    connection: duckdb.DuckDBPyConnection, relation: str, names: list[str], secrets: list[str]
) -> int:
    """How many rows hold one of the values in any column, as text or as a date.

    A short number, such as a national id of nine digits, only counts as a whole value.
    """
    quoted = ", ".join(f'"{name}"::VARCHAR' for name in names)
    [(found,)] = connection.execute(
        f"SELECT count(*) FROM {relation} WHERE list_has_any([{quoted}], $1) "
        f"OR contains(concat_ws(' ', {quoted}), $2)",
        [secrets, APPROVAL_CODE],
    ).fetchall()
    return int(found)


class TestFiles:
    def test_the_database_is_one_sealed_file(self, published: Published) -> None:
        assert stat.S_IMODE(published.database.stat().st_mode) == 0o444
        assert not published.database.with_name(f"{published.database.name}.wal").exists()
        beside = {path.name for path in published.database.parent.iterdir()}
        assert beside == {"kpi.duckdb", "receipt.json", "runs", "data_docs"}

    def test_the_database_opens_in_older_clients(self, marts: Marts) -> None:
        tags = value(
            marts,
            "SELECT tags FROM duckdb_databases() WHERE database_name = current_database()",
        )
        assert tags["storage_version"].startswith("v1.4.0")

    def test_parquet_has_the_same_tables_and_rows(
        self, published: Published, marts: Marts, receipt: dict[str, Any]
    ) -> None:
        [folder] = published.command.run_dirs
        assert folder.name == receipt["run_id"]
        parquet = {
            f"{path.parent.name}.{path.stem}": f"{path}"
            if path.is_file()
            else f"{path}/**/*.parquet"
            for path in folder.glob("*/*")
        }
        assert sorted(parquet) == tables(marts)
        counts = {table: value(marts, f"SELECT count(*) FROM {table}") for table in tables(marts)}
        with duckdb.connect() as connection:
            for table, files in parquet.items():
                read = f"FROM read_parquet('{files}', hive_partitioning = true)"
                found = connection.execute(f"SELECT count(*), min(run_id) {read}").fetchall()
                run_id = None if table in EMPTY else folder.name
                assert found == [(counts[table], run_id)], table
                described = connection.execute(f"DESCRIBE {read}").fetchall()
                assert {(name, type_) for name, type_, *_ in described} == set(
                    rows(
                        marts,
                        "SELECT column_name, data_type FROM duckdb_columns() "
                        "WHERE schema_name || '.' || table_name = ? "
                        "AND database_name = current_database()",
                        table,
                    )
                ), table
        assert receipt["marts"] == counts

    def test_the_receipt_is_of_the_delivered_files(self, receipt: dict[str, Any]) -> None:
        found = {
            file["name"]: (file["sha256"], file["bytes"])
            for landed in receipt["inputs"]
            for file in landed["files"]
        }
        delivered = {
            path.relative_to(SAMPLE).as_posix(): (
                hashlib.sha256(path.read_bytes()).hexdigest(),
                path.stat().st_size,
            )
            for folder in (CRM, ACCOUNTING)
            for path in folder.iterdir()
        }
        # No table is made from the totals of the sales people; these tests hold to them.
        del delivered["adventureworks/crm/SalesPerson.csv"]
        assert found == delivered

    def test_the_receipt_passed(self, receipt: dict[str, Any]) -> None:
        assert receipt["has_passed"] is True
        assert receipt["as_of_date"] == "2014-06-30"
        assert receipt["models"]["tests_passed"] > 40
        assert {check["name"] for check in receipt["checks"] if not check["has_passed"]} == {
            "newest_month_revenue_is_usual"
        }
        for landed in receipt["inputs"]:
            assert landed["rows_read"] == landed["rows_landed"] + landed["rows_set_aside"]
        landed_rows = {landed["table"]: landed["rows_landed"] for landed in receipt["inputs"]}
        assert landed_rows["accounting.invoices"] == 31_465
        assert landed_rows["accounting.invoice_lines"] == 60_855 + 60_398

    def test_the_pages_of_the_checks(self, published: Published) -> None:
        page = published.database.parent / "data_docs" / "index.html"
        assert "accounting.invoices" in page.read_text(encoding="utf-8")


class TestWhatTheCommandSays:
    def test_where_everything_is(self, published: Published) -> None:
        for path in (
            published.database,
            *published.command.run_dirs,
            published.database.parent / "receipt.json",
            published.database.parent / "data_docs" / "index.html",
        ):
            assert re.search(rf"^  \w+ +{re.escape(str(path))}$", published.output, re.MULTILINE)

    def test_three_figures_with_their_reliability(
        self, published: Published, ledger: Ledger
    ) -> None:
        _, said = published.output.split("Three figures, in USD:\n")
        lines = said.strip("\n").splitlines()
        assert len(lines) == 3
        for line in lines:
            assert re.fullmatch(r"  .+: [\d.,]+.* - (reliable|caution|unreliable)( \(.+\))?", line)
        year = ledger.between(date(2013, 6, 1), date(2014, 5, 31))
        assert f"fiscal year 2014: {year:,.2f} " in lines[0]
        assert "10,359,000" in lines[2]

    def test_the_warning_and_what_to_do_about_it(self, published: Published) -> None:
        assert "WARNING: accounting.invoices.newest_month_revenue_is_usual" in published.output
        assert "See whether the month was exported whole and once." in published.output
