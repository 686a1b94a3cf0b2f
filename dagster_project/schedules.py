"""When runs start: every night, at month end, and when new extracts arrive.

Only here does time enter: a run is told its ``as_of_date`` and reads no clock.
"""

import datetime as dt
import hashlib
from pathlib import Path

import dagster as dg

from dagster_project.settings import Settings

#: Extracts that grew within this time may still be being written.
SETTLING_SECONDS = 120

NIGHTLY_CRON = "0 2 * * *"
MONTH_END_CRON = "0 6 1 * *"

#: One process for the whole job: a DuckDB file has one writer, and every further
#: process would cost a small company seconds.
nightly_job = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    executor_def=dg.in_process_executor,
    description="Land the extracts, check them, build the marts and publish them.",
)


def run_config(as_of_date: dt.date) -> dg.RunConfig:
    """What a run of the nightly job is told."""
    return dg.RunConfig(ops={"contract_tables": {"config": {"as_of_date": as_of_date.isoformat()}}})


@dg.schedule(job=nightly_job, cron_schedule=NIGHTLY_CRON, execution_timezone="UTC")
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night, as of the day that has just ended."""
    day = context.scheduled_execution_time.date() - dt.timedelta(days=1)
    return dg.RunRequest(run_key=f"nightly-{day}", run_config=run_config(day))


@dg.schedule(job=nightly_job, cron_schedule=MONTH_END_CRON, execution_timezone="UTC")
def month_end(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """On the first of a month, as of the last day of the month before."""
    day = context.scheduled_execution_time.date().replace(day=1) - dt.timedelta(days=1)
    return dg.RunRequest(
        run_key=f"month-end-{day}", run_config=run_config(day), tags={"close": f"{day:%Y-%m}"}
    )


def new_extracts_sensor(settings: Settings) -> dg.SensorDefinition:
    """Starts a run when files in the extracts folder are new and have settled."""

    @dg.sensor(
        job=nightly_job,
        name="new_extracts",
        minimum_interval_seconds=300,
        description="New or changed extracts that have not grown for two minutes.",
    )
    def new_extracts(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        files = sorted(path for path in settings.extracts_dir.rglob("*") if path.is_file())
        if not files:
            return dg.SkipReason(f"{settings.extracts_dir} holds no files.")
        newest = max(path.stat().st_mtime for path in files)
        if dt.datetime.now(dt.UTC).timestamp() - newest < SETTLING_SECONDS:
            return dg.SkipReason("The newest file may still be being written.")
        state = _state(files)
        if state == context.cursor:
            return dg.SkipReason("No file is new.")
        # The state before is in the key: files put back as they were are news again.
        run_key = f"extracts-{context.cursor or 'none'}-{state}"
        context.update_cursor(state)
        # What arrived is as of the day it arrived, whenever this is looked at.
        day = dt.datetime.fromtimestamp(newest, dt.UTC).date()
        return dg.RunRequest(run_key=run_key, run_config=run_config(day))

    return new_extracts


def _state(files: list[Path]) -> str:
    described = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(described).encode()).hexdigest()[:16]
