"""The SQLAlchemy dialect through which Great Expectations reads DuckDB.

Great Expectations fetches the rows of a query after it has given the connection
back. A DuckDB cursor does not survive that, so this dialect fetches every result
at once; the queries of expectations return few rows.
"""

from __future__ import annotations

from pathlib import Path

from duckdb_sqlalchemy import Dialect, DuckDBExecutionContext
from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

_DRIVER = "duckdb.buffered"


class BufferedExecutionContext(DuckDBExecutionContext):
    """Fetches a statement's rows as soon as it has run."""

    def post_exec(self) -> None:
        """Buffer the rows, if the statement returned any columns."""
        super().post_exec()  # type: ignore[no-untyped-call]  # SQLAlchemy does not say
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, initial_buffer=self.cursor.fetchall()
            )


class BufferedDuckDBDialect(Dialect):
    """DuckDB, with buffered results."""

    driver = "buffered"
    execution_ctx_cls = BufferedExecutionContext
    # SQLAlchemy asks every dialect class to say this for itself.
    supports_statement_cache = True


registry.register(_DRIVER, __name__, BufferedDuckDBDialect.__name__)


def connection_string(database: Path, memory_limit: str) -> str:
    """The URL under which SQLAlchemy opens a DuckDB file, for reading only."""
    url = URL.create(
        _DRIVER.replace(".", "+"),
        database=str(database),
        query={
            "access_mode": "read_only",
            "memory_limit": memory_limit,
            "temp_directory": f"{database}.spill",
        },
    )
    return url.render_as_string(hide_password=False)
