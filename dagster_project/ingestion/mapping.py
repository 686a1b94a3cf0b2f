"""Source mappings (``config/sources/*.yml``): read, typed, and checked before any data.

A mapping names a system's files, optional SQL views over them, and for each
contract table the columns as SQL expressions. Everything that can be wrong
without looking at data is found here and named with file and line.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from dagster_project.errors import ConfigurationError, MappingError
from dagster_project.ingestion.contract import CONTRACT, Column, ColumnType, Table
from dagster_project.ingestion.located_yaml import LocatedYaml, Location
from dagster_project.ingestion.presets import read_mapping_document
from dagster_project.ingestion.sql import identifier


class FileFormat(StrEnum):
    """Formats an extract may have; gzip and zstd are told by the file's ending.

    ``json`` is one list of objects, ``jsonl`` an object a line; in both, ``columns`` are
    names of their first level. Of a 1CClientBankExchange they are the documents' keys.
    """

    BANK_STATEMENT = "1CClientBankExchange"
    CSV = "csv"
    JSON = "json"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


class LoadMode(StrEnum):
    """What one load says about its table.

    ``full``: it is the whole table. ``replace_period``: it is the whole of its
    months. ``upsert``: its rows replace those of the same key.
    """

    FULL = "full"
    REPLACE_PERIOD = "replace_period"
    UPSERT = "upsert"


_FILE_COLUMN_TYPE = re.compile(
    r"text|integer|bigint|double|boolean|date|timestamp|decimal\(\d{1,2},\s*\d{1,2}\)"
    r"|number|excel_date"
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_encoding(name: str) -> str:
    """The name by which an encoding is known, whichever of its names is given."""
    try:
        found = codecs.lookup(name)
        found.incrementaldecoder().decode(b"")
    except (LookupError, TypeError):
        raise ValueError(
            f"{name!r} is no encoding that is known here; use for example utf-8, utf-16, "
            "cp1250, cp1251, cp1252, cp1255, gbk or gb18030"
        ) from None
    # A byte order mark at its start is no part of a text.
    return "utf-8" if found.name == "utf-8-sig" else found.name


class FileColumn(_Strict):
    """A column of an extract: its name and the type the mapping says it has."""

    name: str
    type: str = "text"

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        """Accept ``Name`` and ``Name: type`` beside the long form."""
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and len(value) == 1 and "name" not in value:
            ((name, type_),) = value.items()
            return {"name": name, "type": type_}
        return value

    @model_validator(mode="after")
    def _known_type(self) -> FileColumn:
        if not _FILE_COLUMN_TYPE.fullmatch(self.type):
            raise ValueError(
                f"{self.type!r} is not a type of a file's column; use text, integer, bigint, "
                "double, boolean, date, timestamp, decimal(precision, scale), number (written "
                "as decimal and thousands say) or excel_date"
            )
        return self

    @property
    def sql_type(self) -> str:
        special = {"text": "VARCHAR", "number": "DECIMAL(38, 8)", "excel_date": "DATE"}
        return special.get(self.type, self.type.upper())


class SourceFile(_Strict):
    """One kind of file of a source and how to read it.

    Without a header, ``columns`` are all of the file's columns in order; with
    one (and in Parquet and JSON), those that the mapping uses. ``decimal`` and
    ``thousands`` are the marks in columns of type ``number``; ``sheet`` is the workbook's,
    the first one without a name.

    In the place of a file's ``pattern``, a ``table`` or ``query`` of the source's
    database; of one with a ``cursor`` only the rows are read whose cursor is not below
    the highest one read before, less the ``cursor_overlap``.
    """

    pattern: Annotated[str | None, Field(pattern=r"^[^/]")] = None
    table: str | None = None
    query: str | None = None
    cursor: str | None = None
    cursor_overlap: Annotated[str | None, Field(pattern=r"^\d+( (second|minute|hour|day)s?)?$")] = (
        None
    )
    format: FileFormat = FileFormat.CSV
    delimiter: Annotated[str, Field(min_length=1, max_length=4)] = ","
    quote: Annotated[str, Field(max_length=1)] = '"'
    header: bool = True
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", " ", "'", ".", ","] = ""
    sheet: str | None = None
    date_format: str | None = None
    may_be_empty: bool = False
    columns: Annotated[tuple[FileColumn, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _marks_differ(self) -> SourceFile:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must be different marks")
        return self

    @model_validator(mode="before")
    @classmethod
    def _from_named_columns(cls, value: Any) -> Any:
        """Accept ``columns`` by name too, so that one can be added to a preset's or dropped."""
        if isinstance(value, dict) and isinstance(value.get("columns"), dict):
            columns = [{"name": name, "type": type_} for name, type_ in value["columns"].items()]
            value = {**value, "columns": columns}
        if isinstance(value, dict) and (value.get("table") or value.get("query")):
            # What is read of a database is kept as Parquet, whatever the files are.
            value = {**value, "format": FileFormat.PARQUET}
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> SourceFile:
        if sum(origin is not None for origin in (self.pattern, self.table, self.query)) != 1:
            raise ValueError("say one of pattern, table and query")
        if self.cursor is not None and not self.is_in_database:
            raise ValueError("a cursor goes with a table or query of a database, not with files")
        if self.cursor_overlap is not None and self.cursor is None:
            raise ValueError("cursor_overlap goes with a cursor")
        return self

    @property
    def is_in_database(self) -> bool:
        return self.pattern is None

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


