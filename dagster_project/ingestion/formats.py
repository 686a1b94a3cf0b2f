"""Extract files as DuckDB relations: every value as it stands, with file and row.

One function a format. A relation has the columns of the mapping, in text where
the format has no types, ``_file`` (path below the extracts folder) and ``_row``
(record number in the file, from 1, header not counted).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb

from dagster_project.errors import ExtractError
from dagster_project.ingestion.bank_statements import scan_documents_sql
from dagster_project.ingestion.mapping import FileFormat, SourceFile
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.ingestion.values import trimmed_sql

#: DuckDB's temporary table of the records that a CSV scan could not split.
REJECTS_TABLE = "reject_errors"

#: The text of a record that could not be taken apart, in the rows of a scan.
BROKEN = "_broken"
#: Formats whose scans have that column.
WITH_BROKEN_RECORDS = frozenset({FileFormat.JSON, FileFormat.JSON_LINES, FileFormat.BANK_STATEMENT})

#: Formats whose scans give texts without blanks around them, and NULL for nothing.
WITH_TRIMMED_TEXTS = frozenset(FileFormat) - {FileFormat.PARQUET}

#: The longest line of JSON or of a bank statement that is read.
MOST_BYTES_A_LINE = 16 * 1024 * 1024

#: Stands for a delimiter of more than one character, which Python's reader has not.
_UNIT_SEPARATOR = "\x1f"


def scan_sql(connection: duckdb.DuckDBPyConnection, file: SourceFile, path: Path, name: str) -> str:
    """SQL that reads one extract file.

    Args:
        connection: used to look at the file's schema where it has one.
        file: how the mapping says the file is to be read.
        path: the file.
        name: what ``_file`` shows for it.

    Raises:
        ExtractError: if the file is empty, cannot be opened, or lacks a mapped column.
    """
    if path.stat().st_size == 0:
        raise ExtractError(
            name,
            "the file is empty (0 bytes).",
            "Have the system export it again; what was landed before stays in force.",
        )
    if file.format is FileFormat.PARQUET:
        return _scan_parquet(connection, file, path, name)
    if file.format is FileFormat.JSON:
        return _scan_json(connection, file, path, name)
    if file.format is FileFormat.JSON_LINES:
        return _scan_json_lines(connection, file, path, name)
    if file.format is FileFormat.BANK_STATEMENT:
        return scan_documents_sql(connection, file, _lines_sql(path), name, BROKEN)
    return _scan_csv(file, path, name)


def _scan_parquet(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, path: Path, name: str
) -> str:
    source = f"read_parquet({literal(path)}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error as error:
        raise _unreadable(name, error) from None
    present = {row[0] for row in described}
    _require_columns(file, present, name)
    columns = ", ".join(identifier(column) for column in file.column_names)
    return f"SELECT file_row_number + 1 AS _row, {columns}, {literal(name)} AS _file FROM {source}"


def _scan_json(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, path: Path, name: str
) -> str:
    source = f"read_json_objects({literal(path)}, format = 'array')"
    return _scan_objects(connection, file, f"SELECT json FROM {source}", name)


def _scan_json_lines(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, path: Path, name: str
) -> str:
    return _scan_objects(
        connection,
        file,
        f"SELECT line AS json FROM ({_lines_sql(path)}) WHERE trim(line) <> ''",
        name,
    )


def _lines_sql(path: Path) -> str:
    """A text file's lines in their order, as column ``line``."""
    return (
        f"SELECT line FROM read_csv({literal(path)}, columns = {{'line': 'VARCHAR'}}, "
        "auto_detect = false, header = false, delim = '\x1f', quote = '', escape = '', "
        f"strict_mode = false, max_line_size = {MOST_BYTES_A_LINE})"
    )


def _scan_objects(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, objects: str, name: str
) -> str:
    """Rows of JSON objects, each as text; what is none is told in the column BROKEN."""
    # Of a key that is there twice, neither value would be the right one.
    is_object = (
        "CASE WHEN json_valid(json) THEN json_type(json) = 'OBJECT' "
        "AND len(list_distinct(json_keys(json))) = len(json_keys(json)) ELSE false END"
    )
    try:
        keys = connection.execute(
            "SELECT DISTINCT unnest(json_keys(json)) FROM "
            f"(SELECT json FROM ({objects}) LIMIT 10000) WHERE {is_object}"
        ).fetchall()
    except duckdb.Error as error:
        raise _unreadable(name, error) from None
    _require_columns(file, {key for (key,) in keys}, name)
    paths = ", ".join(literal(json_path(column)) for column in file.column_names)
    columns = ", ".join(
        f"nullif(trim(found[{place}]), '') AS {identifier(column)}"
        for place, column in enumerate(file.column_names, start=1)
    )
    # All values of an object are found in one go through it.
    return (
        f"SELECT row_number() OVER () AS _row, {columns}, "
        f"CASE WHEN found IS NULL THEN json END AS {BROKEN}, {literal(name)} AS _file "
        f"FROM (SELECT CAST(json AS VARCHAR) AS json, CASE WHEN {is_object} "
        f"THEN json_extract_string(json, [{paths}]) END AS found FROM ({objects}))"
    )


