"""A first mapping of an extract nobody has mapped yet, with what was seen and what is in doubt.

What is written is for a person to finish: the file's settings are measured on its first
rows, and where two readings fit all of them, both are named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from charset_normalizer import from_bytes

from dagster_project.errors import ExtractError
from dagster_project.ingestion import formats
from dagster_project.ingestion.extracts import ExtractFile
from dagster_project.ingestion.mapping import FileFormat, SourceFile
from dagster_project.ingestion.readable import ReadableFiles, opened
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.ingestion.values import number_sql

#: How much of a file is looked at.
SAMPLE_BYTES, SAMPLE_ROWS = 1 << 20, 100_000

#: What the regions that extracts come from write in, where it is not Unicode.
ENCODINGS = ["cp1250", "cp1251", "cp1252", "cp1255", "gb18030", "iso8859_2", "koi8_r"]

DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y/%m/%d",
    "%Y%m%d",
)
#: Formats that the contract's types read without being told.
ISO_FORMATS = {"%Y-%m-%d", "%Y-%m-%d %H:%M:%S"}

#: Decimal and thousands marks, the plainest first.
MARKS = ((".", ""), (",", ""), (".", ","), (",", "."), (",", " "), (".", " "), (".", "'"))

_FORMATS = {
    ".parquet": FileFormat.PARQUET,
    ".xlsx": FileFormat.XLSX,
    ".json": FileFormat.JSON,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
}


@dataclass
class ColumnSeen:
    """What the values of one column can be."""

    name: str
    is_empty: bool
    is_unique: bool
    marks: list[tuple[str, str]]
    date_formats: list[str]


@dataclass
class Seen:
    """What was seen of a file."""

    settings: dict[str, str]
    columns: list[ColumnSeen] = field(default_factory=list)
    rows: int = 0
    doubts: list[str] = field(default_factory=list)


def profile(path: Path, scratch: Path) -> str:
    """Look at an extract and write a first mapping of it.

    Args:
        path: the extract.
        scratch: a folder for copies.

    Returns:
        The mapping as YAML, with comments on what was seen.

    Raises:
        ExtractError: if the file is empty, or cannot be read in any way that is known.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise ExtractError(str(path), "there is no such file, or it is empty.", "Name another.")
    packed = path.suffix in (".gz", ".zst")
    ending = path.with_suffix("").suffix if packed else path.suffix
    seen = Seen({"format": _FORMATS.get(ending.lower(), FileFormat.CSV).value})
    if seen.settings["format"] not in (FileFormat.PARQUET, FileFormat.XLSX):
        _see_encoding(path, seen)
    with duckdb.connect() as connection:
        _see_rows(connection, path, scratch, seen)
        _see_columns(connection, seen)
    return "".join(f"{line}\n" for line in _mapping(path, seen))


def _see_encoding(path: Path, seen: Seen) -> None:
    with opened(path) as stream:
        sample = stream.read(SAMPLE_BYTES)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        seen.settings["encoding"] = "utf-16"
        return
    try:
        # A character may be cut in two at the end of the sample.
        sample[: max(len(sample) - 4, 1)].decode("utf-8")
    except UnicodeDecodeError:
        found = from_bytes(sample, cp_isolation=ENCODINGS)
        best = found.best()
        if best is None:
            raise ExtractError(
                str(path),
                f"its text is neither UTF-8 nor {', '.join(ENCODINGS)}.",
                "Ask for an export in UTF-8.",
            ) from None
        seen.settings["encoding"] = best.encoding
        others = sorted({match.encoding for match in found} - {best.encoding})
        if others:
            seen.doubts.append(
                f"encoding: {best.encoding} reads best, {', '.join(others)} would read it too; "
                "look at a name with letters of its language."
            )


