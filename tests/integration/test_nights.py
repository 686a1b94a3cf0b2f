"""Three nights of the command line publish what one full build does, and can be had again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import PROJECT_ROOT
from tests.faults.company import SUB_TOTAL, Company

ORDER_DATE = 2
Records = list[list[str]]


def correct_amounts(records: Records) -> None:
    """Every 500th order of three years cost a tenth more."""
    for record in records[250::500]:
        record[SUB_TOTAL] = f"{float(record[SUB_TOTAL]) * 1.1:.4f}"


def move_and_withdraw(records: Records) -> None:
    """One order is of a month two years later than it was thought, another is gone."""
    dates = sorted({record[ORDER_DATE] for record in records[1:]})
    records[40][ORDER_DATE] = dates[len(dates) * 2 // 3]
    del records[4000]


def client_months_built(company: Company) -> tuple[int, int]:
    """How many clients' months the newest build made, and how many there are."""
    path = company.data_dir / "warehouse" / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        [(is_full, built, known)] = connection.execute(
            "SELECT is_full_build, "
            "(SELECT count(*) FROM intermediate.int_client_months_touched), "
            "(SELECT count(DISTINCT (client_id, month_start)) FROM core.fct_revenue_lines) "
            "FROM run.context"
        ).fetchall()
    return (known if is_full else built), known


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """The sample as a company's own extracts."""
    company = Company(tmp_path / "nights")
    shutil.copytree(PROJECT_ROOT / "data" / "sample", company.data_dir / "extracts")
    shutil.copytree(PROJECT_ROOT / "config", company.config_dir)
    return company


def test_three_nights_publish_what_a_full_build_does(company: Company, tmp_path: Path) -> None:
    nights: list[tuple[str, Callable[[Records], None] | None, str]] = [
        ("2014-05-20", None, "everything: no complete build is kept here"),
        ("2014-05-21", correct_amounts, "only what was touched since the last run"),
        ("2014-06-02", move_and_withdraw, "only what was touched since the last run"),
    ]
    for as_of, change, said in nights:
        if change is not None:
            company.edit_orders(change)
        done = company.command.call("run", "--as-of", as_of)
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout
    made, known = client_months_built(company)
    # Who bought between the two days, and those whose order was moved or is gone.
    assert 2 < made < known / 10

    published = company.published()
    done = company.command.call("run", "--as-of-night", "2014-05-21")
    assert done.returncode == 0, done.stdout + done.stderr
    assert company.published() == published
    again = company.data_dir / "nights" / "2014-05-21" / "published" / "runs"
    [then] = [path for path in company.command.run_dirs if path.name.startswith("20140521-")]
    assert differences(then, again / then.name) == []

    at_once = Company(tmp_path / "at once")
    shutil.copytree(company.folder, at_once.folder)
    done = at_once.command.call("run", "--as-of", "2014-06-02", "--full-build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything: a full build was asked for" in done.stdout
    assert client_months_built(at_once) == (known, known)
    assert differences(newest_run(company), newest_run(at_once)) == []


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


def newest_run(company: Company) -> Path:
    """The folder of the run as of the last night."""
    [folder] = [path for path in company.command.run_dirs if path.name.startswith("20140602-")]
    return folder
