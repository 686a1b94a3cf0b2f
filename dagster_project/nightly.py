"""One nightly run from the command line, told step by step."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

import dagster as dg

from dagster_project.ingestion.mapping import load_mappings
from dagster_project.report import describe_publication
from dagster_project.settings import Settings
from dagster_project.transform.scorecards import check_scorecards


def run_nightly(settings: Settings, *, is_verbose: bool, is_full_build: bool = False) -> int:
    """Run the nightly job in this process and say what came of it.

    Args:
        settings: where and as of when.
        is_verbose: whether Dagster's and dbt's own logs are shown.
        is_full_build: whether everything is built anew, touched or not.

    Returns:
        0 if the marts were published, else 1.

    Raises:
        PipelineError: if a setting or mapping is wrong; nothing was run then.
    """
    as_of_date = settings.require_as_of_date()
    print(f"Sales KPI marts as of {as_of_date}, {settings.environment} extracts")
    check_scorecards(settings.company, settings.config_dir / "company.yml")
    mappings = load_mappings(settings.sources_dir)
    print(f"Mappings are sound: {', '.join(mapping.name for mapping in mappings)}", flush=True)

    # The definitions parse the dbt project, which is not worth it under a wrong mapping.
    from dagster_project.definitions import defs

    job = defs.resolve_job_def("nightly")
    with _instance() as instance, _quiet(is_active=not is_verbose):
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={
                "ops": {"contract_tables": {"config": {"full_build": is_full_build}}},
                "loggers": {
                    "console": {"config": {"log_level": "INFO" if is_verbose else "CRITICAL"}}
                },
            },
        )
    if not result.success:
        _print_failures(result)
        return 1
    print(describe_publication(settings))
    return 0


@contextlib.contextmanager
def _instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's own record of runs where DAGSTER_HOME is set, else none that is kept."""
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as instance:
            yield instance
    else:
        with dg.DagsterInstance.ephemeral() as instance:
            yield instance


@contextlib.contextmanager
def _quiet(*, is_active: bool) -> Iterator[None]:
    """Keep dbt's log from the console; of what failed the run tells by itself."""
    if not is_active:
        yield
        return
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _print_failures(result: dg.ExecuteInProcessResult) -> None:
    print("\nStopped, and nothing was published; what was published before is as it was.")
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        print(f"{event.step_key}: {_message(event)}", file=sys.stderr)


def _message(event: dg.DagsterEvent) -> str:
    """What stopped a step, for a person; with a stack trace only where nobody foresaw it."""
    failure = event.step_failure_data
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return failure.user_failure_data.description
    # Dagster gives the error's class by name only, and its own trace says nothing more.
    if failure.error is not None and failure.error.cls_name == "DagsterAssetCheckFailedError":
        return (
            "a critical check failed, so nothing is built on these inputs. "
            "What was found and what to do is said above, after CRITICAL."
        )
    return str(failure.error)
