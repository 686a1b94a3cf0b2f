"""The graph that Dagster loads: what depends on what, what starts it, what is tried again.

``definitions.json`` beside this file is the graph as it was reviewed last. After a change that is
meant, write it anew and look at the difference::

    python -m tests.unit.test_definitions
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dagster_project.dagster_errors import readable_failures
from dagster_project.errors import ExtractError
from dagster_project.ingestion.contract import CONTRACT

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SNAPSHOT = Path(__file__).with_name("definitions.json")
RENEW = (
    "The graph is not as it was reviewed last. If the change is meant, write it anew with "
    "`python -m tests.unit.test_definitions` and commit the difference of "
    "tests/unit/definitions.json with it."
)

#: What models read beside the contract's tables: what landing and the checks left for them.
HELPERS = {
    "lake/findings",
    "lake/input_counts",
    "lake/matching_decisions",
    "quality/check_results",
    "run/context",
    "run/unfinished_client_months",
    "changes/invoices",
    "changes/invoice_lines",
}


@contextmanager
def environment(data_dir: Path) -> Iterator[None]:
    """The sample's settings with a data folder of its own; afterwards all is as before."""
    before = dict(os.environ)
    for name in ("KPI_CONFIG_DIR", "KPI_AS_OF_DATE", "DAGSTER_HOME"):
        os.environ.pop(name, None)
    os.environ.update(KPI_ENVIRONMENT="sample", KPI_DATA_DIR=str(data_dir))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def load(data_dir: Path) -> dg.Definitions:
    """The definitions as the code location has them, read for a data folder of its own."""
    with environment(data_dir):
        sys.modules.pop("dagster_project.definitions", None)
        module = importlib.import_module("dagster_project.definitions")
        # The settings are read on import: nobody else should meet these.
        del sys.modules["dagster_project.definitions"]
    assert isinstance(module.defs, dg.Definitions)
    return module.defs


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("definitions")


@pytest.fixture(scope="module")
def defs(data_dir: Path) -> dg.Definitions:
    return load(data_dir)


@pytest.fixture(scope="module")
def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {
        spec.key.to_user_string(): spec
        for asset in defs.assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
    }


def described(defs: dg.Definitions) -> dict[str, Any]:
    """The graph and what starts it, as JSON holds it."""
    graph = defs.resolve_asset_graph()
    assets = {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "is_made_here": graph.get(key).is_materializable,
        }
        for key in sorted(graph.get_all_asset_keys())
    }
    checks = sorted(
        f"{key.asset_key.to_user_string()}: {key.name}"
        for key in graph.asset_check_keys
        if graph.get_check_spec(key).blocking
    )
    repository = defs.get_repository_def()
    return {
        "assets": assets,
        "blocking_checks": checks,
        "jobs": {
            job.name: job.executor_def.name
            for job in sorted(repository.get_all_jobs(), key=lambda job: job.name)
            if not job.name.startswith("__")
        },
        "schedules": {
            schedule.name: f"{schedule.cron_schedule} {schedule.execution_timezone}: "
            f"{schedule.job_name}"
            for schedule in sorted(repository.schedule_defs, key=lambda item: item.name)
        },
        "sensors": {
            sensor.name: f"every {sensor.minimum_interval_seconds} s: {sensor.job_name}"
            for sensor in sorted(repository.sensor_defs, key=lambda item: item.name)
        },
    }


def as_json(defs: dg.Definitions) -> str:
    return json.dumps(described(defs), indent=2) + "\n"


def test_the_workspace_loads(data_dir: Path, defs: dg.Definitions) -> None:
    with environment(data_dir):
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("dagster")),
                *("definitions", "validate", "--workspace", "workspace.yaml"),
            ],
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All code locations passed validation" in done.stdout + done.stderr


def test_the_graph_is_as_reviewed(defs: dg.Definitions) -> None:
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == described(defs), RENEW


