"""Nights of the command line publish what one full build does, and can be had again."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest

from dagster_project.simulation.nights import play_night
from dagster_project.simulation.state import Simulation
from tests.command_line import CommandLine
from tests.two_nights import NIGHTS_BETWEEN, Night, TwoNights


@pytest.fixture
def company(two_nights: TwoNights, tmp_path: Path) -> CommandLine:
    """The company after its second night, in a folder of the test's own."""
    folder = tmp_path / "company"
    shutil.copytree(two_nights.command.data_dir, folder)
    return CommandLine(folder, folder / "config", "simulated")


def run_dir(command: CommandLine, night: Night) -> Path:
    """The folder of a night's published run."""
    return command.data_dir / "published" / "runs" / night.receipt.run_id


def written(folder: Path) -> dict[Path, int]:
    """When each file below a folder was written, in nanoseconds."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def client_months_built(warehouse: Path) -> tuple[int, int]:
    """How many clients' months a build made, and how many there are."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        [(is_full, built, known)] = connection.execute(
            "SELECT is_full_build, "
            "(SELECT count(*) FROM intermediate.int_client_months_touched), "
            "(SELECT count(DISTINCT (client_id, month_start)) FROM core.fct_revenue_lines) "
            "FROM run.context"
        ).fetchall()
    return (known if is_full else built), known


def differences(folder: Path, other: Path) -> list[str]:
    """The tables that two runs' folders do not share row for row."""
    assert folder.name == other.name
    tables = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))
    assert len(tables) >= 18
    with duckdb.connect() as connection:
        return [
            table
            for table in tables
            for by_night, at_once in [(folder / table, other / table)]
            if connection.execute(
                f"(FROM '{by_night}' EXCEPT ALL FROM '{at_once}') UNION ALL "
                f"(FROM '{at_once}' EXCEPT ALL FROM '{by_night}') LIMIT 1"
            ).fetchall()
        ]


def test_a_run_takes_up_all_nights_since_the_one_before(two_nights: TwoNights) -> None:
    as_of_date = Simulation.read(two_nights.command.data_dir).as_of_date
    assert two_nights.second.receipt.as_of_date == as_of_date
    assert as_of_date - two_nights.first.receipt.as_of_date == dt.timedelta(days=NIGHTS_BETWEEN)
    assert "only what was touched since the last run" in two_nights.second.output
    assert two_nights.second.output.count("accounting.invoices: ") >= NIGHTS_BETWEEN
    made, known = client_months_built(two_nights.second.warehouse)
    assert 2 < made < known / 10


def test_a_night_publishes_what_a_full_build_does(
    two_nights: TwoNights, company: CommandLine
) -> None:
    night = run_dir(two_nights.command, two_nights.second)
    done = company.call("run", "--full-build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything: a full build was asked for" in done.stdout
    made, known = client_months_built(company.warehouse)
    assert made == known
    at_once = run_dir(company, two_nights.second)
    assert at_once.stat().st_ino != night.stat().st_ino
    assert differences(night, at_once) == []


def test_a_past_night_can_be_had_again(two_nights: TwoNights, company: CommandLine) -> None:
    """A night that built what it touched is had again, by a full build, after a later one."""
    then = two_nights.second
    play_night(company.data_dir)
    later = company.call("run")
    assert later.returncode == 0, later.stdout + later.stderr
    assert "only what was touched since the last run" in later.stdout
    published = written(company.data_dir / "published")
    day = then.receipt.as_of_date.isoformat()
    done = company.call("run", "--as-of-night", day)
    assert done.returncode == 0, done.stdout + done.stderr
    again = company.data_dir / "nights" / day / "published" / "runs" / then.receipt.run_id
    assert differences(run_dir(two_nights.command, then), again) == []
    assert written(company.data_dir / "published") == published
