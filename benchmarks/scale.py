"""A made-up company of each size, run whole and night by night, against the floor.

``python -m benchmarks.scale 5000 1000000`` simulates a company of so many invoice
lines, runs the nightly job on it, and measures beside it, in one go on one machine:

- the same compiled SQL (models and data tests) in one bare DuckDB process;
- one scan of the extracts that writes them once as Parquet, the least any run must do;
- a night with 1% new documents, and one with corrections in 3 old months;
- for a small company, ``dbt build`` alone on the same project.

The figures are kept as JSON in ``data/benchmarks``; ``benchmarks.report`` prints them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.processes import Cost, measured
from benchmarks.report import print_report
from dagster_project.simulation.company import simulate
from dagster_project.simulation.nights import play_night

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RESULTS_DIR = PROJECT_ROOT / "data" / "benchmarks"

SEED = 1
NEW_SHARE = 0.01
CORRECTED_MONTHS = 3
#: Up to this size a run is held against dbt alone: the rows take next to no time.
SMALL_COMPANY_LINES = 100_000


@dataclass(frozen=True)
class Company:
    """A simulated company in a folder of its own."""

    folder: Path
    lines: int

    @property
    def environment(self) -> dict[str, str]:
        home = self.folder / "dagster"
        return {
            "DAGSTER_HOME": str(home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "KPI_ENVIRONMENT": "simulated",
            "KPI_CONFIG_DIR": str(self.folder / "config"),
            "KPI_DATA_DIR": str(self.folder),
        }

    @property
    def extracts_dir(self) -> Path:
        return self.folder / "extracts"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse" / "warehouse.duckdb"

    @property
    def target(self) -> Path:
        """What dbt left of its last build."""
        return self.folder / "warehouse" / "dbt"

    def measure(self, *command: str) -> Cost:
        return measured(command, folder=PROJECT_ROOT, environment=self.environment)


def main() -> None:
    """Measure the sizes that are asked for, one after another, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lines", type=int, nargs="+", help="invoice lines of each company")
    parser.add_argument("--keep", action="store_true", help="leave the companies' folders")
    options = parser.parse_args()
    RESULTS_DIR.mkdir(parents=True, exist_ok=True)
    for lines in options.lines:
        folder = RESULTS_DIR / f"company-{lines}"
        shutil.rmtree(folder, ignore_errors=True)
        measure_company(Company(folder, lines), RESULTS_DIR / f"scale-{lines}.json")
        if not options.keep:
            shutil.rmtree(folder)
    print_report(RESULTS_DIR, options.lines)


def measure_company(company: Company, answer: Path) -> None:
    """Simulate a company and measure all there is to measure of it.

    Args:
        company: its folder is empty.
        answer: where the figures go as they come, since a large company takes an hour:
            seconds, processor seconds and GiB of each run by name, seconds by step.
    """
    figures: dict[str, Any] = {"lines": company.lines}

    def keep(name: str, figure: Any) -> None:
        figures[name] = figure
        answer.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

    def say(what: str) -> None:
        print(
            f"{dt.datetime.now().astimezone():%H:%M:%S} {company.lines:,} lines: {what}", flush=True
        )

    say("simulating")
    simulate(company.folder, company.lines, SEED, 0.0)
    _prepare(company)
    say("the whole run")
    keep("full", company.measure("-m", "dagster_project", "run").as_dict())
    keep("steps", _steps(company))
    say("one scan of the extracts")
    floor = company.folder / "floor"
    scan = company.measure("-m", "benchmarks.floor", str(company.extracts_dir), str(floor))
    keep("floor", scan.as_dict())
    aside = _set_aside(company)
    if company.lines <= SMALL_COMPANY_LINES:
        say("dbt alone")
        keep("dbt", company.measure("-m", "benchmarks.dbt_alone").as_dict())
    say(f"a night with {NEW_SHARE:.0%} new documents")
    play_night(company.folder, new_share=NEW_SHARE)
    keep("night_new", company.measure("-m", "dagster_project", "run").as_dict())
    keep("night_new_steps", _steps(company))
    say(f"a night with corrections in {CORRECTED_MONTHS} old months")
    play_night(company.folder, corrections_in_months=CORRECTED_MONTHS)
    keep("night_corrections", company.measure("-m", "dagster_project", "run").as_dict())
    keep("night_corrections_steps", _steps(company))
    say("the same SQL in bare DuckDB")
    keep("replay", _replay(company, aside))
    say("measured")


def _prepare(company: Company) -> None:
    """Parse the dbt project, as every night but the first finds it."""
    home = Path(company.environment["DAGSTER_HOME"])
    home.mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "dagster.yaml", home)
    company.measure(
        "-c",
        "from dagster_project.settings import Settings; "
        "from dagster_project.transform.project import ensure_manifest; "
        "ensure_manifest(Settings.from_environment())",
    )


def _set_aside(company: Company) -> Path:
    """A folder with what the whole run built and dbt left of it, which nights will change."""
    aside = company.folder / "replay"
    aside.mkdir()
    shutil.copyfile(company.warehouse, aside / company.warehouse.name)
    shutil.copytree(company.target, aside / "dbt")
    return aside


def _replay(company: Company, aside: Path) -> dict[str, Any]:
    """The models and tests of the build that was set aside, again."""
    answer = aside / "seconds.json"
    cost = company.measure(
        *("-m", "benchmarks.replay"),
        *(str(aside / company.warehouse.name), str(aside / "dbt"), str(answer)),
    )
    seconds: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    shutil.rmtree(aside)
    return {**cost.as_dict(), **seconds}


def _steps(company: Company) -> dict[str, float]:
    """Seconds of each step of the newest run, and of each of dbt's models and tests."""
    with dg.DagsterInstance.from_config(company.environment["DAGSTER_HOME"]) as instance:
        newest = instance.get_runs(limit=1)[0]
        steps = {
            step.step_key: (step.end_time or 0) - (step.start_time or 0)
            for step in instance.get_run_step_stats(newest.run_id)
        }
    results = json.loads((company.target / "run_results.json").read_text(encoding="utf-8"))
    for result in results["results"]:
        steps[result["unique_id"]] = result["execution_time"]
    steps["dbt"] = results["elapsed_time"]
    return steps


if __name__ == "__main__":
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    main()
