"""For each source's owner the records at fault, in the columns of the owner's own extract.

``data/findings/<source>/<entry>.csv`` has the records of one kind of file, each as it
stands in the extract, with what is wrong; ``matching-review.csv`` the customers without
an account, ready to be decided. All are written anew every night, so what was mended by
the next extract is in them no more.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import duckdb

from dagster_project.errors import PipelineError
from dagster_project.ingestion import formats
from dagster_project.ingestion.extracts import ExtractFile
from dagster_project.ingestion.ledger import Load
from dagster_project.ingestion.mapping import FileFormat, SourceMapping
from dagster_project.ingestion.readable import ReadableFiles
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.settings import Settings

REVIEW_NAME = "matching-review.csv"

#: What each rule asks of whoever keeps the system.
_MEANING = {
    "malformed_record": "the record has too many or too few columns, or a broken quote",
    "type": "the value is not of the column's type",
    "missing_value": "a required value is missing",
    "accepted_values": "the value is none of those that are accepted",
    "duplicate_key": "an earlier record has the same key",
    "moved_key": "a later file has the key in another month, which counts",
    "orphan_invoice_line": "the document of the line is missing",
    "lines_do_not_tie": "the lines do not add up to the document",
    "invoice_without_lines": "the document has no lines",
    "unmatched_client": "the customer is no account of the CRM",
    "missing_exchange_rate": "there is no exchange rate for the currency",
    "unknown_rep": "the rep is not in the CRM",
    "unknown_product": "the product is not in the list of products",
}

_DECISIONS = """
COPY (
    SELECT customer_id, NULL AS account_id, NULL AS decided_by, NULL AS decided_on,
        NULL AS note, customer_name, country, tax_id, domain, reason, candidates,
        document_count, last_invoice_on, net_revenue
    FROM marts.dq_matching_review
    ORDER BY abs(net_revenue) DESC, customer_id
) TO {path} (FORMAT csv, HEADER)
"""


@dataclass(frozen=True)
class OwnerFile:
    """One written file: whose it is and how many records it names."""

    path: Path
    source: str
    owner: str | None
    records: int


@dataclass(frozen=True)
class _Place:
    """Where the records of some findings stand: a table, and the extract they came in."""

    table: str
    entry: str
    file: ExtractFile


def write_owner_files(
    settings: Settings, mappings: Sequence[SourceMapping], loads: Sequence[Load]
) -> list[OwnerFile]:
    """Write the files anew, those of before being removed.

    Args:
        settings: where the published marts and the kept originals are.
        mappings: of the sources, by which the originals are read.
        loads: the loads in force, which know the originals.

    Returns:
        The files with records, by source and name.

    Raises:
        PipelineError: if an original cannot be read any more.
    """
    target = settings.findings_dir
    arriving = target.with_name(f".{target.name}.arriving")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True)
    # Records stand in them as they were exported, personal data too.
    arriving.chmod(0o700)
    try:
        with duckdb.connect(str(settings.published_path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            written: list[OwnerFile] = []
            for mapping in mappings:
                folder = arriving / mapping.name
                written += _write_source(connection, settings, mapping, loads, folder)
            connection.execute(_DECISIONS.format(path=literal(arriving / REVIEW_NAME)))
        shutil.rmtree(arriving / ".readable", ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        arriving.replace(target)
    except (duckdb.Error, OSError) as error:
        raise PipelineError(
            f"{target}: the files for the owners of the sources could not be written: "
            f"{str(error).splitlines()[0]} The marts are published; correct the cause and "
            "call `make findings`."
        ) from error
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return [
        OwnerFile(target / file.path.relative_to(arriving), file.source, file.owner, file.records)
        for file in written
    ]


def _write_source(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    mapping: SourceMapping,
    loads: Sequence[Load],
    folder: Path,
) -> list[OwnerFile]:
    places = _places(connection, settings, mapping, loads)
    readable = ReadableFiles(folder.parent / ".readable")
    written = []
    for table, entry in dict.fromkeys((place.table, place.entry) for place in places):
        parts = [
            _records_sql(connection, mapping, place, readable)
            for place in places
            if (place.table, place.entry) == (table, entry)
        ]
        folder.mkdir(exist_ok=True)
        is_only_table = sum(place.entry == entry for place in places) == len(parts)
        name = entry if is_only_table else f"{entry}-{table.split('.')[1]}"
        path = folder / f"{name}.csv"
        [(records,)] = connection.execute(
            f"COPY (SELECT * FROM ({' UNION ALL '.join(parts)}) "
            f'ORDER BY "cost" DESC NULLS LAST, "file", "row", "wrong column") '
            f"TO {literal(path)} (FORMAT csv, HEADER)"
        ).fetchall()
        written.append(OwnerFile(path, mapping.name, mapping.source.owner, records))
    return written


def _places(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    mapping: SourceMapping,
    loads: Sequence[Load],
) -> list[_Place]:
    """The extracts of a source in which something was found, as they were kept."""
    landed = {
        file.name: file for load in loads if load.source == mapping.name for file in load.files
    }
    found = connection.execute(
        "SELECT DISTINCT table_name, file FROM marts.dq_findings "
        "WHERE source = ? AND file IS NOT NULL ORDER BY ALL",
        [mapping.name],
    ).fetchall()
    places = []
    for table, name in found:
        entry = _entry_of(mapping, table, name)
        if entry is None or name not in landed:
            continue
        file = landed[name]
        is_delivered = mapping.source.files[entry].pattern is not None
        kept_name = PurePosixPath(name).name if is_delivered else f"{entry}.parquet"
        kept = settings.lake_dir / "originals" / mapping.name / file.sha256[:16] / kept_name
        places.append(_Place(table, entry, ExtractFile(name, kept, file.sha256, file.bytes)))
    return places


def _entry_of(mapping: SourceMapping, table: str, file: str) -> str | None:
    """The file entry that an extract of a table was read by."""
    table_mapping = mapping.source.tables.get(table)
    if table_mapping is None:
        return None
    for entry in mapping.entries_behind(table_mapping.from_):
        spec = mapping.source.files[entry]
        pattern = spec.pattern if spec.pattern is not None else entry
        if fnmatchcase(file, str(PurePosixPath(mapping.source.folder) / pattern)):
            return entry
    return None


def _records_sql(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    place: _Place,
    readable: ReadableFiles,
) -> str:
    """The findings of one extract, each with the columns of its record."""
    path, as_read = readable.open(place.file, mapping.source.files[place.entry])
    scan = formats.scan_sql(connection, as_read, path, place.file.name)
    own = _columns_in_use(mapping, place)
    shown = "".join(f", records.{identifier(column)}" for column in own)
    # DuckDB numbers the records that it could split; the findings number all.
    is_csv = as_read.format is FileFormat.CSV
    skipped = (
        "(SELECT count(DISTINCT row_number) FROM marts.dq_findings AS broken "
        "WHERE broken.file = findings.file AND broken.rule = 'malformed_record' "
        "AND broken.row_number < findings.row_number)"
        if is_csv
        else "0"
    )
    is_in_scan = "findings.rule <> 'malformed_record'" if is_csv else "true"
    return f"""
        SELECT findings.file AS "file", findings.row_number AS "row",
            {_meaning_sql()} AS "what is wrong",
            {_own_name_sql(mapping, place)} AS "wrong column",
            findings.value AS "wrong value", findings.action AS "what was done",
            findings.cost AS "cost"{shown}
        FROM (
            SELECT *, {skipped} AS skipped FROM marts.dq_findings AS findings
            WHERE source = {literal(mapping.name)} AND table_name = {literal(place.table)}
            AND file = {literal(place.file.name)}
        ) AS findings
        LEFT JOIN ({scan}) AS records
        ON records._row = findings.row_number - findings.skipped AND {is_in_scan}
    """


def _columns_in_use(mapping: SourceMapping, place: _Place) -> list[str]:
    """The extract's columns that the table is made from; others are nobody's business."""
    table_mapping = mapping.source.tables[place.table]
    text = " ".join(table_mapping.columns.values())
    if table_mapping.from_ in mapping.source.views:
        text += " ".join(mapping.source.views.values())
    return [
        name
        for name in mapping.source.files[place.entry].column_names
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    ]


def _own_name_sql(mapping: SourceMapping, place: _Place) -> str:
    """The column at fault as the extract has it, or what the mapping makes of it."""
    columns = mapping.source.tables[place.table].columns
    whens = " ".join(
        f"WHEN {literal(column)} THEN {literal(expression)}"
        for column, expression in columns.items()
        if expression != column
    )
    if not whens:
        return "findings.column_name"
    return f"CASE findings.column_name {whens} ELSE findings.column_name END"


def _meaning_sql() -> str:
    whens = " ".join(
        f"WHEN {literal(rule)} THEN {literal(meaning)}" for rule, meaning in _MEANING.items()
    )
    return f"CASE findings.rule {whens} ELSE replace(findings.rule, '_', ' ') END"
