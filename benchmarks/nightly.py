"""A whole nightly run beside its own SQL in one bare DuckDB process (``make bench``).

Both are measured in one go on one machine, so the ratio holds where seconds do not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import dagster as dg

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the sample twice, cold and again, replay its SQL, and print the comparison."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        environment = _environment(scratch)
        print("The first run: parses the dbt project and lands everything", flush=True)
        _timed_run(environment)
        shutil.rmtree(scratch / "data" / "lake")
        print("The measured run: lands, checks, builds and publishes everything", flush=True)
        whole = _timed_run(environment)
        replayed = _replay(scratch)
        steps = _step_seconds(scratch / "dagster")
        dbt = _dbt_seconds(scratch / "data" / "warehouse" / "dbt" / "run_results.json")
    _print_table(whole, replayed, steps, dbt)


def _environment(scratch: Path) -> dict[str, str]:
    home = scratch / "dagster"
    home.mkdir()
    shutil.copy(PROJECT_ROOT / "dagster.yaml", home)
    return {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "KPI_ENVIRONMENT": "sample",
        "KPI_DATA_DIR": str(scratch / "data"),
    }


def _timed_run(environment: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "dagster_project", "run"],
        cwd=PROJECT_ROOT,
        env=dict(environment),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def _replay(scratch: Path) -> dict[str, float]:
    copy = scratch / "replay" / "warehouse.duckdb"
    copy.parent.mkdir()
    shutil.copy(scratch / "data" / "warehouse" / "warehouse.duckdb", copy)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.replay", str(copy), str(_target(scratch))],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds: dict[str, float] = json.loads(done.stdout)
    seconds["process"] = time.perf_counter() - started
    return seconds


def _target(scratch: Path) -> Path:
    return scratch / "data" / "warehouse" / "dbt"


def _step_seconds(home: Path) -> dict[str, float]:
    """Seconds of each step of the newest run, from Dagster's own record."""
    with dg.DagsterInstance.from_config(str(home)) as instance:
        newest = instance.get_runs(limit=1)[0]
        return {
            step.step_key: (step.end_time or 0) - (step.start_time or 0)
            for step in instance.get_run_step_stats(newest.run_id)
        }


def _dbt_seconds(run_results: Path) -> float:
    """Seconds from dbt's first model to its last test."""
    seconds: float = json.loads(run_results.read_text(encoding="utf-8"))["elapsed_time"]
    return seconds


def _print_table(
    whole: float,
    replayed: Mapping[str, float],
    steps: Mapping[str, float],
    dbt: float,
) -> None:
    bare = replayed["models"] + replayed["tests"]
    landing = sum(seconds for key, seconds in steps.items() if key.startswith("extracts__"))
    named = {
        "landing": landing,
        "contract tables": steps.get("contract_tables", 0.0),
        "input checks, pages included": steps.get("check_inputs", 0.0),
        "dbt: models and data tests": dbt,
        "dbt: start, parse, events, stop": steps.get("build", 0.0) - dbt,
        "receipt": steps.get("publication__receipt", 0.0),
        "publication": steps.get("publication__marts", 0.0),
    }
    named["process start, graph, Dagster"] = whole - sum(named.values())
    print(f"\n{'whole run':<34}{whole:8.2f} s")
    for name, seconds in named.items():
        print(f"  {name:<32}{seconds:8.2f} s  {seconds / whole:6.1%}")
    print(f"{'the same SQL, bare DuckDB':<34}{bare:8.2f} s")
    print(f"  {'models':<32}{replayed['models']:8.2f} s")
    print(f"  {'data tests':<32}{replayed['tests']:8.2f} s")
    print(f"{'whole run / bare SQL':<34}{whole / bare:8.2f}")
    print(f"{'whole run / bare process':<34}{whole / replayed['process']:8.2f}")


if __name__ == "__main__":
    main()