class TableMapping(_Strict):
    """How one contract table is filled: from which file or view, column by column.

    ``deleted`` is true of a row that says its key is no more. It is landed, so that it
    takes the key's earlier row away, but is no row of the table. ``version`` is the time
    by which, in mode ``upsert``, the newer of two rows of a key is told. Where nothing to land
    is nothing wrong, as with merged records, the table ``may_be_empty``.
    """

    from_: Annotated[str, Field(alias="from")]
    mode: LoadMode
    deleted: str | None = None
    version: str | None = None
    may_be_empty: bool = False
    columns: dict[str, str]


class Database(_Strict):
    """A source's PostgreSQL database; ``url_from`` is the environment variable with its address."""

    url_from: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Source(_Strict):
    """One system's mapping.

    A file that changed in the last ``settle_seconds`` is taken for one that its system
    is still writing.
    """

    source: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    preset: str | None = None
    folder: str
    owner: str | None = None
    settle_seconds: Annotated[int, Field(ge=0)] = 0
    database: Database | None = None
    defaults: dict[str, Any] = {}
    files: dict[str, SourceFile]
    views: dict[str, str] = {}
    tables: dict[str, TableMapping]

    @model_validator(mode="before")
    @classmethod
    def _apply_defaults(cls, value: Any) -> Any:
        """Lay ``defaults`` under every file's own settings."""
        if not isinstance(value, dict) or not isinstance(value.get("files"), dict):
            return value
        defaults = value.get("defaults")
        if not isinstance(defaults, dict):
            return value
        files = {
            name: {**defaults, **file} if isinstance(file, dict) else file
            for name, file in value["files"].items()
        }
        return {**value, "files": files}


