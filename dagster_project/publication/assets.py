"""The receipt of a build and the published marts as Dagster assets."""

import logging
import shutil
from collections.abc import Iterable

import dagster as dg

from dagster_project.dagster_errors import readable_failures
from dagster_project.findings.owner_files import write_owner_files
from dagster_project.ingestion.assets import loads_in_force
from dagster_project.ingestion.mapping import load_mappings
from dagster_project.publication.publisher import publish
from dagster_project.publication.receipt import issue_receipt
from dagster_project.quality.results import read_results
from dagster_project.quality.site import replaced_site
from dagster_project.run_identity import project_version
from dagster_project.settings import Settings

logger = logging.getLogger(__name__)

RECEIPT_KEY = dg.AssetKey(["publication", "receipt"])
PUBLISHED_KEY = dg.AssetKey(["publication", "marts"])


def publication_assets(
    settings: Settings, marts: Iterable[dg.AssetKey]
) -> list[dg.AssetsDefinition]:
    """The receipt, issued once the marts are built, and the publication that asks for it."""

    @dg.asset(
        key=RECEIPT_KEY,
        deps=list(marts),
        group_name="publication",
        description="What the build was made of and how its checks came out.",
    )
    def receipt() -> dg.MaterializeResult[None]:
        with readable_failures():
            issued = issue_receipt(
                settings,
                run_results_path=settings.run_results_path,
                checks=read_results(settings.warehouse_path),
                loads=loads_in_force(settings),
                project_version=project_version(),
            )
        return dg.MaterializeResult(
            metadata={"run_id": issued.run_id, "has_passed": issued.has_passed}
        )

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=[RECEIPT_KEY],
        group_name="publication",
        kinds={"duckdb", "parquet"},
        description="The marts as people read them, swapped in whole.",
    )
    def published_marts() -> dg.MaterializeResult[None]:
        with readable_failures():
            publication = publish(settings)
            with replaced_site(settings.data_docs_dir) as pages:
                shutil.copytree(settings.checked_docs_dir, pages, dirs_exist_ok=True)
            write_owner_files(
                settings, load_mappings(settings.sources_dir), loads_in_force(settings)
            )
        logger.info("Published %d tables", len(publication.rows))
        return dg.MaterializeResult(
            metadata={
                "run_id": publication.run_id,
                "database": dg.MetadataValue.path(publication.database_path),
                "parquet": dg.MetadataValue.path(publication.parquet_dir),
                "rows": sum(publication.rows.values()),
            }
        )

    return [receipt, published_marts]
