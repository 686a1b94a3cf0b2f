"""A company in production: config, extracts and yesterday's published marts, to be spoiled."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.command_line import PROJECT_ROOT, CommandLine

AS_OF = ("--as-of", "2014-06-30")

ORDERS = "adventureworks/accounting/SalesOrderHeader.csv.gz"
RESELLER_LINES = "adventureworks/accounting/FactResellerSales.parquet"
PRODUCTS = "adventureworks/accounting/Product.csv"
RATES = "adventureworks/accounting/CurrencyRate.csv"

#: Columns of the orders, as the header of their file has them.
ORDER_NUMBER, SUB_TOTAL = 7, 19


@dataclass(frozen=True)
class Company:
    """Its folders, and the command line on them."""

    folder: Path

    @property
    def command(self) -> CommandLine:
        return CommandLine(self.data_dir, self.config_dir, environment="production")

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def config_dir(self) -> Path:
        return self.folder / "config"

    @property
    def published_dir(self) -> Path:
        return self.data_dir / "published"

    @property
    def mapping(self) -> Path:
        return self.config_dir / "sources" / "adventureworks.yml"

    @property
    def settings(self) -> Path:
        return self.config_dir / "company.yml"

    @property
    def run_results(self) -> Path:
        return self.data_dir / "warehouse" / "dbt" / "run_results.json"

    def extract(self, name: str) -> Path:
        return self.data_dir / "extracts" / name

    def start_afresh(self, published_data_dir: Path) -> None:
        """Yesterday's state, as a run of the sample left it, and the sample's extracts.

        dbt's parsed project is kept from the test before: it is of these paths, and
        parsing takes longer than most refusals.
        """
        for part in ("lake", "published", "extracts"):
            shutil.rmtree(self.data_dir / part, ignore_errors=True)
        shutil.rmtree(self.config_dir, ignore_errors=True)
        for part in ("lake", "published"):
            shutil.copytree(published_data_dir / part, self.data_dir / part)
        shutil.copytree(PROJECT_ROOT / "data" / "sample", self.data_dir / "extracts")
        shutil.copytree(PROJECT_ROOT / "config", self.config_dir)
        warehouse, template = self.data_dir / "warehouse", published_data_dir / "warehouse"
        if not warehouse.exists():
            shutil.copytree(template, warehouse)
        for name in ("warehouse.duckdb", "receipt.json", "dbt/run_results.json"):
            shutil.copyfile(template / name, warehouse / name)

    def published(self) -> dict[str, tuple[str, int]]:
        """Every published file but the pages of the checks, by content and mode."""
        return {
            path.relative_to(self.published_dir).as_posix(): (
                hashlib.sha256(path.read_bytes()).hexdigest(),
                path.stat().st_mode,
            )
            for path in sorted(self.published_dir.rglob("*"))
            if path.is_file() and "data_docs" not in path.parts
        }

    def edit(self, path: Path, old: str, new: str) -> None:
        """Replace a text that is there exactly once."""
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def line_of(self, path: Path, text: str) -> int:
        """The line, from 1, that holds a text."""
        lines = path.read_text(encoding="utf-8").splitlines()
        [line] = [number for number, line in enumerate(lines, start=1) if text in line]
        return line

    def edit_orders(self, change: Callable[[list[list[str]]], object]) -> None:
        """Change the orders' records in place; the first is the header."""
        path = self.extract(ORDERS)
        lines = gzip.decompress(path.read_bytes()).decode().removesuffix("\r\n").split("\r\n")
        records = [line.split("\t") for line in lines]
        change(records)
        text = "".join("\t".join(record) + "\r\n" for record in records)
        path.write_bytes(gzip.compress(text.encode(), compresslevel=1))

    def spoil_amounts(self, every: int) -> dict[int, tuple[str, str]]:
        """Write letters for the amount of every so many orders.

        Returns:
            By record number the order's number and the amount it had.
        """
        spoilt: dict[int, tuple[str, str]] = {}

        def change(records: list[list[str]]) -> None:
            for number in range(every // 2, len(records), every):
                record = records[number]
                spoilt[number] = (record[ORDER_NUMBER], record[SUB_TOTAL])
                record[SUB_TOTAL] = "n/a"

        self.edit_orders(change)
        return spoilt

    def refuses(
        self,
        *said: str,
        arguments: tuple[str, ...] = AS_OF,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """The run stops, says all of it without a trace, and what was published is as it was."""
        before = self.published()
        assert {"kpi.duckdb", "receipt.json"} < set(before)
        done = self.command.call("run", *arguments, extra=environment)
        output = done.stdout + done.stderr
        assert done.returncode == 1, output
        missing = [part for part in said if part not in output]
        assert not missing, f"{missing} not said in:\n{output}"
        assert "Stopped" in output
        assert "Traceback" not in output, output
        assert "Stack Trace" not in output, output
        assert "Published run" not in output, output
        assert self.published() == before
        return done