@dataclass(frozen=True)
class SourceMapping:
    """A source's mapping together with the document it was read from."""

    source: Source
    document: LocatedYaml

    @property
    def name(self) -> str:
        return self.source.source

    @property
    def path(self) -> Path:
        return self.document.path

    @cached_property
    def _names_in_views(self) -> dict[str, frozenset[str]]:
        """The files and views that each view reads, in the case of the mapping."""
        known = {name.casefold(): name for name in (*self.source.files, *self.source.views)}
        with duckdb.connect() as connection:
            trees = {
                view: json.loads(
                    connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0]
                )
                for view, sql in self.source.views.items()
            }
        # SQL that cannot be taken apart, a PIVOT for one, may read any of them.
        return {
            view: frozenset(
                known.values()
                if tree["error"]
                else (known[name] for name in _table_names(tree) if name in known)
            )
            for view, tree in trees.items()
        }

    def entries_behind(self, *origins: str) -> list[str]:
        """The file entries that files or views are made of, in the mapping's order."""
        wanted = list(origins)
        found: set[str] = set()
        while wanted:
            name = wanted.pop()
            if name not in found:
                found.add(name)
                if name in self.source.views:
                    wanted.extend(self._names_in_views[name])
        return [entry for entry in self.source.files if entry in found]

    def is_landed_by_file(self, entry: str) -> bool:
        """Whether each file of an entry is a load of its own, so that one can wait."""
        return all(
            table.mode is not LoadMode.FULL
            for table in self.source.tables.values()
            if entry in self.entries_behind(table.from_)
        )

    def error(self, location: Location, problem: str, remedy: str) -> MappingError:
        """A :class:`MappingError` at the line of ``location``."""
        return MappingError(*self.document.place(location), problem, remedy)

    def place(self, *location: str | int) -> str:
        """``file:line`` of a part of the mapping, for messages about its data."""
        path, line = self.document.place(location)
        return f"{path}:{line}"


def load_mappings(sources_dir: Path) -> tuple[SourceMapping, ...]:
    """Read and check every mapping of a folder, in the order of their names.

    Raises:
        MappingError: for the first thing wrong, with file and line.
        ConfigurationError: if there is no mapping at all.
    """
    paths = sorted(sources_dir.glob("*.yml"))
    if not paths:
        raise ConfigurationError(
            f"{sources_dir}: no source mapping (*.yml) in this folder. "
            "Add one; docs/add-a-source.md shows how."
        )
    return tuple(load_mapping(path) for path in paths)


def mapped_tables(sources_dir: Path) -> tuple[str, ...]:
    """The contract tables that some mapping names, in the contract's order.

    Only names are read, so that a mapping with a mistake in it still shows in the
    graph; the mistake is told when the mapping is used.
    """
    named: set[str] = set()
    for path in sorted(sources_dir.glob("*.yml")):
        document = read_mapping_document(path).document
        tables = document.get("tables") if isinstance(document, dict) else None
        named.update(tables or ())
    return tuple(name for name in CONTRACT if name in named)


def load_mapping(path: Path) -> SourceMapping:
    """Read and check one mapping.

    Raises:
        MappingError: for the first thing wrong, with file and line.
    """
    document = read_mapping_document(path)
    try:
        source = Source.model_validate(document.document)
    except ValidationError as error:
        first = error.errors()[0]
        location = _location_of(first["loc"], document.document)
        named = ".".join(str(part) for part in location) or "the file"
        raise MappingError(
            *document.place(location),
            f"{named}: {first['msg']}.",
            "Correct the line; docs/add-a-source.md lists what a mapping may say.",
        ) from None
    mapping = SourceMapping(source, document)
    if source.source != path.stem:
        raise mapping.error(
            ("source",),
            f"source {source.source!r} is in a file named {path.name}.",
            f"Name the file {source.source}.yml, so that a source is found by its name.",
        )
    _check_names(mapping)
    _check_expressions(mapping)
    return mapping


def _location_of(found: Location, document: Any) -> Location:
    """Where a mistake stands, where columns are given by name too."""
    match found:
        case ("files", str(name), "columns", int(position), *_):
            columns = document["files"][name].get("columns")
            if isinstance(columns, dict):
                return ("files", name, "columns", list(columns)[position])
    return found


