"""What dbt could not build or found wrong, in words for whoever reads the run's log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: So many are named; the rest are in dbt's own file.
_NAMED = 5
_FAILED = frozenset({"error", "fail", "runtime error"})
#: Where dagster-dbt comes to dbt's errors, and where Python comes to a trace of one.
_DBT_SAID, _TRACE = "Errors parsed from dbt logs:", "Traceback (most recent call last):"


def describe_failures(run_results: Path, said: Exception | None) -> str:
    """The models and data tests of a build that failed, one a line.

    Args:
        run_results: dbt's ``run_results.json`` of the build.
        said: what dbt said while it ran, which counts if it did not come so far as to
            write the file.

    Returns:
        For a model what the engine said of it, for a test how many rows it found, and where
        the rest is.
    """
    if not run_results.exists():
        return f"\nIt ended before it told of any. {_reason(said)}"
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    failed = [result for result in results if result["status"] in _FAILED]
    lines = [_line(result) for result in failed[:_NAMED]]
    if len(failed) > _NAMED:
        lines.append(f"and {len(failed) - _NAMED} more.")
    where = f"\nAll of dbt's words, and the SQL: {run_results}."
    return "".join(f"\n  {line}" for line in lines) + where


def _reason(said: Exception | None) -> str:
    """What dbt itself said, less the command and the settings before it and any traces."""
    words = str(said or "").rpartition(_DBT_SAID)[2].partition(_TRACE)[0]
    return " ".join(words.split()) or "It gave no reason: see whether the machine ended it."


def _line(result: dict[str, Any]) -> str:
    kind, _, name = result["unique_id"].split(".", 2)
    # What comes after a test's name tells it from others of the same name.
    name = name.split(".", maxsplit=1)[0]
    if kind == "test" and result["status"] == "fail":
        rows = result["failures"]
        return f"test {name}: found {rows:,} row{'' if rows == 1 else 's'} that should not be."
    said = (result["message"] or "").strip().splitlines()
    return f"{kind} {name}: {' '.join(line.strip() for line in said[:3])}"
