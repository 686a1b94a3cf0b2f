"""What dbt could not build or found wrong, in words for whoever reads the run's log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: So many are named; the rest are in dbt's own file.
_NAMED = 5
_FAILED = frozenset({"error", "fail", "runtime error"})


def describe_failures(run_results: Path) -> str:
    """The models and data tests of a build that failed, one a line.

    Args:
        run_results: dbt's ``run_results.json`` of the build.

    Returns:
        For a model what the engine said of it, for a test how many rows it found; nothing if
        dbt did not come so far as to write the file.
    """
    if not run_results.exists():
        return ""
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    failed = [result for result in results if result["status"] in _FAILED]
    lines = [_line(result) for result in failed[:_NAMED]]
    if len(failed) > _NAMED:
        lines.append(f"and {len(failed) - _NAMED} more.")
    return "".join(f"\n  {line}" for line in lines)


def _line(result: dict[str, Any]) -> str:
    kind, _, name = result["unique_id"].split(".", 2)
    # What comes after a test's name tells it from others of the same name.
    name = name.split(".", maxsplit=1)[0]
    if kind == "test" and result["status"] == "fail":
        rows = result["failures"]
        return f"test {name}: found {rows:,} row{'' if rows == 1 else 's'} that should not be."
    said = (result["message"] or "").strip().splitlines()
    return f"{kind} {name}: {' '.join(line.strip() for line in said[:3])}"