def _check_names(mapping: SourceMapping) -> None:
    """Every table, column and origin that the mapping names exists."""
    source = mapping.source
    for entry, file in source.files.items():
        if file.is_in_database and source.database is None:
            raise mapping.error(
                ("files", entry),
                f"{entry} is in a database, but the source names none.",
                "Add 'database: {url_from: <environment variable with its address>}'.",
            )
    for view in source.views:
        if view in source.files:
            raise mapping.error(
                ("views", view),
                f"view {view!r} has the name of a file.",
                "Rename the view.",
            )
    for table_name, table_mapping in source.tables.items():
        location: Location = ("tables", table_name)
        table = CONTRACT.get(table_name)
        if table is None:
            raise mapping.error(
                location,
                f"unknown table {table_name!r}.",
                f"The contract has: {', '.join(CONTRACT)}.",
            )
        if table_mapping.from_ not in source.files and table_mapping.from_ not in source.views:
            known = ", ".join((*source.files, *source.views))
            raise mapping.error(
                (*location, "from"),
                f"{table_name} is from {table_mapping.from_!r}, which is no file or view here.",
                f"Known: {known}.",
            )
        _check_columns(mapping, table, table_mapping, location)
        _check_mode(mapping, table, table_mapping, location)


def _check_columns(
    mapping: SourceMapping, table: Table, table_mapping: TableMapping, location: Location
) -> None:
    for column_name in table_mapping.columns:
        if table.column(column_name) is None:
            known = ", ".join(column.name for column in table.columns)
            raise mapping.error(
                (*location, "columns", column_name),
                f"{table.name} has no column {column_name!r}.",
                f"It has: {known}.",
            )
    for column in table.columns:
        if column.is_required and column.name not in table_mapping.columns:
            raise mapping.error(
                (*location, "columns"),
                f"{table.name}.{column.name} is required and not mapped.",
                f"Add a line '{column.name}: <SQL expression over the file's columns>'.",
            )


def _check_mode(
    mapping: SourceMapping, table: Table, table_mapping: TableMapping, location: Location
) -> None:
    for entry in mapping.entries_behind(table_mapping.from_):
        file = mapping.source.files[entry]
        if file.cursor is not None and table_mapping.mode is not LoadMode.UPSERT:
            raise mapping.error(
                ("files", entry, "cursor"),
                f"{entry} has a cursor, so it brings changes only, but {table.name} "
                f"has mode {table_mapping.mode}.",
                "Map the table from it directly with mode: upsert, or take the cursor away.",
            )
    if table_mapping.mode is LoadMode.FULL:
        return
    if table_mapping.from_ in mapping.source.views:
        raise mapping.error(
            (*location, "mode"),
            f"{table.name} is from a view, which always gives the whole table.",
            "Use mode: full, or map the table from a file.",
        )
    if table_mapping.mode is LoadMode.REPLACE_PERIOD and table.period_column is None:
        raise mapping.error(
            (*location, "mode"),
            f"{table.name} has no date that could tell which months a file holds.",
            "Use mode: full or upsert.",
        )


def _check_expressions(mapping: SourceMapping) -> None:
    """Bind every view and column expression over empty tables of the declared types."""
    source = mapping.source
    with duckdb.connect() as connection:
        for name, file in source.files.items():
            columns = ", ".join(
                [f"{identifier(column.name)} {column.sql_type}" for column in file.columns]
                + ['"_file" VARCHAR', '"_row" BIGINT']
            )
            try:
                connection.execute(f"CREATE TABLE {identifier(name)} ({columns})")
            except duckdb.Error as error:
                raise mapping.error(
                    ("files", name, "columns"),
                    f"the columns of file {name!r} cannot be read: {_first_line(error)}.",
                    "Correct the list.",
                ) from None
        for name, sql in source.views.items():
            try:
                connection.execute(f"CREATE VIEW {identifier(name)} AS {sql}")
            except duckdb.Error as error:
                raise mapping.error(
                    ("views", name),
                    f"view {name!r}: {_first_line(error)}.",
                    "Correct the SQL, or add the column to its file's list.",
                ) from None
        for table_name, table_mapping in source.tables.items():
            _check_lineage(connection, mapping, table_name, table_mapping)
            _check_row_marks(connection, mapping, table_name, table_mapping)
            for column_name, expression in table_mapping.columns.items():
                column = CONTRACT[table_name].column(column_name)
                assert column is not None  # _check_columns has run
                problem = _expression_problem(connection, column, expression, table_mapping.from_)
                if problem is not None:
                    raise mapping.error(
                        ("tables", table_name, "columns", column_name),
                        f"{table_name}.{column_name}: {problem}.",
                        f"Use columns that file or view {table_mapping.from_!r} has, "
                        f"giving {column.type.value}.",
                    )


