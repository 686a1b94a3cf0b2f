"""The command line: ``python -m dagster_project run --as-of YYYY-MM-DD``."""

from __future__ import annotations

import argparse
import atexit
import datetime as dt
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project.errors import PipelineError
from dagster_project.settings import AS_OF_VARIABLE, NIGHT_VARIABLE, SIMULATED_DIR, Settings

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 when all went well, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m dagster_project", description=__doc__, allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="land, check, build and publish")
    day = run.add_mutually_exclusive_group()
    day.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day the run is as of")
    day.add_argument(
        "--as-of-night",
        metavar="YYYY-MM-DD",
        help="build a past night's marts again, beside today's, of what had landed by then",
    )
    run.add_argument(
        "--full-build",
        action="store_true",
        help="build everything anew, not only what was touched",
    )
    run.add_argument("--verbose", action="store_true", help="show Dagster's and dbt's own logs")
    again = commands.add_parser("backfill", help="land a source again from the kept originals")
    again.add_argument("source", help="the name of its mapping")
    again.add_argument("month", nargs="?", metavar="YYYY-MM", help="only what has rows of a month")
    commands.add_parser("check-config", help="check the settings and every source mapping")
    looked_at = commands.add_parser("profile", help="look at an extract and map it, to begin with")
    looked_at.add_argument("file", type=Path, help="an extract that no mapping reads yet")
    commands.add_parser("findings", help="list what was found by cost, for each source's owner")
    commands.add_parser("docs", help="write dbt's pages about the last build")
    _add_simulation(commands)
    options = parser.parse_args(arguments)

    is_verbose = getattr(options, "verbose", False)
    _log_to_console(is_verbose=is_verbose)
    try:
        return _COMMANDS[options.command](options)
    except PipelineError as error:
        print(f"\nStopped. {error}", file=sys.stderr)
        return 1


def _add_simulation(commands: _Commands) -> None:
    company = commands.add_parser("simulate", help="write a made-up company's extracts")
    company.add_argument("--lines", type=int, required=True, help="invoice lines in five years")
    company.add_argument("--seed", type=int, default=1, help="which company of that size")
    company.add_argument("--dirt", type=float, default=0.0, help="share of faulty records")
    company.add_argument("--nights", type=int, default=0, help="nights to play after them")
    night = commands.add_parser("simulate-night", help="write what one more night brings")
    night.add_argument("--new-share", type=float, help="new documents as a share of the history's")
    night.add_argument(
        "--corrections-in-months", type=int, help="correct documents of so many old months"
    )
    for command in (company, night):
        command.add_argument("--to", type=Path, default=SIMULATED_DIR, help="its folder")


def _log_to_console(*, is_verbose: bool) -> None:
    """Show the project's own log; Dagster's and dbt's only where they are asked for."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger() if is_verbose else logging.getLogger("dagster_project")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def _check_config(_: argparse.Namespace) -> int:
    from dagster_project.ingestion.mapping import load_mappings
    from dagster_project.transform.scorecards import check_scorecards

    settings = Settings.from_environment()
    company = settings.company
    check_scorecards(company, settings.config_dir / "company.yml")
    mappings = load_mappings(settings.sources_dir)
    print(f"{settings.config_dir / 'company.yml'}: well formed, in {company.reporting_currency}")
    for mapping in mappings:
        print(f"{mapping.path}: {len(mapping.source.tables)} tables mapped")
    return 0


def _findings(_: argparse.Namespace) -> int:
    from dagster_project.quality.owners import costs, describe, write_owners_files

    settings = Settings.from_environment()
    files = write_owners_files(settings, settings.published_dir.parent / "findings")
    print(describe(costs(settings), files))
    return 0


def _profile(options: argparse.Namespace) -> int:
    from tempfile import TemporaryDirectory

    from dagster_project.ingestion.profile import profile

    file: Path = options.file
    with TemporaryDirectory() as scratch:
        mapping = profile(file, Path(scratch))
    drafts = Settings.from_environment().config_dir / "drafts"
    drafts.mkdir(parents=True, exist_ok=True)
    draft = drafts / f"{file.name.split('.')[0]}.yml"
    draft.write_text(mapping, encoding="utf-8")
    print(f"{mapping}\nA first mapping: {draft}. Finish it and move it to config/sources.")
    return 0


def _backfill(options: argparse.Namespace) -> int:
    from dagster_project.errors import ConfigurationError
    from dagster_project.ingestion.backfill import backfill
    from dagster_project.ingestion.ledger import Ledger
    from dagster_project.ingestion.mapping import load_mapping

    settings = Settings.from_environment()
    source, month = options.source, options.month
    path = settings.sources_dir / f"{source}.yml"
    if not path.exists():
        known = ", ".join(sorted(other.stem for other in settings.sources_dir.glob("*.yml")))
        raise ConfigurationError(f"{path}: there is no such source. There are: {known}.")
    try:
        first_day = dt.datetime.strptime(month, "%Y-%m").date() if month else None  # noqa: DTZ007
    except ValueError:
        raise ConfigurationError(f"{month!r} is not a month. Write it as YYYY-MM.") from None
    landing = backfill(
        load_mapping(path),
        lake_dir=settings.lake_dir,
        ledger=Ledger(settings.ledger_path),
        max_set_aside_share=settings.company.landing.max_set_aside_share,
        month=first_day,
        memory_limit=settings.memory_limit,
    )
    rows = sum(load.rows_landed for load in landing.new)
    print(f"{len(landing.new)} loads of {source} made again: {rows:,} rows. A run publishes them.")
    return 0


def _docs(_: argparse.Namespace) -> int:
    from dagster_project.transform.project import write_docs

    print(f"dbt's pages: {write_docs(Settings.from_environment())}")
    return 0


def _simulate(options: argparse.Namespace) -> int:
    from dagster_project.simulation.company import simulate

    simulation = simulate(options.to, options.lines, options.seed, options.dirt, options.nights)
    print(f"A company as of {simulation.as_of_date} in {options.to}")
    return 0


def _simulate_night(options: argparse.Namespace) -> int:
    from dagster_project.simulation.nights import play_night

    simulation = play_night(
        options.to,
        new_share=options.new_share,
        corrections_in_months=options.corrections_in_months,
    )
    print(f"Night {len(simulation.nights)}, as of {simulation.as_of_date}, in {options.to}")
    return 0


def _run(options: argparse.Namespace) -> int:
    # The definitions read the environment too.
    if options.as_of is not None:
        os.environ[AS_OF_VARIABLE] = options.as_of
    if options.as_of_night is not None:
        os.environ[NIGHT_VARIABLE] = options.as_of_night
    from dagster_project.nightly import run_nightly

    return run_nightly(
        Settings.from_environment(),
        is_verbose=options.verbose,
        is_full_build=options.full_build,
    )


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "backfill": _backfill,
    "check-config": _check_config,
    "profile": _profile,
    "findings": _findings,
    "docs": _docs,
    "simulate": _simulate,
    "simulate-night": _simulate_night,
}


def _leave(code: int) -> None:
    """Run what was registered for the exit, then end the process at once.

    DuckDB's bindings, imported beside Great Expectations, report every object that the
    interpreter still holds while it is taken apart: pages of leaks that are none.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    try:
        code = main()
    except SystemExit as exit_:  # argparse has told what is wrong
        code = exit_.code if isinstance(exit_.code, int) else 1
    _leave(code)
