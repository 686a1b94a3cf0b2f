"""The dbt project as Dagster assets: the same names, groups and owners as in dbt."""

import datetime as dt
import json
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets

from dagster_project.dagster_errors import readable_failures
from dagster_project.engines.engine import engine_of
from dagster_project.errors import PipelineError
from dagster_project.ingestion.increment import is_full_build
from dagster_project.ingestion.sql import identifier
from dagster_project.publication.warehouse import (
    PUBLISHED_SCHEMAS,
    open_warehouse,
    read_context,
)
from dagster_project.settings import Settings
from dagster_project.transform.failures import describe_failures
from dagster_project.transform.project import (
    dbt_environment,
    dbt_vars_argument,
    ensure_manifest,
)

logger = logging.getLogger(__name__)

#: Marts are expected every morning; a missed night shows as overdue by noon.
MART_FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=dt.timedelta(hours=36), warn_window=dt.timedelta(hours=26)
)


#: Tests of the keys of landed rows. The landing has set every second row of a key
#: aside, so a night need not look again; the test suite does.
LANDED_KEY_TESTS = "path:models/staging,resource_type:test"


class ProjectTranslator(DagsterDbtTranslator):
    """Keys from schema and name, so that landed tables and dbt's sources are one asset."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        schema = dbt_resource_props["schema"]
        return dg.AssetKey([schema, dbt_resource_props.get("alias") or dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        return folders[-1] if folders else None

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        if "staging" in manifest["nodes"].get(unique_id, {}).get("fqn", ()):
            return None  # one of LANDED_KEY_TESTS
        return super().get_asset_check_spec(asset_spec, manifest, unique_id, project)

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = manifest["nodes"].get(unique_id, {})
        if "marts" not in node.get("fqn", ()):
            return spec
        return spec.replace_attributes(freshness_policy=MART_FRESHNESS)


def build_assets(settings: Settings) -> dg.AssetsDefinition:
    """Every model of the dbt project; its data tests are asset checks."""
    manifest = ensure_manifest(settings)

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=ProjectTranslator(),
        exclude=LANDED_KEY_TESTS,
        name="build",
    )
    def build(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        with readable_failures(), open_warehouse(settings.warehouse_path) as connection:
            run = read_context(connection)
        _drop_retired_marts(settings, manifest)
        logger.info("Building the models")
        # Unit tests hold the models to their definitions, whatever the data: they are
        # the test suite's. Data tests hold this night's rows, and run every night.
        arguments = [
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--vars",
            dbt_vars_argument(settings),
            *(["--full-refresh"] if is_full_build(settings.warehouse_path) else []),
        ]
        os.environ.update(dbt_environment(settings, run.as_of_date, run.run_id))
        invocation = dbt.cli(
            arguments, context=context, target_path=settings.dbt_target_dir, raise_on_error=False
        )
        for event in invocation.stream():
            _log_progress(event)
            yield event
        if not invocation.is_successful():
            with readable_failures():
                raise PipelineError(
                    "dbt could not build or test everything; nothing is published."
                    f"{describe_failures(settings.run_results_path, invocation.get_error())}"
                )
        with readable_failures():
            engine_of(settings).deliver(manifest)
        # SciPy takes a while to import, which whoever only lists the assets need not wait for.
        from dagster_project.valuation.clients import foretell_purchases

        foretell_purchases(settings.warehouse_path)

    return build


def _drop_retired_marts(settings: Settings, manifest: Path) -> None:
    """Drop published tables that no model makes any more, so that they go on no receipt."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    made = {(node["schema"], node["alias"]) for node in nodes if node["resource_type"] == "model"}
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        found = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND list_contains(?, table_schema)",
            [list(PUBLISHED_SCHEMAS)],
        ).fetchall()
        for schema, name in found:
            if (schema, name) not in made:
                connection.execute(f"DROP TABLE {identifier(schema)}.{identifier(name)}")
                logger.info("  dropped %s.%s: no model makes it any more", schema, name)


def _log_progress(event: object) -> None:
    """Say which published table was built; their inputs would only crowd the screen."""
    if isinstance(event, dg.Output):
        schema, _, name = event.output_name.partition("__")
        if schema in PUBLISHED_SCHEMAS:
            logger.info("  %s.%s", schema, name)