#: DuckDB types from which a value can become one of a contract type; into text
#: everything goes, and text is only known to be wrong when it is read.
_OPEN, _WHOLE = r"VARCHAR|JSON|\"NULL\"", r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?"
_NUMBERS = re.compile(rf"{_OPEN}|{_WHOLE}|FLOAT|DOUBLE|DECIMAL.*")
_DAYS = re.compile(rf"{_OPEN}|DATE|TIMESTAMP.*")
_TRUTHS = re.compile(rf"{_OPEN}|{_WHOLE}|BOOLEAN")
_TYPES_THAT_BECOME = {
    ColumnType.MONEY: _NUMBERS,
    ColumnType.QUANTITY: _NUMBERS,
    ColumnType.RATE: _NUMBERS,
    ColumnType.INTEGER: _NUMBERS,
    ColumnType.BOOLEAN: _TRUTHS,
    ColumnType.DATE: _DAYS,
    ColumnType.TIMESTAMP: _DAYS,
}


def _expression_problem(
    connection: duckdb.DuckDBPyConnection, column: Column, expression: str, origin: str
) -> str | None:
    """What keeps an expression from giving each row's value of a column, if anything."""
    try:
        # Beside a column of the row, an aggregate does not bind.
        described = connection.execute(
            f"DESCRIBE SELECT ({expression}), _row FROM {identifier(origin)}"
        ).fetchall()
    except duckdb.Error as error:
        return _first_line(error)
    found = described[0][1]
    accepted = _TYPES_THAT_BECOME.get(column.type)
    if accepted is not None and not accepted.fullmatch(found):
        return f"the expression gives {found.lower()}"
    return None


def _check_lineage(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    table_name: str,
    table_mapping: TableMapping,
) -> None:
    try:
        connection.execute(f"SELECT _file, _row FROM {identifier(table_mapping.from_)}")
    except duckdb.Error:
        raise mapping.error(
            ("views", table_mapping.from_),
            f"view {table_mapping.from_!r} fills {table_name} but has no _file and _row.",
            "Select both from the file whose rows the view's rows stand for.",
        ) from None


def _check_row_marks(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    table_name: str,
    table_mapping: TableMapping,
) -> None:
    if table_mapping.version is not None and table_mapping.mode is not LoadMode.UPSERT:
        raise mapping.error(
            ("tables", table_name, "version"),
            f"{table_name} has a version, but mode {table_mapping.mode} knows no newer row.",
            "Use mode: upsert, or take the version away.",
        )
    for name, expression, type_ in (
        ("deleted", table_mapping.deleted, ColumnType.BOOLEAN),
        ("version", table_mapping.version, ColumnType.TIMESTAMP),
    ):
        if expression is None:
            continue
        problem = _expression_problem(
            connection, Column(name, type_), expression, table_mapping.from_
        )
        if problem is not None:
            raise mapping.error(
                ("tables", table_name, name),
                f"{table_name}, {name}: {problem}.",
                f"Use columns that file or view {table_mapping.from_!r} has, giving {type_.value}.",
            )


def _table_names(tree: Any) -> Iterator[str]:
    """Every name in the place of a table, caseless, in SQL as DuckDB's parser gives it."""
    if isinstance(tree, dict):
        if tree.get("type") == "BASE_TABLE":
            yield tree["table_name"].casefold()
        tree = list(tree.values())
    if isinstance(tree, list):
        for part in tree:
            yield from _table_names(part)


def _first_line(error: duckdb.Error) -> str:
    """What DuckDB says is wrong, without its hints and its picture of the SQL."""
    return str(error).strip().splitlines()[0].rstrip(".")
