"""Two nightly runs of a made-up company with faulty records, kept as each left them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dagster_project.publication.receipt import Receipt, read_receipt
from dagster_project.quality.results import CheckResult, read_results
from dagster_project.simulation.company import simulate
from dagster_project.simulation.nights import play_night
from tests.command_line import CommandLine

LINES, SEED, DIRT = 6_000, 7, 0.01

#: What systems exported since the first run, which the second finds all at once.
NIGHTS_BETWEEN = 2


@dataclass(frozen=True)
class Night:
    """What one run said, found and published, kept before the next run replaced it."""

    folder: Path

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text(encoding="utf-8")

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def database(self) -> Path:
        return self.folder / "kpi.duckdb"

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        return read_results(self.warehouse)

    @property
    def receipt(self) -> Receipt:
        return read_receipt(self.folder / "receipt.json")

    @classmethod
    def keep(cls, folder: Path, output: str, command: CommandLine, warehouse_dir: Path) -> Night:
        """Copy what a run said and left."""
        folder.mkdir()
        (folder / "output.txt").write_text(output, encoding="utf-8")
        published = command.database.parent
        for path in (
            warehouse_dir / "warehouse.duckdb",
            command.database,
            published / "receipt.json",
        ):
            shutil.copy(path, folder)
        return cls(folder)


@dataclass(frozen=True)
class TwoNights:
    """The company after its second run, and both runs."""

    command: CommandLine
    first: Night
    second: Night

    @property
    def both(self) -> tuple[Night, Night]:
        return self.first, self.second

    @classmethod
    def of(cls, folder: Path) -> TwoNights:
        """What :func:`play` left below a folder."""
        data_dir = folder / "company"
        return cls(
            CommandLine(data_dir, data_dir / "config", "simulated"),
            Night(folder / "night_1"),
            Night(folder / "night_2"),
        )

    @classmethod
    def play(
        cls, folder: Path, warehouse: str, run: Callable[[CommandLine, int], str]
    ) -> TwoNights:
        """Run the nightly job on the company, let nights pass, and run it again.

        Args:
            folder: is made.
            warehouse: where the run's warehouse file is in the company's folder.
            run: makes the run of that number and returns what it said.
        """
        nights = cls.of(folder)
        command = nights.command
        simulate(command.data_dir, LINES, SEED, DIRT)
        for number, night in enumerate(nights.both, start=1):
            said = run(command, number)
            Night.keep(night.folder, said, command, command.data_dir / warehouse)
            if number == 1:
                for _ in range(NIGHTS_BETWEEN):
                    play_night(command.data_dir)
        return nights
