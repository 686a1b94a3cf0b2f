"""What dbt runs against the warehouse in one build, recorded once and replayed often.

dbt takes some ten seconds to start, parse and tell of what it does, and the SQL itself a
fraction of one. So the real dbt builds an empty company twice, from nothing and then by
month, and every statement that it sends is taken from its own log: the deletes of the
pre-hooks, the creates, inserts and renames of the materialisations, and what the hook at
the end remembers. A replay sends the same statements in the same order with another as-of
date and run id. What is left out is what changes no row: dbt's questions about the
catalogue, its comments on tables, and the data tests.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.ingestion.increment import RunContext, begin_build
from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.memory import MEMORY_LIMIT
from dagster_project.quality.results import store_results
from dagster_project.transform.project import DBT_EXECUTABLE
from tests.command_line import PROJECT_ROOT

#: Stands for the as-of date in what is recorded. The calendar of the recording ends
#: with it and is cut at the date of the replay, so it is later than any replay's.
RECORDED_DATE = dt.date(2029, 7, 19)
RECORDED_RUN_ID = "run-id-of-the-recording"

TOUCHED = "model.sales_kpi.int_client_months_touched"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_REASON = re.compile(r"'([^']+)' as reason\b")
_WRITES = ("create", "insert", "delete", "alter", "drop")
#: dbt names the tables of one invocation by its time.
_TEMPORARY = re.compile(r"__dbt_tmp\d+")


@dataclass(frozen=True)
class Step:
    """One model (or the hook at the end) and the statements that build it."""

    node_id: str
    statements: tuple[str, ...] = field(repr=False)

    @property
    def parts(self) -> Sequence[Step]:
        """The step as far as it can stop half way."""
        if self.node_id.startswith("model."):
            return [self]
        return [Step(self.node_id, (statement,)) for statement in self.statements]

    @property
    def reasons(self) -> frozenset[str]:
        """The reasons to build a month that the statements name."""
        return frozenset(_REASON.findall("\n".join(self.statements)))


@dataclass(frozen=True)
class Recording:
    """The steps of a build, in dbt's order."""

    steps: tuple[Step, ...] = field(repr=False)

    def only(self, node_ids: Collection[str]) -> Recording:
        """The steps of some models, and the hook at the end."""
        return Recording(
            tuple(
                step
                for step in self.steps
                if step.node_id in node_ids or not step.node_id.startswith("model.")
            )
        )

    def without(self, reason: str) -> Recording:
        """A build that does not know one of the reasons to build a month."""
        steps = list(self.steps)
        [position] = (n for n, step in enumerate(steps) if step.node_id == TOUCHED)
        forget = f"delete from intermediate.int_client_months_touched where reasons = '{reason}'"
        steps.insert(position + 1, Step("forget", (forget,)))
        return Recording(tuple(steps))

    def until(self, share: float) -> Recording:
        """A build that stops after a share of its parts, of which the last never comes.

        A model is built in a transaction, and so whole or not at all; the hook at the
        end may stop between any two statements.
        """
        parts = [part for step in self.steps for part in step.parts]
        return Recording(tuple(parts[: int(share * (len(parts) - 1))]))

    def replay(
        self, connection: duckdb.DuckDBPyConnection, as_of_date: dt.date, run_id: str
    ) -> None:
        """Send the recorded statements as those of another run.

        Args:
            connection: to a warehouse that was built before; new for every replay, since
                dbt's temporary tables live as long as it.
            as_of_date: the replayed run's.
            run_id: the replayed run's.
        """
        # Looking for an order of joins takes a third of the time where tables have fifty rows.
        connection.execute("SET disabled_optimizers = 'join_order'")
        for step in self.steps:
            for statement in step.statements:
                connection.execute(
                    statement.replace(RECORDED_DATE.isoformat(), as_of_date.isoformat()).replace(
                        RECORDED_RUN_ID, run_id
                    )
                )