def test_every_input_of_the_models_is_made_here(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    external = {
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if not graph.get(key).is_materializable
    }
    assert external == HELPERS
    made = {key.to_user_string() for key in graph.materializable_asset_keys}
    assert {table.name.replace(".", "/") for table in CONTRACT.values()} <= made


def test_every_published_mart_goes_on_the_receipt(specs: dict[str, dg.AssetSpec]) -> None:
    on_receipt = {dep.asset_key.to_user_string() for dep in specs["publication/receipt"].deps}
    assert {key for key in specs if key.startswith(("marts/", "core/"))} <= on_receipt
    assert [dep.asset_key.to_user_string() for dep in specs["publication/marts"].deps] == [
        "publication/receipt"
    ]


def test_marts_are_expected_every_morning(specs: dict[str, dg.AssetSpec]) -> None:
    expected = dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=36), warn_window=timedelta(hours=26)
    )
    marts = {key: spec for key, spec in specs.items() if key.startswith(("marts/", "core/"))}
    assert len(marts) == 48
    assert [key for key, spec in marts.items() if spec.freshness_policy != expected] == []


def test_inputs_are_checked_before_anything_is_built(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    blocking = {
        key.asset_key.to_user_string()
        for key in graph.asset_check_keys
        if key.name == "inputs_are_believable" and graph.get_check_spec(key).blocking
    }
    mapped = {
        "accounting/customers",
        "accounting/exchange_rates",
        "accounting/invoice_lines",
        "accounting/invoices",
        "accounting/price_list",
        "accounting/products",
        "accounting/rep_costs",
        "crm/accounts",
        "crm/reps",
        "crm/territories",
        "planning/sales_targets",
    }
    assert blocking == mapped


def test_the_nightly_job_is_one_process_and_does_everything(defs: dg.Definitions) -> None:
    job = defs.resolve_job_def("nightly")
    assert job.executor_def is dg.in_process_executor
    graph = defs.resolve_asset_graph()
    assert set(job.asset_layer.executable_asset_keys) == set(graph.materializable_asset_keys)


def test_a_request_of_a_day_is_accepted(defs: dg.Definitions) -> None:
    job = defs.resolve_job_def("nightly")
    config = {"ops": {"contract_tables": {"config": {"as_of_date": "2014-06-30"}}}}
    accepted = dg.validate_run_config(job, config)
    assert accepted["ops"]["contract_tables"]["config"]["as_of_date"] == "2014-06-30"
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(job, {"ops": {"contract_tables": {"config": {"day": "2014-06-30"}}}})


class TestRetries:
    def test_landing_is_tried_again(self, defs: dg.Definitions) -> None:
        job = defs.resolve_job_def("nightly")
        landing = job.get_node_named("extracts__adventureworks").definition
        assert isinstance(landing, dg.OpDefinition)
        assert landing.retry_policy == dg.RetryPolicy(
            max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL
        )

    @pytest.mark.parametrize(
        ("error", "attempts"),
        [
            # A share that is away comes back; a wrong file stays wrong.
            (OSError("the share is away"), 3),
            (ExtractError("orders.csv", "it is empty.", "Export it again."), 1),
        ],
        ids=["share away", "wrong file"],
    )
    def test_are_for_what_may_pass(self, error: Exception, attempts: int) -> None:
        tried: list[int] = []

        @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2, delay=0))
        def landing() -> None:
            tried.append(1)
            with readable_failures():
                raise error

        result = dg.materialize([landing], raise_on_error=False)
        assert not result.success
        assert len(tried) == attempts

    def test_a_failure_keeps_its_words(self) -> None:
        with pytest.raises(dg.Failure) as caught, readable_failures():
            raise ExtractError("orders.csv", "it is empty.", "Export it again.")
        assert caught.value.description == "orders.csv: it is empty. Export it again."
        assert caught.value.allow_retries is False


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        SNAPSHOT.write_text(as_json(load(Path(folder))), encoding="utf-8")
    print(f"{SNAPSHOT.relative_to(PROJECT_ROOT)} is written; look at its difference.")
