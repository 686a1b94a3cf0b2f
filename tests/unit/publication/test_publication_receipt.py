"""A receipt says what a build was, and nobody can talk it into having passed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from dagster_project.errors import PublicationRefusedError
from dagster_project.publication.receipt import Receipt, read_receipt

Build = Any  # the fixture's own class; a conftest is not there to be imported


def test_a_good_build_is_on_its_receipt(build: Build) -> None:
    receipt = build.good()
    assert receipt.has_passed
    assert receipt.reasons == ()
    assert (receipt.run_id, receipt.build_id, str(receipt.as_of_date)) == (
        "run-a",
        "build-1",
        "2014-06-30",
    )
    assert receipt.marts == {"core.dim_client": 3, "marts.kpi_revenue": 5000}
    assert receipt.models.model_dump() == {
        "built": 2,
        "tests_passed": 2,
        "tests_warned": 1,
        "failures": (),
    }
    [landed] = receipt.inputs
    assert (landed.rows_read, landed.rows_landed, landed.rows_set_aside) == (12, 10, 2)
    assert landed.files[0].sha256 == "ab" * 32
    assert read_receipt(build.settings.receipt_path) == receipt


def test_the_same_build_gives_the_same_bytes_in_whatever_order_evidence_comes(
    build: Build,
) -> None:
    build.good()
    checks = [build.check, build.check.but(name="freshness", severity="warning")]
    results = [("model.sales.b", "error"), ("model.sales.a", "error")]
    build.dbt_ended(results)
    build.receipt(checks)
    first = build.settings.receipt_path.read_bytes()
    build.dbt_ended(results[::-1])
    build.receipt(checks[::-1])
    assert build.settings.receipt_path.read_bytes() == first


@pytest.mark.parametrize(
    ("observed", "stored"),
    [(None, None), (True, True), (7, 7), (0.5, 0.5), ("x", "x"), (float("nan"), "nan")],
)
def test_what_was_observed_survives_the_file(build: Build, observed: object, stored: Any) -> None:
    build.good()
    build.receipt([build.check.but(observed=observed)])
    [outcome] = read_receipt(build.settings.receipt_path).checks
    assert outcome.observed == stored
    assert type(outcome.observed) is type(stored)


def test_a_failed_critical_check_is_a_reason_with_its_remedy(build: Build) -> None:
    build.good()
    receipt = build.receipt([build.check.but(has_passed=False, observed=0)])
    assert not receipt.has_passed
    [reason] = receipt.reasons
    assert "invoice" in reason
    assert "row_count" in reason
    assert "observed 0, expected 5 to 20. Ask accounting" in reason


def test_a_failed_warning_is_told_but_stops_nothing(build: Build) -> None:
    build.good()
    receipt = build.receipt([build.check.but(has_passed=False, severity="warning")])
    assert receipt.has_passed
    assert not receipt.checks[0].has_passed


def test_an_unknown_severity_is_not_taken_for_a_warning(build: Build) -> None:
    build.good()
    with pytest.raises(PublicationRefusedError, match="severity"):
        build.receipt([build.check.but(severity="fatal")])


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("model.sales.m", "error"),
        ("model.sales.m", "skipped"),
        ("model.sales.m", "partial success"),
        ("model.sales.m", "no-op"),
        ("test.sales.t", "fail"),
        ("test.sales.t", "a status of next year"),
    ],
)
def test_any_other_dbt_status_is_a_failure(build: Build, name: str, status: str) -> None:
    build.warehouse()
    build.dbt_ended([("model.sales.good", "success"), (name, status)])
    receipt = build.receipt()
    assert not receipt.has_passed
    [failure] = receipt.models.failures
    assert (failure.unique_id, failure.status, failure.message) == (name, status, f"{status}!")
    assert name in receipt.reasons[0]


def test_a_build_of_no_model_has_not_passed(build: Build) -> None:
    build.warehouse()
    build.dbt_ended([("test.sales.t", "pass")])
    assert build.receipt().reasons == ("dbt built no model.",)


def test_a_warehouse_without_marts_has_not_passed(build: Build) -> None:
    build.warehouse(tables=("CREATE SCHEMA marts; CREATE SCHEMA x; CREATE TABLE x.t AS SELECT 1",))
    build.dbt_ended()
    assert build.receipt().reasons == ("The warehouse holds no mart.",)


def test_a_view_among_the_marts_is_not_silently_left_out(build: Build) -> None:
    build.good()
    build.change("CREATE VIEW marts.kpi_short AS SELECT 1 AS one")
    with pytest.raises(PublicationRefusedError, match=r"marts\.kpi_short"):
        build.receipt()


def test_passing_is_a_conclusion_and_cannot_be_set(build: Build) -> None:
    receipt = build.good()
    with pytest.raises((ValidationError, AttributeError)):
        receipt.has_passed = True
    with pytest.raises(ValidationError):
        Receipt(**receipt.model_dump())  # its dump holds has_passed


def test_a_build_id_that_climbs_out_of_the_folder_gets_no_receipt(build: Build) -> None:
    build.warehouse(build_id="../../elsewhere")
    build.dbt_ended()
    with pytest.raises(PublicationRefusedError, match="build_id"):
        build.receipt()
    assert not build.settings.receipt_path.exists()


@pytest.mark.parametrize(
    "break_it",
    [
        "DROP TABLE run.context",
        "DELETE FROM run.context",
        "INSERT INTO run.context SELECT * FROM run.context",
        "UPDATE run.context SET build_id = NULL",
    ],
)
def test_a_warehouse_that_does_not_say_its_build_gets_no_receipt(
    build: Build, break_it: str
) -> None:
    build.warehouse()
    build.dbt_ended()
    build.change(break_it)
    with pytest.raises(PublicationRefusedError, match=r"run\.context"):
        build.receipt()
    assert not build.settings.receipt_path.exists()


@pytest.mark.parametrize("text", [None, "", "[]", '{"results": [{"status": "success"}]}'])
def test_without_dbt_results_there_is_no_receipt(build: Build, text: str | None) -> None:
    build.good()
    build.settings.receipt_path.unlink()
    build.run_results_path.unlink()
    if text is not None:
        build.run_results_path.write_text(text)
    with pytest.raises(PublicationRefusedError, match=r"run_results\.json"):
        build.receipt()
    assert not build.settings.receipt_path.exists()


def test_a_failed_write_leaves_the_earlier_receipt(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.good()
    before = build.settings.receipt_path.read_bytes()
    build.warehouse("build-2")

    def no_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", no_disk)
    with pytest.raises(OSError, match="no space"):
        build.receipt()
    assert build.settings.receipt_path.read_bytes() == before
    assert sorted(path.name for path in build.settings.warehouse_dir.iterdir()) == [
        "receipt.json",
        "warehouse.duckdb",
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"has_passed": true}'])
def test_what_is_not_a_receipt_is_refused(build: Build, text: str) -> None:
    build.good()
    build.settings.receipt_path.write_text(text)
    with pytest.raises(PublicationRefusedError, match="not a receipt"):
        read_receipt(build.settings.receipt_path)


def test_a_doctored_conclusion_is_found(build: Build) -> None:
    build.good()
    build.receipt([build.check.but(has_passed=False)])
    assert not json.loads(build.settings.receipt_path.read_text())["has_passed"]
    build.edit_receipt(lambda document: document.update(has_passed=True))
    with pytest.raises(PublicationRefusedError, match="row_count"):
        read_receipt(build.settings.receipt_path)
    build.edit_receipt(lambda document: document.update(reasons=[]))
    with pytest.raises(PublicationRefusedError, match="row_count"):
        read_receipt(build.settings.receipt_path)


def test_a_receipt_without_its_conclusions_is_refused(build: Build) -> None:
    build.good()
    build.edit_receipt(lambda document: document.pop("has_passed"))
    with pytest.raises(PublicationRefusedError, match="changed"):
        read_receipt(build.settings.receipt_path)
