"""What each source's owner has to mend: the findings by cost, and their rows as exported.

Each owner gets a file for each of their extracts with a fault, in the extract's own
columns, so that a record is found where it was made.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.errors import PipelineError
from dagster_project.ingestion import formats
from dagster_project.ingestion.extracts import ExtractFile
from dagster_project.ingestion.ledger import Ledger, current_loads
from dagster_project.ingestion.mapping import SourceFile, SourceMapping, load_mappings
from dagster_project.ingestion.readable import ReadableFiles
from dagster_project.ingestion.sql import literal
from dagster_project.settings import Settings

_BY_COST = """
SELECT source, table_name, rule, action, count(*), sum(abs(amount))
FROM marts.dq_findings
GROUP BY ALL
ORDER BY coalesce(sum(abs(amount)), 0) DESC, count(*) DESC, source, table_name, rule
"""


@dataclass(frozen=True)
class Cost:
    """What one rule found in one table: how many faults, and the money they are about."""

    source: str
    table: str
    rule: str
    action: str
    faults: int
    amount: float | None


@dataclass(frozen=True)
class OwnersFile:
    """A file for the owner of a source, with so many faults in it."""

    path: Path
    source: str
    owner: str | None
    faults: int


def costs(settings: Settings) -> list[Cost]:
    """The findings of the published run, the dearest first.

    Raises:
        PipelineError: if nothing was published.
    """
    with _published(settings) as connection:
        return [Cost(*row) for row in connection.execute(_BY_COST).fetchall()]


def write_owners_files(settings: Settings, folder: Path) -> list[OwnersFile]:
    """Write every extract's faulty rows, as they were exported, in place of those before.

    Args:
        settings: of the run whose findings are published.
        folder: where the files go, ``<source>/<extract>.csv``.

    Raises:
        PipelineError: if nothing was published.
        ExtractError: if a kept original cannot be read any more.
    """
    shutil.rmtree(folder, ignore_errors=True)
    originals = _originals(settings)
    written = []
    with _published(settings) as connection:
        scratch = settings.lake_dir / ".staging" / "findings"
        readable = ReadableFiles(scratch)
        try:
            for mapping in load_mappings(settings.sources_dir):
                for file, spec in _faulty_files(connection, mapping, originals):
                    path = folder / mapping.name / f"{Path(file.name).name.split('.')[0]}.csv"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    as_found, as_read = readable.open(file, spec)
                    scan = formats.scan_sql(connection, as_read, as_found, file.name)
                    faults = _write(connection, mapping.name, file.name, scan, path)
                    written.append(OwnersFile(path, mapping.name, mapping.source.owner, faults))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return written


def describe(found: Sequence[Cost], files: Sequence[OwnersFile]) -> str:
    """Both in words."""
    lines = [
        f"  {cost.source}, {cost.table}: {cost.faults:,} {cost.rule}, {cost.action}"
        + (f", about {cost.amount:,.2f}" if cost.amount is not None else "")
        for cost in found
    ]
    lines += ["", *(f"  {file.owner or file.source}: {file.path}" for file in files)]
    return "\n".join([f"Findings by cost: {sum(cost.faults for cost in found):,}", *lines])


def _published(settings: Settings) -> duckdb.DuckDBPyConnection:
    if not settings.published_path.exists():
        raise PipelineError(f"{settings.published_path}: nothing was published yet. Run first.")
    return duckdb.connect(str(settings.published_path), read_only=True)


def _originals(settings: Settings) -> dict[tuple[str, str], ExtractFile]:
    """The kept originals of the loads in force, by source and name."""
    found = {}
    for load in current_loads(Ledger(settings.ledger_path).history()):
        for file in load.files:
            kept = settings.lake_dir / "originals" / load.source / file.sha256[:16]
            path = kept / Path(file.name).name
            found[load.source, file.name] = ExtractFile(file.name, path, file.sha256, file.bytes)
    return found


def _faulty_files(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    originals: dict[tuple[str, str], ExtractFile],
) -> Iterator[tuple[ExtractFile, SourceFile]]:
    names = connection.execute(
        "SELECT DISTINCT file FROM marts.dq_findings WHERE source = $source AND file IS NOT NULL "
        "ORDER BY file",
        {"source": mapping.name},
    ).fetchall()
    for (name,) in names:
        file = originals.get((mapping.name, name))
        specs = [spec for spec in mapping.source.files.values() if _fits(name, spec)]
        if file is not None and specs and file.path.exists():
            yield file, specs[0]


def _fits(name: str, spec: SourceFile) -> bool:
    return spec.pattern is not None and Path(name).match(spec.pattern)


def _write(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    file: str,
    scan: str,
    path: Path,
) -> int:
    # A record that could not be split is not among the rows that are read.
    sql = f"""
        WITH found AS (
            SELECT *, row_number - count(*) FILTER (rule = 'malformed_record') OVER (
                ORDER BY row_number RANGE UNBOUNDED PRECEDING
            ) AS read_as
            FROM marts.dq_findings
            WHERE source = {literal(source)} AND file = {literal(file)}
        )
        SELECT found.row_number AS "row", found.rule, found.column_name AS "column",
            found."value", found.action, scan.* EXCLUDE (_row, _file)
        FROM found
        LEFT JOIN ({scan}) AS scan
            ON found.read_as = scan._row AND found.rule <> 'malformed_record'
        ORDER BY found.row_number, found.rule, found.column_name
    """
    [(faults,)] = connection.execute(
        f"COPY ({sql}) TO {literal(path)} (FORMAT csv, HEADER)"
    ).fetchall()
    return int(faults)