@dataclass(frozen=True, repr=False)
class Recordings:
    """Both kinds of build, and a warehouse of an empty company to replay them in.

    ``kept`` are the models whose tables a night goes on from, and all that those are
    made of. Every other model is built whole from them, by the same SQL in both kinds.
    """

    full: Recording
    by_month: Recording
    warehouse: Path
    kept: frozenset[str]

    def __repr__(self) -> str:
        """Short: a failing history is printed with it, and its SQL is two megabytes."""
        return "recordings"


def record(folder: Path, dbt_vars: Mapping[str, Any]) -> Recordings:
    """Let dbt build an empty company thrice in a folder, and keep what it ran.

    The first build makes the tables, the second is the full build over tables that are
    there, the third the one by month.
    """
    warehouse = folder / "warehouse.duckdb"
    _begin(warehouse, "first", is_full=True)
    _run_dbt(folder, "first", dbt_vars)
    _begin(warehouse, "full", is_full=True)
    full = _run_dbt(folder, "full", dbt_vars, "--full-refresh")
    _begin(warehouse, "by month", is_full=False)
    by_month = _run_dbt(folder, "by month", dbt_vars)
    return Recordings(full, by_month, warehouse, _kept_models(folder / "target"))


def _kept_models(target: Path) -> frozenset[str]:
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    waiting = [name for name, node in nodes.items() if _is_gone_on_from(node)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in found:
            found.add(name)
            waiting.extend(nodes[name]["depends_on"]["nodes"])
    return frozenset(found)


def _is_gone_on_from(node: Mapping[str, Any]) -> bool:
    """Whether the next night reads what this one left: a table, or what the hook remembers."""
    if node["resource_type"] == "operation":
        return True
    return bool(
        node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    )


def _begin(warehouse: Path, build_id: str, *, is_full: bool) -> None:
    lake_dir = warehouse.parent / "lake"
    prepare_warehouse(warehouse, lake_dir, [], {})
    store_results(warehouse, [])
    context = RunContext(RECORDED_RUN_ID, build_id, RECORDED_DATE, "recording")
    with duckdb.connect(str(warehouse)) as connection:
        reason = begin_build(connection, context, [], [], lake_dir, must_be_full=is_full)
    assert (reason is not None) == is_full, reason


def _run_dbt(folder: Path, name: str, dbt_vars: Mapping[str, Any], *arguments: str) -> Recording:
    logs = folder / f"logs of {name}"
    done = subprocess.run(
        [
            str(DBT_EXECUTABLE),
            *("--log-path", str(logs)),
            *("--log-format-file", "json", "--log-level-file", "debug"),
            # It would word every event for the console as well, to show a few of them.
            *("--log-level", "none"),
            # Else the log begins anew at ten megabytes, and what came first is lost.
            *("--log-file-max-bytes", "0"),
            "build",
            *("--exclude-resource-type", "test", "unit_test"),
            *("--threads", "1"),
            *("--project-dir", str(PROJECT_ROOT / "dbt")),
            *("--profiles-dir", str(PROJECT_ROOT / "dbt")),
            *("--target-path", str(folder / "target")),
            *("--vars", json.dumps(dict(dbt_vars))),
            *arguments,
        ],
        env={
            **os.environ,
            "KPI_WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
            "KPI_MEMORY_LIMIT": MEMORY_LIMIT,
            "KPI_AS_OF_DATE": RECORDED_DATE.isoformat(),
            "KPI_RUN_ID": RECORDED_RUN_ID,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nIts words: {logs / 'dbt.log'}"
    steps = tuple(
        Step(node_id, tuple(statement for _, statement in group))
        for node_id, group in groupby(_writes(logs / "dbt.log"), key=lambda item: item[0])
    )
    return Recording(steps)


def _writes(log: Path) -> Iterator[tuple[str, str]]:
    """Every statement of a log that changes something, with the node it was sent for."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["info"]["name"] != "SQLQuery":
                continue
            sql = _TEMPORARY.sub("__dbt_tmp", _COMMENT.sub("", event["data"]["sql"]).strip())
            node_id = event["data"].get("node_info", {}).get("unique_id", "")
            if sql.lower().startswith(_WRITES) and node_id:
                yield node_id, sql
