"""Which extracts there are: each contract table's system, load mode and file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from string import Template

from dagster_project.ingestion.contract import CONTRACT, Table
from dagster_project.ingestion.mapping import LoadMode
from dagster_project.simulation.laws import HISTORY_START, SQL_DIR

#: Tables that a system exports in pieces; every other one is exported whole.
_MODES = {
    "accounting.invoices": LoadMode.UPSERT,
    "accounting.invoice_lines": LoadMode.UPSERT,
    "accounting.payments": LoadMode.REPLACE_PERIOD,
    "crm.activities": LoadMode.REPLACE_PERIOD,
    "crm.payment_promises": LoadMode.REPLACE_PERIOD,
}

#: Other extracts are made from these, so they are written first and in this order.
_FIRST = (
    "crm.reps",
    "accounting.invoices",
    "accounting.payments",
)


@dataclass(frozen=True)
class Extract:
    """One contract table as its system exports it."""

    table: Table
    mode: LoadMode

    @property
    def is_of_documents(self) -> bool:
        """Whether its rows are made from document numbers, and not read off other tables."""
        return self.mode is LoadMode.UPSERT

    def select(self, *, numbers: str = "", from_day: dt.date = HISTORY_START) -> str:
        """The SQL of its rows, over the company's laws.

        Args:
            numbers: the relation of document numbers, for what is made from documents.
            from_day: the first day, for what is exported by the period.
        """
        path = SQL_DIR / self.table.schema / f"{self.table.entity}.sql"
        template = Template(path.read_text(encoding="utf-8"))
        own = template.substitute(numbers=numbers, from_day=from_day.isoformat())
        columns = ", ".join(column.name for column in self.table.columns)
        return f"SELECT {columns} FROM ({own})"

    @property
    def pattern(self) -> str:
        """The names of its files, as the mapping has it."""
        name = self.table.entity.replace("_", "-")
        return f"{name}.parquet" if self.mode is LoadMode.FULL else f"{name}-*.parquet"

    def path(self, extracts_dir: Path, number: int = 0) -> Path:
        """Its file of a night; 0 is the history."""
        name = self.pattern.replace("*", f"{number:04d}")
        return extracts_dir / self.table.schema / name


#: Every extract, in the order of writing.
EXTRACTS: tuple[Extract, ...] = tuple(
    Extract(CONTRACT[name], _MODES.get(name, LoadMode.FULL))
    for name in sorted(CONTRACT, key=lambda name: (name not in _FIRST, list(CONTRACT).index(name)))
)


def extract_of(name: str) -> Extract:
    """The extract of a contract table."""
    return next(extract for extract in EXTRACTS if extract.table.name == name)
