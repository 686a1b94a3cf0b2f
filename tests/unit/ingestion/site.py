"""A small company of its own in a folder: mappings, extracts, and what landed."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb

from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.lake import current_rows_sql, prepare_warehouse
from dagster_project.ingestion.landing import Landing, land_source
from dagster_project.ingestion.ledger import Ledger, Load, current_loads
from dagster_project.ingestion.mapping import SourceMapping, load_mapping, load_mappings

#: What a landing may set aside in tests that are about what is set aside.
ANY_SHARE = 1.0

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Finding:
    """One fault of one row that was set aside."""

    file: str
    row: int
    column: str | None
    value: str | None
    rule: str


class Site:
    """Extracts, mappings and lake of one company, all below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.extracts_dir = folder / "extracts"
        self.sources_dir = folder / "sources"
        self.lake_dir = folder / "lake"
        self.ledger = Ledger(self.lake_dir / "ledger.duckdb")

    def map(self, text: str, source: str = "books") -> Path:
        """Write the mapping of a source and give its path."""
        self.sources_dir.mkdir(parents=True, exist_ok=True)
        path = self.sources_dir / f"{source}.yml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    def map_products(self, settings: str = "", mode: str = "full", source: str = "books") -> Path:
        """Map ``<source>/products*`` (id, name, group) to accounting.products."""
        return self.map(
            f"""
            source: {source}
            folder: {source}
            files:
              products: {{pattern: "products*", columns: [id, name, group]{settings}}}
            tables:
              accounting.products:
                from: products
                mode: {mode}
                columns: {{product_id: id, product_name: name, category: '"group"'}}
            """,
            source,
        )

    def map_invoices(self, settings: str = "", mode: str = "full") -> Path:
        """Map ``books/invoices*`` (id, day, amount) to accounting.invoices."""
        return self.map(
            f"""
            source: books
            folder: books
            files:
              invoices: {{pattern: "invoices*", columns: [id, day, amount]{settings}}}
            tables:
              accounting.invoices:
                from: invoices
                mode: {mode}
                columns:
                  invoice_id: id
                  document_type: "'invoice'"
                  customer_id: "'c1'"
                  issued_on: day
                  currency: "'EUR'"
                  status: "'open'"
                  net_amount: amount
            """
        )

    def deliver(self, name: str, content: str | bytes) -> Path:
        """Put an extract below the extracts folder; ``.gz`` is packed."""
        path = self.extracts_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
        return path

    def deliver_parquet(self, name: str, sql: str) -> Path:
        """Put the rows of a query below the extracts folder as Parquet."""
        path = self.extracts_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
        return path

    def mapping(self, source: str = "books") -> SourceMapping:
        return load_mapping(self.sources_dir / f"{source}.yml")

    def land(self, source: str = "books", max_set_aside_share: float = 0.0) -> Landing:
        return land_source(
            self.mapping(source),
            extracts_dir=self.extracts_dir,
            lake_dir=self.lake_dir,
            ledger=self.ledger,
            max_set_aside_share=max_set_aside_share,
        )

    def loads(self) -> tuple[Load, ...]:
        """The loads in force."""
        return current_loads(self.ledger.history())

    def rows(self, table: str, *columns: str) -> list[Row]:
        """The rows in force of one table, by the columns asked for."""
        return self.query(f"SELECT {', '.join(columns)} FROM ({self.sql(table)}) ORDER BY ALL")

    def totals(self, table: str, by: str, *measures: str) -> list[Row]:
        """Measures over the rows in force of one table, by a column's values."""
        return self.query(
            f"SELECT {by}, {', '.join(measures)} FROM ({self.sql(table)}) GROUP BY {by} ORDER BY 1"
        )

    def sql(self, table: str) -> str:
        """SQL for the rows in force of one table."""
        loads = [load for load in self.loads() if load.table == table]
        return current_rows_sql(CONTRACT[table], loads, self.lake_dir)

    def query(self, sql: str) -> list[Row]:
        with duckdb.connect() as connection:
            return connection.execute(sql).fetchall()

    def findings(self) -> list[Finding]:
        """What the loads in force set aside."""
        found: list[Finding] = []
        for load in self.loads():
            if load.rows_set_aside:
                path = load.findings_path(self.lake_dir)
                rows = self.query(
                    f"SELECT file, row_number, column_name, \"value\", rule FROM '{path}'"
                )
                found += [Finding(*row) for row in rows]
        return found

    def warehouse(self) -> Path:
        """A warehouse over the loads in force."""
        path = self.folder / "warehouse" / "warehouse.duckdb"
        mappings = {mapping.name: mapping for mapping in load_mappings(self.sources_dir)}
        prepare_warehouse(path, self.lake_dir, self.loads(), mappings)
        return path

    def state(self) -> tuple[tuple[Load, ...], dict[str, bytes]]:
        """The ledger and every landed file, to tell whether anything changed."""
        folders = (self.lake_dir / "loads", self.lake_dir / "findings")
        files = {
            str(path): path.read_bytes()
            for folder in folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        return self.ledger.history(), files
