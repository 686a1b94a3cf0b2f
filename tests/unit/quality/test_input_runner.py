"""What Great Expectations finds in sound, spoilt and broken inputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from dagster_project.company import load_company
from dagster_project.engines.duckdb import dialect as duckdb_dialect
from dagster_project.engines.duckdb.batches import DuckDBInputs
from dagster_project.errors import PipelineError
from dagster_project.quality.results import CheckResult
from dagster_project.quality.runner import check_inputs
from tests.unit.quality import inputs
from tests.unit.quality.conftest import CONFIG, Judged, judge
from tests.unit.quality.warehouse import create_warehouse


def failures(judged: Judged, severity: str) -> set[tuple[str, str]]:
    return {
        (result.table, result.name)
        for result in judged.results
        if not result.has_passed and result.severity == severity
    }


def test_sound_inputs_pass_every_check(sound: Judged) -> None:
    assert not failures(sound, "critical") | failures(sound, "warning")
    assert {result.table for result in sound.results} == set(inputs.MAPPED_TABLES)


def test_the_spoilt_inputs_meet_every_check_that_they_fail(sound: Judged) -> None:
    """So that no check below passes on sound inputs for want of being made."""
    made = {(result.table, result.name) for result in sound.results}
    spoilt_only = {("accounting.products", "table_has_rows")}
    assert (inputs.CRITICAL_FAILURES | inputs.WARNING_FAILURES) - made == spoilt_only


def test_spoilt_inputs_fail_what_was_spoilt_and_nothing_else(spoilt: Judged) -> None:
    assert failures(spoilt, "critical") == inputs.CRITICAL_FAILURES
    assert failures(spoilt, "warning") == inputs.WARNING_FAILURES


@pytest.mark.parametrize(
    ("table", "name", "observed", "unexpected_count"),
    [
        ("accounting.products", "table_has_rows", "0", None),
        ("accounting.invoices", "row_count_is_steady", "112", None),
        (
            "accounting.payments",
            "paid_on_is_not_before_first_year",
            "1 of 9 rows, such as 1999-12-31",
            1,
        ),
        (
            "accounting.invoices",
            "total_amount_covers_net_amount",
            "1 of 112 rows, such as 80.0000 and 100.0000",
            1,
        ),
        ("crm.activities", "activities_are_fresh", "newest is of 2025-01-01, 180 days old", None),
    ],
)
def test_results_say_what_was_observed(
    spoilt: Judged, table: str, name: str, observed: str, unexpected_count: int | None
) -> None:
    result = spoilt.result(table, name)
    assert (result.observed, result.unexpected_count) == (observed, unexpected_count)


def test_a_credit_note_may_be_below_its_net_amount(tmp_path: Path) -> None:
    judged = judge(
        tmp_path,
        inputs.SOUND + "UPDATE accounting.invoices SET document_type = 'credit_note', "
        "net_amount = -100, total_amount = -120 WHERE invoice_id = 'I0-0'",
        ("accounting.invoices",),
        {},
    )
    assert judged.result("accounting.invoices", "total_amount_covers_net_amount").has_passed


def test_results_are_in_the_order_of_the_contract(sound: Judged) -> None:
    tables = list(dict.fromkeys(result.table for result in sound.results))
    assert tables == list(inputs.MAPPED_TABLES)


def test_a_check_that_breaks_fails_critically_with_its_reason(tmp_path: Path) -> None:
    # A view outlives the file it reads, as one of the lake does.
    landed = tmp_path / "landed.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS payment_id) TO '{landed}'")
    warehouse_path = create_warehouse(
        tmp_path / "warehouse.duckdb",
        inputs.SOUND
        + f"""
        ALTER TABLE planning.growth_assumptions DROP COLUMN price_growth;
        DROP TABLE accounting.payments;
        CREATE VIEW accounting.payments AS FROM read_parquet('{landed}');
        """,
    )
    landed.unlink()
    results = _check(
        warehouse_path, tmp_path / "docs", "accounting.payments", "planning.growth_assumptions"
    )
    judged = Judged(warehouse_path, tmp_path / "docs", results)
    broken = judged.result("planning.growth_assumptions", "price_growth_is_in_range")
    assert (broken.severity, broken.has_passed) == ("critical", False)
    assert "price_growth" in broken.observed
    assert "\n" not in broken.observed
    assert judged.result("planning.growth_assumptions", "sales_growth_is_in_range").has_passed
    payments = [result for result in judged.results if result.table == "accounting.payments"]
    assert payments
    for result in payments:
        assert (result.severity, result.has_passed) == ("critical", False)
        assert "landed.parquet" in result.observed
    # However it ended, the warehouse is closed: it can be opened for writing.
    duckdb.connect(str(judged.warehouse_path)).close()


def test_rows_stay_in_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[int] = []

    class Recording(FullyBufferedCursorFetchStrategy):
        def __init__(self, cursor: Any, initial_buffer: list[Any]) -> None:
            super().__init__(cursor, initial_buffer=initial_buffer)
            fetched.append(len(initial_buffer))

    monkeypatch.setattr(duckdb_dialect, "FullyBufferedCursorFetchStrategy", Recording)
    many_wrong = """
    INSERT INTO accounting.payments BY NAME
    SELECT 'X' || i AS payment_id, 'K1' AS customer_id, DATE '1970-01-01' AS paid_on,
        1 AS amount, 'euro' AS currency
    FROM range(5000) AS numbers (i)
    """
    judged = judge(tmp_path, inputs.SOUND + many_wrong, ("accounting.payments",), {})
    name = "paid_on_is_not_before_first_year"
    assert judged.result("accounting.payments", name).unexpected_count == 5000
    assert 0 < max(fetched) < 1000


def test_a_warehouse_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no such warehouse"):
        _check(tmp_path / "warehouse.duckdb", tmp_path / "docs")
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_a_warehouse_open_for_writing_is_an_error_and_keeps_the_pages(tmp_path: Path) -> None:
    warehouse_path = create_warehouse(tmp_path / "warehouse.duckdb", "")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.html").write_text("yesterday's")
    with (
        duckdb.connect(str(warehouse_path)),
        pytest.raises(PipelineError, match="cannot be opened"),
    ):
        _check(warehouse_path, docs)
    assert (docs / "index.html").read_text() == "yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "warehouse.duckdb"]


def test_pages_list_every_table_and_show_what_failed(spoilt: Judged) -> None:
    index = (spoilt.data_docs_dir / "index.html").read_text(encoding="utf-8")
    pages = {
        page.parts[-5] + "." + page.parts[-4]: page.read_text(encoding="utf-8")
        for page in spoilt.data_docs_dir.glob("validations/*/*/*/*/*.html")
    }
    assert set(pages) == set(inputs.SPOILT_MAPPED_TABLES)
    for table in pages:
        assert table in index
    for result in spoilt.results:
        assert f"{result.name} ({result.severity})" in pages[result.table]
    failing = spoilt.result("accounting.invoices", "newest_month_revenue_is_usual")
    assert failing.observed in pages["accounting.invoices"]
    assert failing.remedy in pages["accounting.invoices"]


def test_every_link_between_pages_leads_to_one(sound: Judged) -> None:
    linked: set[Path] = set()
    for page in sound.data_docs_dir.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"""(?:href=|_link_path': )["']([^"'#]+\.html)["']""", text):
            target = (page.parent / link).resolve()
            assert target.exists(), f"{page} links to {link}"
            linked.add(target)
    # The index, and for each table its results and its expectations.
    assert len(linked) == 1 + 2 * len(inputs.MAPPED_TABLES)


def test_nothing_but_the_site_is_left_beside_it(sound: Judged) -> None:
    assert [path.name for path in sound.data_docs_dir.parent.iterdir()] == ["data_docs"]


def _check(warehouse_path: Path, docs: Path, *tables: str) -> tuple[CheckResult, ...]:
    return check_inputs(
        DuckDBInputs(warehouse_path),
        mapped_tables=tables or ("crm.reps",),
        company=load_company(CONFIG),
        as_of_date=inputs.AS_OF_DATE,
        previous_row_counts={},
        data_docs_dir=docs,
    )
