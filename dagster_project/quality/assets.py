"""The input checks as Dagster asset checks: one a mapped table, blocking what follows."""

import logging
from collections.abc import Iterator, Sequence

import dagster as dg

from dagster_project.dagster_errors import readable_failures
from dagster_project.engines.engine import engine_of
from dagster_project.ingestion.assets import landed_history, table_key
from dagster_project.ingestion.ledger import previous_row_counts
from dagster_project.publication.warehouse import open_warehouse, read_context
from dagster_project.quality.checks import Severity
from dagster_project.quality.results import CheckResult, store_results
from dagster_project.settings import Settings

logger = logging.getLogger(__name__)

CHECK_NAME = "inputs_are_believable"


def input_checks_asset(
    settings: Settings, mapped_tables: Sequence[str]
) -> dg.AssetChecksDefinition:
    """Judge the landed tables; a critical failure stops everything downstream."""

    @dg.multi_asset_check(
        name="check_inputs",
        specs=[
            dg.AssetCheckSpec(
                CHECK_NAME,
                asset=table_key(table),
                blocking=True,
                description="Volumes, freshness, ranges and agreement with other systems.",
            )
            for table in mapped_tables
        ],
    )
    def check_landed_inputs() -> Iterator[dg.AssetCheckResult]:
        # Great Expectations takes seconds to import, which only this step should pay.
        from dagster_project.quality.runner import check_inputs

        logger.info("Checking the inputs")
        with readable_failures():
            with open_warehouse(settings.warehouse_path) as connection:
                run = read_context(connection)
            with engine_of(settings).inputs() as inputs:
                results = check_inputs(
                    inputs,
                    mapped_tables=mapped_tables,
                    company=settings.company,
                    as_of_date=run.as_of_date,
                    previous_row_counts=previous_row_counts(landed_history(settings)),
                    data_docs_dir=settings.checked_docs_dir,
                )
                store_results(settings.warehouse_path, results)
        _log(results)
        for table in mapped_tables:
            yield _outcome(table, [result for result in results if result.table == table])

    return check_landed_inputs


def _log(results: Sequence[CheckResult]) -> None:
    failed = [result for result in results if not result.has_passed]
    logger.info("  %d checks, %d passed", len(results), len(results) - len(failed))
    for result in failed:
        logger.warning(
            "  %s: %s.%s: found %s, expected %s. %s",
            result.severity.upper(),
            result.table,
            result.name,
            result.observed,
            result.expected,
            result.remedy,
        )


def _outcome(table: str, results: Sequence[CheckResult]) -> dg.AssetCheckResult:
    failed = [result for result in results if not result.has_passed]
    is_critical = any(result.severity == Severity.CRITICAL for result in failed)
    return dg.AssetCheckResult(
        asset_key=table_key(table),
        check_name=CHECK_NAME,
        passed=not failed,
        severity=(dg.AssetCheckSeverity.ERROR if is_critical else dg.AssetCheckSeverity.WARN),
        metadata={
            result.name: f"{'passed' if result.has_passed else result.severity}: {result.observed}"
            for result in results
        },
    )
