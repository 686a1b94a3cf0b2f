"""Tables and queries of a PostgreSQL database as kept Parquet files, like any extract.

Rows stream from the server in Arrow batches through ADBC into DuckDB, which writes
them; Python holds none. All that one source reads is of one moment of the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import adbc_driver_postgresql.dbapi as adbc
import duckdb

from dagster_project.errors import ConfigurationError, ExtractError
from dagster_project.ingestion.mapping import SourceFile, SourceMapping
from dagster_project.ingestion.sql import identifier, literal

#: Types by which "from here on" is well defined.
_CURSOR_TYPES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "SMALLINT", "INTEGER", "BIGINT")

_STAYS = "What was landed before stays in force; run again when the database answers."


@dataclass(frozen=True)
class Reading:
    """What was read of one entry: how many rows, and the cursor's highest value."""

    rows: int
    cursor: str | None


class PostgresReader:
    """One source's database, as it was at one moment."""

    def __init__(self, mapping: SourceMapping, session: Any, secrets: tuple[str, ...]) -> None:
        self._mapping = mapping
        self._session = session
        self._secrets = secrets

    def read(self, entry: str, since: str | None, target: Path) -> Reading:
        """Write the rows of a table or query to a Parquet file.

        Args:
            entry: the file entry of the mapping.
            since: the cursor's value from which on to read; None for all rows.
            target: the file to write.

        Raises:
            MappingError: if the table, query or a column does not exist.
            ExtractError: if the connection ends before all rows are there.
        """
        spec = self._mapping.source.files[entry]
        names = self._checked_columns(entry, spec)
        sql = f"SELECT {', '.join(map(identifier, names))} FROM {_origin(spec)} AS extract"
        if since is not None and spec.cursor is not None:
            cursor = identifier(spec.cursor)
            floor = literal(since)
            if spec.cursor_overlap is not None:
                floor = f"({_cursor_type_sql(since)} {floor} - {_overlap(spec.cursor_overlap)})"
            # What has no cursor cannot be known to be old.
            sql += f" WHERE {cursor} >= {floor} OR {cursor} IS NULL"
        with duckdb.connect() as scratch:
            scratch.execute("SET TimeZone = 'UTC'")
            try:
                scratch.register("extract", self._stream(sql))
                scratch.execute(
                    f"COPY (SELECT * FROM extract) TO {literal(target)} "
                    "(FORMAT parquet, COMPRESSION zstd)"
                )
            except (adbc.Error, duckdb.Error) as error:
                raise ExtractError(
                    self._place(entry),
                    f"the database stopped in the middle of the read: {self._plain(error)}.",
                    _STAYS,
                ) from None
            highest = f"max({identifier(spec.cursor)})::VARCHAR" if spec.cursor else "NULL"
            [(rows, cursor_value)] = scratch.execute(
                f"SELECT count(*), {highest} FROM read_parquet({literal(target)})"
            ).fetchall()
        return Reading(rows, cursor_value)

    def _checked_columns(self, entry: str, spec: SourceFile) -> list[str]:
        """The columns to read, once the database is known to have them all."""
        with duckdb.connect() as scratch:
            try:
                stream = self._stream(f"SELECT * FROM {_origin(spec)} AS extract LIMIT 0")
                scratch.register("extract", stream)
                types = {row[0]: row[1] for row in scratch.execute("DESCRIBE extract").fetchall()}
            except (adbc.Error, duckdb.Error) as error:
                raise self._mapping.error(
                    ("files", entry, "query" if spec.query else "table"),
                    f"{entry}: the database refuses it: {self._plain(error)}.",
                    "Correct the name or query, or have the account be allowed to read it.",
                ) from None
        wanted = [*spec.column_names, *([spec.cursor] if spec.cursor else [])]
        missing = [name for name in wanted if name not in types]
        if missing:
            raise self._mapping.error(
                ("files", entry, "columns"),
                f"{entry}: column {', '.join(map(repr, missing))} is mapped but not in the "
                f"database, which has: {', '.join(sorted(types))}.",
                "Correct the column, or the query.",
            )
        if spec.cursor and types[spec.cursor] not in _CURSOR_TYPES:
            raise self._mapping.error(
                ("files", entry, "cursor"),
                f"{entry}: cursor {spec.cursor!r} is {types[spec.cursor].lower()}.",
                "Use a time, a date or a whole number that only grows.",
            )
        return list(dict.fromkeys(wanted))

    def _stream(self, sql: str) -> Any:
        self._session.execute(sql)
        return self._session.fetch_arrow()

    def _plain(self, error: Exception) -> str:
        return _without_secrets(error, self._secrets)

    def _place(self, entry: str) -> str:
        spec = self._mapping.source.files[entry]
        return f"{self._mapping.name}, {entry} ({spec.table or 'query'})"


@contextmanager
def open_database(mapping: SourceMapping) -> Iterator[PostgresReader]:
    """A reader of the database that a mapping names, read only.

    The address, with its password, is in the environment variable that the mapping
    names, and is never shown.

    Raises:
        ConfigurationError: if the variable is not set.
        ExtractError: if the database cannot be reached.
    """
    database = mapping.source.database
    assert database is not None  # the mapping's own check has run
    url = os.environ.get(database.url_from)
    if not url:
        raise ConfigurationError(
            f"{mapping.place('database', 'url_from')}: the environment variable "
            f"{database.url_from} is not set. Set it to the database's address: "
            "postgresql://user:password@host:5432/name."
        )
    secrets = _secrets_of(url)
    try:
        connection = adbc.connect(url, autocommit=True)
    except adbc.Error as error:
        raise ExtractError(
            mapping.place("database", "url_from"),
            f"the database at {database.url_from} does not answer: "
            f"{_without_secrets(error, secrets)}.",
            _STAYS,
        ) from None
    try:
        with connection.cursor() as session:
            session.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            session.execute("SET LOCAL TimeZone = 'UTC'")
            yield PostgresReader(mapping, session, secrets)
    finally:
        connection.close()


def _origin(spec: SourceFile) -> str:
    if spec.query is not None:
        return f"({spec.query.strip().rstrip(';')})"
    assert spec.table is not None
    return ".".join(identifier(part) for part in spec.table.split("."))


def _cursor_type_sql(value: str) -> str:
    """The PostgreSQL type of a cursor's value, for arithmetic with it."""
    if value.lstrip("-").isdigit():
        return "bigint"
    return "timestamptz" if "+" in value else "timestamp"


def _overlap(overlap: str) -> str:
    return overlap if overlap.isdigit() else f"interval {literal(overlap)}"


def _secrets_of(url: str) -> tuple[str, ...]:
    password = urlsplit(url).password
    return (url, *((password, unquote(password)) if password else ()))


def _without_secrets(error: Exception, secrets: tuple[str, ...]) -> str:
    text = " ".join(str(error).split()).split(" Query was: ", maxsplit=1)[0].rstrip(".")
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
