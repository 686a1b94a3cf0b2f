"""The pipeline scored on faults that are known: it finds each, and nothing else."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dagster_project.ingestion.rows import ROW_RULES
from dagster_project.simulation.company import simulate
from dagster_project.simulation.faults import FAULTS, TRUTH_NAME
from tests.command_line import CommandLine

DIRT = 0.005


@dataclass(frozen=True)
class Scored:
    """A dirty company, and what its run said and found."""

    folder: Path
    first: subprocess.CompletedProcess[str]
    findings: set[tuple[str, int, str, str]]

    def injected(self) -> list[tuple[str, str, int, str | None]]:
        """Fault, file, row and the rule that covers it."""
        return duckdb.execute(
            f"SELECT fault, file, row, rule FROM '{self.folder / 'truth' / TRUTH_NAME}'"
        ).fetchall()


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    folder = tmp_path_factory.mktemp("dirty")
    simulate(folder, 40_000, dirt=DIRT)
    command = CommandLine(folder, folder / "config", environment="simulated")
    first = command.call("run")
    with duckdb.connect(str(command.database), read_only=True) as marts:
        findings = set(
            marts.execute("SELECT file, row_number, rule, action FROM marts.dq_findings").fetchall()
        )
    return Scored(folder, first, findings)


def test_a_dirty_company_is_published_all_the_same(scored: Scored) -> None:
    assert scored.first.returncode == 0, scored.first.stdout + scored.first.stderr
    assert "as of 2025-12-31" in scored.first.stdout


def test_every_fault_that_a_rule_covers_is_found_where_it_is(scored: Scored) -> None:
    found = {(file, row, rule) for file, row, rule, _ in scored.findings}
    covered = [fault for fault in scored.injected() if fault[3] is not None]
    missed = [fault for fault in covered if fault[1:] not in found]
    assert len(covered) > 100
    assert missed == []


def test_nothing_else_is_set_aside(scored: Scored) -> None:
    set_aside = {
        (f, row, rule) for f, row, rule, action in scored.findings if action == "set aside"
    }
    injected = {(file, row, rule) for _, file, row, rule in scored.injected() if rule in ROW_RULES}
    assert set_aside == injected


def test_no_document_is_blamed_for_a_currency_that_has_a_rate(scored: Scored) -> None:
    """Rules whose cause is in the record alone find what was injected and no more."""
    for rule in ("missing_exchange_rate", "unknown_rep", "unknown_product"):
        found = {(file, row) for file, row, name, _ in scored.findings if name == rule}
        assert found == {(file, row) for _, file, row, name in scored.injected() if name == rule}


def test_every_kind_of_fault_is_injected_at_about_its_rate(scored: Scored) -> None:
    kinds = {(fault.name, fault.table) for fault in FAULTS}
    injected = duckdb.execute(
        "SELECT DISTINCT fault, table_name FROM "
        f"'{scored.folder / 'truth' / TRUTH_NAME}' WHERE fault <> 'missing day'"
    ).fetchall()
    # A company of this size has few accounts, so a kind of theirs may be missing.
    assert {kind for kind in kinds if kind[1] != "crm.accounts"} <= set(injected) <= kinds
    lines = scored.folder / "extracts" / "accounting" / "invoice-lines-0000.parquet"
    [(share,)] = duckdb.execute(
        f"SELECT count(*) / (SELECT count(*) FROM '{lines}') "
        f"FROM '{scored.folder / 'truth' / TRUTH_NAME}' "
        "WHERE table_name = 'accounting.invoice_lines'"
    ).fetchall()
    assert share == pytest.approx(DIRT, rel=0.3)
