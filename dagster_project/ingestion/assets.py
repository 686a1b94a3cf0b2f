"""Extracts and the contract's tables as Dagster assets."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

import dagster as dg
import duckdb

from dagster_project.dagster_errors import readable_failures
from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.history import history_digest, keep_history_until
from dagster_project.ingestion.increment import RunContext, begin_build
from dagster_project.ingestion.lake import prepare_warehouse
from dagster_project.ingestion.landing import land_source
from dagster_project.ingestion.ledger import Ledger, Load, current_loads
from dagster_project.ingestion.mapping import load_mapping, load_mappings
from dagster_project.run_identity import models_fingerprint, run_id_of
from dagster_project.settings import Settings

logger = logging.getLogger(__name__)

#: A share on a file server may be away for a moment; a wrong file stays wrong, and
#: readable_failures sees to it that those are not tried again.
LANDING_RETRIES = dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL)


class BuildConfig(dg.Config):
    """What one run is asked for.

    ``as_of_date`` is ISO; else the environment's holds. A ``full_build`` builds every
    month anew, which gives the same rows.
    """

    as_of_date: str | None = None
    full_build: bool = False


def extract_key(source: str) -> dg.AssetKey:
    """The asset that stands for a source's extracts."""
    return dg.AssetKey(["extracts", source])


def table_key(table_name: str) -> dg.AssetKey:
    """The asset of a contract table, which is also the dbt source's."""
    return dg.AssetKey(table_name.split("."))


def source_names(settings: Settings) -> list[str]:
    """The sources that have a mapping; a mapping's file is named for its source."""
    return sorted(path.stem for path in settings.sources_dir.glob("*.yml"))


def extract_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset a source: its extracts, landed in the lake."""
    return [_extract_asset(settings, source) for source in source_names(settings)]


def _extract_asset(settings: Settings, source: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=extract_key(source),
        group_name="landing",
        kinds={"duckdb", "parquet"},
        retry_policy=LANDING_RETRIES,
        description=f"The extracts of {source}, landed as typed Parquet in the lake.",
    )
    def land() -> dg.MaterializeResult[None]:
        if settings.night is not None:
            # A past night is built of what had landed by then.
            return dg.MaterializeResult(metadata={"new_loads": 0})
        with readable_failures():
            logger.info("Landing %s", source)
            landing = land_source(
                load_mapping(settings.sources_dir / f"{source}.yml"),
                extracts_dir=settings.extracts_dir,
                lake_dir=settings.lake_dir,
                ledger=Ledger(settings.ledger_path),
                max_set_aside_share=settings.company.landing.max_set_aside_share,
                memory_limit=settings.memory_limit,
            )
        return dg.MaterializeResult(
            metadata={
                "new_loads": len(landing.new),
                "rows": sum(load.rows_landed for load in landing.loads),
                "rows_set_aside": sum(load.rows_set_aside for load in landing.loads),
            }
        )

    return land


def contract_tables_asset(settings: Settings) -> dg.AssetsDefinition:
    """Every table of the contract, as the loads in force make it."""

    @dg.multi_asset(
        name="contract_tables",
        specs=[
            dg.AssetSpec(
                table_key(table.name),
                deps=[extract_key(source) for source in source_names(settings)],
                group_name=table.schema,
                description=f"One row is {table.grain}.",
                kinds={"parquet"},
            )
            for table in CONTRACT.values()
        ],
    )
    def contract_tables(
        context: dg.AssetExecutionContext, config: BuildConfig
    ) -> Iterator[dg.MaterializeResult[None]]:
        with readable_failures():
            # What dbt said of the build before must not speak for this one.
            settings.run_results_path.unlink(missing_ok=True)
            as_of_date = _as_of_date(settings, config)
            _begin_night(settings, as_of_date)
            history = landed_history(settings)
            loads = _in_force(settings, history)
            counts = prepare_warehouse(
                settings.warehouse_path,
                settings.lake_dir,
                loads,
                {mapping.name: mapping for mapping in load_mappings(settings.sources_dir)},
                settings.decisions_path,
                max_set_aside_share=settings.company.landing.max_set_aside_share,
            )
            with duckdb.connect(str(settings.warehouse_path)) as connection:
                run = RunContext(
                    run_id=run_id_of(
                        settings, loads, as_of_date, history_digest(connection, as_of_date)
                    ),
                    build_id=context.run_id,
                    as_of_date=as_of_date,
                    fingerprint=models_fingerprint(settings),
                )
                reason = begin_build(
                    connection,
                    run,
                    loads,
                    history,
                    settings.lake_dir,
                    must_be_full=config.full_build,
                )
        logger.info("Run %s as of %s", run.run_id, run.as_of_date)
        logger.info(
            "  %s",
            f"everything: {reason}" if reason else "only what was touched since the last run",
        )
        for table in CONTRACT.values():
            yield dg.MaterializeResult(
                asset_key=table_key(table.name),
                metadata={"dagster/row_count": counts.get(table.name, 0)},
            )

    return contract_tables


def loads_in_force(settings: Settings) -> Sequence[Load]:
    """The loads that the tables are made of, of the sources that are mapped."""
    return _in_force(settings, landed_history(settings))


def landed_history(settings: Settings) -> Sequence[Load]:
    """Every load that had landed by the night that is built, in the order of landing."""
    ledger = Ledger(settings.ledger_path)
    return ledger.history_of_night(settings.night) if settings.night else ledger.history()


def _begin_night(settings: Settings, as_of_date: dt.date) -> None:
    """Remember tonight, or lay out a past night's warehouse."""
    if settings.night is None:
        Ledger(settings.ledger_path).record_night(as_of_date)
        return
    keep_history_until(
        settings.night,
        replace(settings, night=None).warehouse_path,
        settings.warehouse_path,
    )


def _in_force(settings: Settings, history: Sequence[Load]) -> Sequence[Load]:
    mapped = set(source_names(settings))
    return [load for load in current_loads(history) if load.source in mapped]


def _as_of_date(settings: Settings, config: BuildConfig) -> dt.date:
    if config.as_of_date is None:
        return settings.require_as_of_date()
    try:
        return dt.date.fromisoformat(config.as_of_date)
    except ValueError:
        raise ConfigurationError(
            f"as_of_date={config.as_of_date!r} is not a date. Write it as YYYY-MM-DD."
        ) from None
