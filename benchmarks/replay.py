"""Replays a build's compiled SQL in one bare DuckDB process: the floor of a run.

``python -m benchmarks.replay <warehouse.duckdb> <dbt target folder> <answer.json>``
writes the seconds that the models and the tests took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

from dagster_project.memory import MEMORY_LIMIT


def replay(warehouse: Path, target: Path) -> dict[str, float]:
    """Run every model and data test of a build again, in its order.

    The warehouse keeps its name, which the compiled SQL spells out.

    Returns:
        Seconds by ``models`` and ``tests``.

    Raises:
        duckdb.Error: if the SQL does not run, which makes the comparison void.
    """
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    seconds = {"models": 0.0, "tests": 0.0}
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": f"{warehouse}.spill",
        "preserve_insertion_order": "false",
    }
    with duckdb.connect(str(warehouse), config=config) as connection:
        for result in results:
            node = manifest["nodes"].get(result["unique_id"])
            if node is None:  # who uses the marts, of which dbt keeps a result too
                continue
            if node["resource_type"] == "model":
                kind = "VIEW" if node["config"]["materialized"] == "view" else "TABLE"
                name = f'"{node["schema"]}"."{node["alias"]}"'
                statement = f"CREATE OR REPLACE {kind} {name} AS {result['compiled_code']}"
                part = "models"
            elif node["resource_type"] == "test":
                statement = f"SELECT count(*) FROM ({result['compiled_code']})"
                part = "tests"
            else:  # what dbt does at the end, which no bare run does
                continue
            started = time.perf_counter()
            connection.execute(statement).fetchall()
            seconds[part] += time.perf_counter() - started
        started = time.perf_counter()
        connection.execute("CHECKPOINT")
        seconds["models"] += time.perf_counter() - started
    return seconds


if __name__ == "__main__":
    warehouse_path, target_dir, answer = map(Path, sys.argv[1:])
    answer.write_text(json.dumps(replay(warehouse_path, target_dir)))
