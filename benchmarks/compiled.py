"""The project's models as bare SQL: compiled by dbt, run without it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.company import load_company
from dagster_project.memory import MEMORY_LIMIT
from dagster_project.settings import MEMORY_VARIABLE
from dagster_project.transform.project import DBT_EXECUTABLE

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Model:
    """A model's name, its place in the warehouse, and the SQL that makes it."""

    name: str
    relation: str
    kind: str
    sql: str = field(repr=False)

    def build(self, connection: duckdb.DuckDBPyConnection) -> float:
        """Make the model anew in the connection's warehouse; the seconds it took."""
        schema = self.relation.rsplit(".", 1)[0]
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        started = time.perf_counter()
        connection.execute(f"CREATE OR REPLACE {self.kind} {self.relation} AS {self.sql}")
        return time.perf_counter() - started


def compile_models(names: Sequence[str], as_of_date: str, folder: Path) -> list[Model]:
    """Compile models for an empty warehouse, in the order in which they are built.

    Raises:
        subprocess.CalledProcessError: if dbt does not compile them.
    """
    dbt_dir = PROJECT_ROOT / "dbt"
    company = load_company(PROJECT_ROOT / "config" / "company.yml")
    environment = {
        **os.environ,
        "KPI_WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "KPI_MEMORY_LIMIT": MEMORY_LIMIT,
        "KPI_AS_OF_DATE": as_of_date,
        "KPI_RUN_ID": "benchmark",
        # Of dbt's own connection, which runs nothing here.
        MEMORY_VARIABLE: "1GB",
    }
    subprocess.run(
        [
            str(DBT_EXECUTABLE),
            *("--quiet", "--log-path", str(folder / "logs"), "compile"),
            *("--project-dir", str(dbt_dir), "--profiles-dir", str(dbt_dir)),
            *("--target-path", str(folder / "target")),
            *("--vars", json.dumps(company.dbt_vars())),
        ],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return models_of(folder / "target", names)


def models_of(target: Path, names: Sequence[str], *, with_upstream: bool = False) -> list[Model]:
    """Models of dbt's last build or compilation in its target folder, each after what it reads.

    With ``with_upstream`` everything they read from is there too, but for what was landed.
    """
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    compiled = {result["unique_id"]: result["compiled_code"] for result in results}
    nodes: dict[str, Any] = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    wanted = [key for key, node in nodes.items() if node["name"] in names]
    return [
        Model(
            nodes[key]["name"],
            nodes[key]["relation_name"],
            "VIEW" if nodes[key]["config"]["materialized"] == "view" else "TABLE",
            compiled[key],
        )
        for key in _after_what_they_read(wanted, nodes)
        if with_upstream or nodes[key]["name"] in names
    ]


def _after_what_they_read(wanted: Iterable[str], nodes: dict[str, Any]) -> Iterator[str]:
    seen: set[str] = set()

    def visit(key: str) -> Iterator[str]:
        if key in nodes and key not in seen:
            seen.add(key)
            for parent in nodes[key]["depends_on"]["nodes"]:
                yield from visit(parent)
            yield key

    for key in wanted:
        yield from visit(key)