def _see_rows(connection: duckdb.DuckDBPyConnection, path: Path, scratch: Path, seen: Seen) -> None:
    """Make ``sample`` of the first rows, every value as text, and see how it is split."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    file = ExtractFile(path.name, path, digest, path.stat().st_size)
    spec = SourceFile.model_validate(
        {
            "pattern": path.name,
            "columns": ["any"],
            "format": seen.settings["format"],
            "encoding": seen.settings.get("encoding", "utf-8"),
        }
    )
    readable, as_read = ReadableFiles(scratch).open(file, spec)
    if as_read.format is FileFormat.PARQUET:
        source = f"read_parquet({literal(readable)})"
    elif as_read.format in (FileFormat.JSON, FileFormat.JSON_LINES):
        kind = "array" if as_read.format is FileFormat.JSON else "newline_delimited"
        source = f"read_json({literal(readable)}, format = '{kind}')"
    else:
        source = _see_csv(connection, readable, path, seen)
    try:
        connection.execute(
            f"CREATE TABLE sample AS SELECT COLUMNS(*)::VARCHAR FROM {source} LIMIT {SAMPLE_ROWS}"
        )
    except duckdb.Error as error:
        raise formats.unreadable_extract(path.name, error) from None


def _see_csv(connection: duckdb.DuckDBPyConnection, readable: Path, path: Path, seen: Seen) -> str:
    try:
        [(delimiter, quote, header, names)] = connection.execute(
            "SELECT Delimiter, Quote, HasHeader, list_transform(Columns, lambda c: c.name) "
            f"FROM sniff_csv({literal(readable)}, all_varchar = true)"
        ).fetchall()
    except duckdb.Error as error:
        raise formats.unreadable_extract(path.name, error) from None
    if seen.settings["format"] == FileFormat.CSV:
        seen.settings["delimiter"] = delimiter
        if len(quote) == 1 and quote not in '"\0':
            seen.settings["quote"] = quote
    if not header:
        seen.settings["header"] = "false"
        seen.doubts.append("header: the first record looks like the others; name the columns.")
    # Without one in sight the sniffer says so in words.
    quoted = quote if len(quote) == 1 and quote != "\0" else '"'
    listed = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({literal(readable)}, columns = {{{listed}}}, auto_detect = false, "
        f"header = {str(header).lower()}, delim = {literal(delimiter)}, "
        f"quote = {literal(quoted)}, escape = {literal(quoted)}, ignore_errors = true)"
    )


def _see_columns(connection: duckdb.DuckDBPyConnection, seen: Seen) -> None:
    [(seen.rows,)] = connection.execute("SELECT count(*) FROM sample").fetchall()
    for name, *_ in connection.execute("DESCRIBE sample").fetchall():
        value = f"nullif(trim({identifier(name)}), '')"
        tests = [
            f"count(*) FILTER ({number_sql(value, *marks)} IS NULL) = 0" for marks in MARKS
        ] + [
            f"count(*) FILTER (try_strptime({value}, {literal(form)}) IS NULL) = 0"
            for form in DATE_FORMATS
        ]
        [(filled, distinct, *fits)] = connection.execute(
            f"SELECT count(*), count(DISTINCT {value}), {', '.join(tests)} "
            f"FROM sample WHERE {value} IS NOT NULL"
        ).fetchall()
        seen.columns.append(
            ColumnSeen(
                name,
                is_empty=filled == 0,
                is_unique=filled > 0 and filled == distinct == seen.rows,
                marks=[marks for marks, fit in zip(MARKS, fits, strict=False) if fit and filled],
                date_formats=[
                    form
                    for form, fit in zip(DATE_FORMATS, fits[len(MARKS) :], strict=True)
                    if fit and filled
                ],
            )
        )
    _choose_marks(seen)
    _choose_date_format(seen)


def _choose_marks(seen: Seen) -> None:
    """The marks that all columns of numbers agree on, and those that would do as well."""
    plain = MARKS[0]
    written = [column for column in seen.columns if column.marks and not column.date_formats]
    marked = [column for column in written if plain not in column.marks]
    fitting = [marks for marks in MARKS if all(marks in column.marks for column in marked)]
    if not marked or not fitting:
        return
    seen.settings["decimal"], thousands = fitting[0]
    if thousands:
        seen.settings["thousands"] = thousands
    for column in written:
        if len({decimal for decimal, _ in column.marks}) > 1 and column in marked:
            seen.doubts.append(
                f"{column.name}: its mark may be of decimals or of thousands; look at a value "
                "of which you know the amount."
            )


def _choose_date_format(seen: Seen) -> None:
    dated = [column for column in seen.columns if column.date_formats]
    other = [column for column in dated if not ISO_FORMATS & set(column.date_formats)]
    if not other:
        return
    common = [form for form in DATE_FORMATS if all(form in column.date_formats for column in other)]
    if common:
        seen.settings["date_format"] = common[0]
    if len(common) > 1:
        seen.doubts.append(
            f"date_format: {common[0]} fits every day, and so does {' and '.join(common[1:])}; "
            "look for a day after the 12th."
        )


def _mapping(path: Path, seen: Seen) -> Iterator[str]:
    name = re.sub(r"[^a-z0-9]+", "_", path.name.split(".")[0].lower()).strip("_")
    source = name if name[:1].isalpha() else f"extract_{name}".rstrip("_")
    yield f"# A first mapping of {path.name}, to be finished: docs/add-a-source.md."
    yield f"# Seen: {seen.rows:,} rows{' (the first)' if seen.rows == SAMPLE_ROWS else ''}."
    for doubt in seen.doubts:
        yield f"# DOUBT {doubt}"
    yield ""
    yield f"source: {source}"
    yield f"folder: {source}"
    yield ""
    yield "files:"
    yield f"  {source}:"
    yield f"    pattern: {_quoted(path.name)}"
    for setting, value in seen.settings.items():
        yield f"    {setting}: {value if setting == 'header' else _quoted(value)}"
    yield "    columns:"
    for column in seen.columns:
        yield f"      - {_typed(column, seen)}"
    yield ""
    yield "tables: {}  # which table of the contract it fills, and how"


def _typed(column: ColumnSeen, seen: Seen) -> str:
    name = _quoted(column.name)
    note = "  # empty" if column.is_empty else "  # a key: no value twice" * column.is_unique
    chosen = seen.settings.get("date_format")
    if column.date_formats and (chosen in column.date_formats or not chosen):
        return f"{name}: date{note}"
    marks = (seen.settings.get("decimal", "."), seen.settings.get("thousands", ""))
    if "decimal" in seen.settings and marks in column.marks and MARKS[0] not in column.marks:
        return f"{name}: number{note}"
    return f"{name}{note}"


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever is in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
