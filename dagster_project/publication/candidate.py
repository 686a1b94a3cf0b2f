"""What may go wrong while the marts are copied out of the warehouse, before anyone sees them."""

from __future__ import annotations

import duckdb

from dagster_project.errors import PipelineError


class CandidateError(PipelineError):
    """The candidate could not be written as the receipt has it; what is published stays."""


def copy_rows(connection: duckdb.DuckDBPyConnection, statement: str, mart: str, rows: int) -> None:
    """Run a statement that copies ``rows`` rows of ``mart``.

    Raises:
        CandidateError: if it fails, or copies another number of rows.
    """
    try:
        [(copied,)] = connection.execute(statement).fetchall()
    except duckdb.Error as error:
        raise cannot_be_copied(mart, error) from error
    if copied != rows:
        raise CandidateError(
            f"{mart}: {copied} rows were copied of {rows} on the receipt, so nothing was "
            "published. Build again."
        )


def cannot_be_copied(mart: str, error: duckdb.Error) -> CandidateError:
    """The error for a mart that DuckDB will not copy."""
    return CandidateError(
        f"{mart}: cannot be copied, so nothing was published. Correct its model and build "
        f"again. DuckDB says: {error}"
    )
