"""Marts that are published by month, and which build each of their months is of.

Their models are built by month (``by_month`` in ``dbt/macros/client_months.sql``): a month that
two builds share has the same rows in both, so a night publishes only what it touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, PositiveInt

from dagster_project.errors import PublicationRefusedError
from dagster_project.publication.names import Identifier
from dagster_project.publication.warehouse import WAREHOUSE, relation

#: Exactly the marts whose models are built by month, by dbt's manifest
#: (``tests/unit/test_dbt_conventions.py``).
MONTHLY_MARTS = ("core.fct_revenue_lines",)

#: Published in every mart; the models built by month leave them to the publication.
RUN_ID = "run_id"

#: The column that says which month a row is of.
MONTH = "month_start"


class Month(BaseModel):
    """What a mart holds of one month: how many rows, and the build that made them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    build_id: Identifier
    rows: PositiveInt


#: The months of a mart that have rows, in order.
Months = Mapping[dt.date, Month]


def read_months(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[dt.date, Month]]:
    """Months by mart, of the monthly marts that the attached warehouse holds.

    Raises:
        PublicationRefusedError: if the warehouse does not say which build a month is of.
    """
    found = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?",
            [WAREHOUSE],
        ).fetchall()
    }
    return {mart: _read_months(connection, mart) for mart in MONTHLY_MARTS if mart in found}


def month_path(run_dir: Path, mart: str, run_id: str, month: dt.date) -> Path:
    """The Parquet file of a month, named so that readers take run and month from the path."""
    schema, table = mart.split(".", maxsplit=1)
    return (
        run_dir / schema / table / f"{RUN_ID}={run_id}" / f"{MONTH}={month:%Y-%m-%d}"
    ) / "rows.parquet"


def _read_months(connection: duckdb.DuckDBPyConnection, mart: str) -> dict[dt.date, Month]:
    try:
        rows = connection.execute(
            f"SELECT {MONTH}, min(build_id), count(*) FROM {relation(WAREHOUSE, mart)} "
            f"LEFT JOIN {WAREHOUSE}.intermediate.int_month_builds USING ({MONTH}) "
            f"GROUP BY {MONTH} ORDER BY {MONTH}"
        ).fetchall()
    except duckdb.Error as error:
        raise PublicationRefusedError(
            f"{mart}: the warehouse does not say which build its months are of "
            "(int_month_builds cannot be read). Run the whole build, not dbt alone. "
            f"DuckDB says: {error}"
        ) from error
    unknown = [str(month) for month, build_id, _ in rows if month is None or build_id is None]
    if unknown:
        raise PublicationRefusedError(
            f"{mart}: int_month_builds does not say which build made its rows of "
            f"{', '.join(unknown)}. Build every month anew."
        )
    return {month: Month(build_id=build_id, rows=count) for month, build_id, count in rows}
