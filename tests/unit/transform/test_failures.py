"""A build that failed names the models and tests that did, as a person reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dagster_project.transform.failures import describe_failures


def result(unique_id: str, status: str, message: str | None = None, failures: int = 0) -> Any:
    return {"unique_id": unique_id, "status": status, "message": message, "failures": failures}


def described(folder: Path, *results: Any) -> list[str]:
    path = folder / "run_results.json"
    path.write_text(json.dumps({"results": results}), encoding="utf-8")
    lines = describe_failures(path, None).split("\n")
    assert lines[-1].endswith(f"{path}.")
    return lines[1:-1]


def test_a_model_says_what_the_engine_said_and_a_test_how_many_rows(tmp_path: Path) -> None:
    said = "Runtime Error in model fct_x (models/fct_x.sql)\n  Out of memory\n  more\n  and more"
    assert described(
        tmp_path,
        result("model.sales_kpi.dim_x", "success"),
        result("model.sales_kpi.fct_x", "error", said),
        result("test.sales_kpi.unique_key_fct_x_id.ab12", "fail", "Got 1", failures=1),
        result("test.sales_kpi.assert_sums_tie", "fail", "Got 1200", failures=1200),
        result("test.sales_kpi.assert_never_ran", "skipped"),
    ) == [
        "  model fct_x: Runtime Error in model fct_x (models/fct_x.sql) Out of memory more",
        "  test unique_key_fct_x_id: found 1 row that should not be.",
        "  test assert_sums_tie: found 1,200 rows that should not be.",
    ]


def test_of_many_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    many = [result(f"model.sales_kpi.m{number}", "error", "no disk") for number in range(8)]
    lines = described(tmp_path, *many)
    assert lines[0] == "  model m0: no disk"
    assert len(lines) == 6
    assert lines[-1] == "  and 3 more."


def test_a_build_that_never_began_gives_the_reason_that_dbt_gave(tmp_path: Path) -> None:
    missing = tmp_path / "run_results.json"
    said = RuntimeError(
        "The dbt CLI process with command `dbt build --vars {}` failed\n\n"
        "Errors parsed from dbt logs:\n\nEncountered an error:\nunrecognized access mode\n"
        "Traceback (most recent call last):\n  File somewhere"
    )
    assert describe_failures(missing, said).splitlines()[1:] == [
        "It ended before it told of any. Encountered an error: unrecognized access mode"
    ]
    assert "no reason" in describe_failures(missing, None)
