"""The whole flow in one screen: land -> check -> build -> publish.

::

    extracts/<source>    each system's files, typed, in the lake        (ingestion)
        v
    crm.* accounting.* planning.*    the contract's tables              (ingestion)
        v  checks that stop what follows                                (quality)
    staging -> intermediate -> core, kpi    the dbt project             (transform)
        v  what clients are expected to buy, fitted to it               (valuation)
        v  a receipt of exactly this build
    publication/marts    swapped in whole, or not at all                (publication)
"""

from __future__ import annotations

import dagster as dg

from dagster_project.ingestion.assets import contract_tables_asset, extract_assets
from dagster_project.ingestion.mapping import mapped_tables
from dagster_project.publication.assets import publication_assets
from dagster_project.quality.assets import input_checks_asset
from dagster_project.schedules import month_end, new_extracts_sensor, nightly, nightly_job
from dagster_project.settings import Settings
from dagster_project.transform.assets import build_assets
from dagster_project.transform.dbt_command import dbt_resource

settings = Settings.from_environment()

extracts = extract_assets(settings)
contract_tables = contract_tables_asset(settings)
input_checks = input_checks_asset(settings, mapped_tables(settings.sources_dir))
models = build_assets(settings)
publication = publication_assets(settings, models.keys)

defs = dg.Definitions(
    assets=[*extracts, contract_tables, models, *publication],
    asset_checks=[input_checks],
    jobs=[nightly_job],
    schedules=[nightly, month_end],
    sensors=[new_extracts_sensor(settings)],
    resources={"dbt": dbt_resource(settings)},
)