def json_path(column: str) -> str:
    """The JSON path of a name of the first level."""
    quoted = column.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{quoted}"'


def _scan_csv(file: SourceFile, path: Path, name: str) -> str:
    if file.header:
        header = [column.strip() for column in _first_record(file, path, name)]
        _require_columns(file, set(header), name)
        _require_distinct(file, header, name)
        # What the mapping does not name may be blank or be there twice.
        names = [
            column if column in file.column_names else f"({position})"
            for position, column in enumerate(header)
        ]
    else:
        names = list(file.column_names)
        found = len(_first_record(file, path, name))
        if found != len(names):
            raise ExtractError(
                name,
                f"the first record has {found} columns where the mapping names {len(names)}.",
                "If the export changed, name its columns in order in the mapping; "
                "otherwise export it again.",
            )
    types = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in names)
    source = (
        f"read_csv({literal(path)}, columns = {{{types}}}, auto_detect = false, "
        f"header = {str(file.header).lower()}, delim = {literal(file.delimiter)}, "
        f"quote = {literal(file.quote)}, escape = {literal(file.quote)}, "
        "strict_mode = true, store_rejects = true, rejects_limit = 0)"
    )
    columns = ", ".join(
        f"{trimmed_sql(identifier(column))} AS {identifier(column)}" for column in file.column_names
    )
    return f"SELECT row_number() OVER () AS _row, {columns}, {literal(name)} AS _file FROM {source}"


def _first_record(file: SourceFile, path: Path, name: str) -> list[str]:
    """The first record of a CSV file, split as the mapping says."""
    try:
        records = _records(file, path)
        record = next((record for record in records if record or file.header), None)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(name, error) from None
    if not record:
        raise ExtractError(
            name,
            "the file has no first record.",
            "Have the system export it again; what was landed before stays in force.",
        )
    return record


def blank_records(file: SourceFile, path: Path) -> list[int]:
    """Which records of a CSV file, counted from 1 with its header, are blank lines.

    DuckDB skips them, but counts them where it says which record it rejected. A
    file of one column has none: there a blank line is a record without a value.
    """
    records = _records(file, path, errors="replace")
    try:
        numbered = list(next(records, []))
        if len(numbered) == 1:
            return []
        return [1] * (not numbered) + [
            position for position, record in enumerate(records, start=2) if not record
        ]
    except csv.Error:
        return []


def _records(file: SourceFile, path: Path, errors: str = "strict") -> Iterator[list[str]]:
    """The records of a CSV file, split as the mapping says."""
    encoding = "utf-8-sig" if file.encoding == "utf-8" else file.encoding
    with path.open(encoding=encoding, errors=errors, newline="") as stream:
        records: Iterator[list[str]]
        is_long = len(file.delimiter) > 1
        lines = (
            line.replace(file.delimiter, _UNIT_SEPARATOR) if is_long else line for line in stream
        )
        records = csv.reader(
            lines,
            delimiter=_UNIT_SEPARATOR if is_long else file.delimiter,
            quotechar=file.quote or None,
            quoting=csv.QUOTE_MINIMAL if file.quote else csv.QUOTE_NONE,
        )
        if is_long:
            records = (
                [value.replace(_UNIT_SEPARATOR, file.delimiter) for value in record]
                for record in records
            )
        yield from records


def _require_distinct(file: SourceFile, header: list[str], name: str) -> None:
    twice = [column for column in file.column_names if header.count(column) > 1]
    if twice:
        raise ExtractError(
            name,
            f"column {', '.join(map(repr, twice))} is mapped but in the file more than once.",
            "Have the system export it under names of their own.",
        )


def _require_columns(file: SourceFile, present: set[str], name: str) -> None:
    missing = [column for column in file.column_names if column not in present]
    if missing:
        raise ExtractError(
            name,
            f"column {', '.join(map(repr, missing))} is mapped but not in the file, "
            f"which has: {', '.join(sorted(present))}.",
            "If the export changed, correct the mapping; otherwise export it again.",
        )


def _unreadable(name: str, error: Exception) -> ExtractError:
    reason = str(error).strip().splitlines()[0].rstrip(".")
    return ExtractError(
        name,
        f"the file cannot be read: {reason}.",
        "It may be cut short or of another format than the mapping says; export it again.",
    )


def unreadable_extract(names: str, error: duckdb.Error) -> ExtractError:
    """The error of a file that opened but broke while its rows were read."""
    return _unreadable(names, error)
