"""Has the inputs judged by Great Expectations and the verdict written as pages."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project.company import Company
from dagster_project.engines.engine import Batches, Inputs, UnreadableTableError
from dagster_project.engines.quiet import pyspark_importable
from dagster_project.errors import PipelineError
from dagster_project.quality.checks import MEASURE_QUERY, MEASURE_TYPE, Check, Severity
from dagster_project.quality.results import CheckResult
from dagster_project.quality.site import replaced_site
from dagster_project.quality.suites import input_checks

if TYPE_CHECKING:
    from great_expectations import RunIdentifier
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context.data_context.abstract_data_context import (
        AbstractDataContext,
    )

_SITE = "inputs"
_EXAMPLES = 3


def check_inputs(
    inputs: Inputs,
    *,
    mapped_tables: Collection[str],
    company: Company,
    as_of_date: dt.date,
    previous_row_counts: Mapping[str, int],
    data_docs_dir: Path,
) -> tuple[CheckResult, ...]:
    """Judge the landed inputs, and replace the Data Docs with what was found.

    The inputs are opened for reading only and closed on return. A check that
    cannot be judged has failed, critically, with the reason as its observation.

    Args:
        inputs: the contract's tables on the engine of the run.
        mapped_tables: contract tables that some source fills; only these are judged.
        company: its settings, for the limits.
        as_of_date: the day the inputs are judged on.
        previous_row_counts: rows of each table after the load before.
        data_docs_dir: folder of the pages; replaced whole.

    Returns:
        One result a check, in the order of the contract.

    Raises:
        PipelineError: if the inputs cannot be opened, or a page could not be written.
    """
    checks = input_checks(
        mapped_tables=mapped_tables,
        company=company,
        as_of_date=as_of_date,
        previous_row_counts=previous_row_counts,
    )
    with replaced_site(data_docs_dir) as site_dir:
        context = _context(site_dir)
        with inputs.batches(context) as batches:
            results = _judge(context, batches, checks, as_of_date)
        _write_pages(context, site_dir)
    return results


def _context(site_dir: Path) -> AbstractDataContext:
    """A context that lives in memory, draws no progress bars and tells nobody."""
    # Great Expectations takes seconds to import, which no other command should wait for.
    with pyspark_importable():
        import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(site_dir),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        # The pages of results link to those of expectations; of profiles there are none.
        "site_section_builders": {"profiling": "None"},
    }
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            data_docs_sites={_SITE: site},
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )


def _judge(
    context: AbstractDataContext,
    batches: Batches,
    checks: Iterable[Check],
    as_of_date: dt.date,
) -> tuple[CheckResult, ...]:
    """Run the checks, table by table."""
    from great_expectations import RunIdentifier

    # The run is named for the day it judges: the same inputs give the same pages.
    run_id = RunIdentifier(
        run_name=as_of_date.isoformat(),
        run_time=dt.datetime.combine(as_of_date, dt.time(), dt.UTC),
    )
    return tuple(
        result
        for table, of_table in groupby(checks, key=lambda check: check.table)
        for result in _judge_table(context, batches, table, tuple(of_table), run_id)
    )


def _judge_table(
    context: AbstractDataContext,
    batches: Batches,
    table: str,
    checks: tuple[Check, ...],
    run_id: RunIdentifier,
) -> Iterator[CheckResult]:
    import great_expectations as gx

    # Registers the project's own expectation.
    from dagster_project.quality import expectations  # noqa: F401

    try:
        batch_definition = batches.batch_definition(table)
    except UnreadableTableError as error:
        for check in checks:
            yield _unjudged(check, str(error))
        return
    suite = gx.ExpectationSuite(
        name=table,
        expectations=[
            {
                "type": check.expectation.type,
                "kwargs": _arguments(check, batches),
                "meta": {"check": check.name},
                "severity": check.severity.value,
                "description": (
                    f"{check.name} ({check.severity}): {check.expected}. {check.remedy}"
                ),
            }
            for check in checks
        ],
    )
    definition = gx.ValidationDefinition(
        name=table,
        data=batch_definition,
        suite=context.suites.add(suite),
    )
    validation = context.validation_definitions.add(definition).run(
        batch_parameters=batches.batch_parameters(table), result_format="SUMMARY", run_id=run_id
    )
    found = {
        result.expectation_config.meta["check"]: result
        for result in validation.results
        if result.expectation_config is not None
    }
    for check in checks:
        # A suite leaves out, with no more than a log line, what it cannot construct.
        if check.name in found:
            yield _result(check, found[check.name])
        else:
            yield _unjudged(check, "Great Expectations could not construct the expectation")


def _arguments(check: Check, batches: Batches) -> dict[str, Any]:
    arguments = dict(check.expectation.kwargs)
    if check.expectation.type == MEASURE_TYPE:
        arguments[MEASURE_QUERY] = batches.query(arguments[MEASURE_QUERY])
    return arguments


def _result(check: Check, validation: ExpectationValidationResult) -> CheckResult:
    problem = _exception_message(validation.exception_info)
    if problem is not None:
        return _unjudged(check, problem)
    outcome = validation.result
    unexpected_count = outcome.get("details", outcome).get("unexpected_count")
    if "observed_value" in outcome:
        observed = str(outcome["observed_value"])
    else:
        observed = f"{unexpected_count or 0} of {outcome['element_count']} rows"
        examples = sorted({_example(value) for value in outcome["partial_unexpected_list"]})
        if examples:
            observed += ", such as " + "; ".join(examples[:_EXAMPLES])
    return CheckResult(
        table=check.table,
        name=check.name,
        severity=check.severity.value,
        has_passed=bool(validation.success),
        observed=observed,
        expected=check.expected,
        unexpected_count=unexpected_count,
        remedy=check.remedy,
    )


def _example(value: object) -> str:
    # An expectation about two columns gives pairs.
    return " and ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _unjudged(check: Check, problem: str) -> CheckResult:
    """What could not be judged has failed, and stops the run whatever it was about."""
    lines = problem.strip().splitlines()
    return CheckResult(
        table=check.table,
        name=check.name,
        severity=Severity.CRITICAL.value,
        has_passed=False,
        observed=lines[0] if lines else "an error without a message",
        expected=check.expected,
        unexpected_count=None,
        remedy="The check itself broke: see that the table and its columns can be read.",
    )


def _exception_message(info: Mapping[str, Any] | None) -> str | None:
    """The message, if the expectation raised.

    Great Expectations gives either one exception, or one for each metric by its id.
    """
    if not info:
        return None
    raised = [info] if "raised_exception" in info else list(info.values())
    messages = sorted(str(item["exception_message"]) for item in raised if item["raised_exception"])
    return messages[0] if messages else None


def _write_pages(context: AbstractDataContext, site_dir: Path) -> None:
    """Render two pages a table, of results and of expectations, and the index.

    Raises:
        PipelineError: if a page is missing; Great Expectations itself only logs that.
    """
    context.build_data_docs(site_names=[_SITE])
    expected = len(context.validation_results_store.list_keys())
    written = min(
        len(list((site_dir / section).rglob("*.html")))
        for section in ("validations", "expectations")
    )
    if written != expected or not (site_dir / "index.html").read_text(encoding="utf-8"):
        raise PipelineError(
            f"Great Expectations wrote the pages of {written} of {expected} tables. "
            "See the log for what it could not render."
        )
