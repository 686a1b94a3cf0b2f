"""Marts that are published in parts, and which builds made the rows of each.

A part is a group of clients in a month; in a small mart all clients are one group. The
models of these marts are built by client and month (``by_client_month`` in
``dbt/macros/client_months.sql``): what two builds share has the same rows in both, so a
night writes only the files of the parts it touched. A merge touches every month of two
clients, but of each month only the files of two groups.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from dagster_project.errors import PublicationRefusedError
from dagster_project.publication.names import Identifier
from dagster_project.publication.warehouse import WAREHOUSE, relation

#: Exactly the marts whose models are built by client and month, by dbt's manifest
#: (``tests/unit/test_dbt_conventions.py``).
PARTED_MARTS = ("core.fct_revenue_lines",)

#: Published in every mart; the models of these marts leave them to the publication.
RUN_ID = "run_id"

#: The columns that say which part a row is of.
MONTH, CLIENT = "month_start", "client_id"

#: Rows that suit a file: fewer are many files of little, more are written for a few changes.
ROWS_A_PART = 50_000
MOST_GROUPS = 32

#: How many times too few or too many groups there may be before the mart is cut anew,
#: which writes all of its files.
TOLERANCE = 4

#: In the warehouse: of each client's month that was built after the last full build, the
#: build that last built it (``client_id``, ``month_start``, ``build_id``).
CLIENT_MONTH_BUILDS = f"{WAREHOUSE}.intermediate.int_client_month_builds"


class Part(BaseModel):
    """What a mart holds of a group's month: how many rows, and which builds made them.

    ``builds`` is a digest of the build that made everything and of each client's month
    that was built again later. It rests on the hash that also makes the groups, so where
    another DuckDB hashes otherwise no part is taken for one of before.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    month: dt.date
    group: NonNegativeInt
    rows: PositiveInt
    builds: Identifier


class Parts(BaseModel):
    """All parts of a mart that have rows, in order of month and group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: PositiveInt
    parts: tuple[Part, ...]


def read_parts(
    connection: duckdb.DuckDBPyConnection, groups_before: Mapping[str, int]
) -> dict[str, Parts]:
    """Parts by mart, of the parted marts that the attached warehouse holds.

    Args:
        connection: from :func:`~dagster_project.publication.warehouse.open_warehouse`.
        groups_before: into how many groups a mart was cut before, which is kept unless it
            has grown or shrunk a lot.

    Raises:
        PublicationRefusedError: if the warehouse does not say which builds made its rows,
            or has rows of no month or no client.
    """
    found = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?",
            [WAREHOUSE],
        ).fetchall()
    }
    return {
        mart: _read_parts(connection, mart, groups_before.get(mart))
        for mart in PARTED_MARTS
        if mart in found
    }


def group_sql(groups: int) -> str:
    """SQL for the group of a row's client, from 0."""
    return f"(hash({CLIENT}) % {groups})::INTEGER"


def part_path(run_dir: Path, mart: str, run_id: str, groups: int, part: Part) -> Path:
    """The Parquet file of a part, named so that readers take run and month from the path."""
    schema, table = mart.split(".", maxsplit=1)
    folder = run_dir / schema / table / f"{RUN_ID}={run_id}" / f"{MONTH}={part.month:%Y-%m-%d}"
    return folder / ("rows.parquet" if groups == 1 else f"rows-{part.group:02}.parquet")


def count_groups(rows_a_month: float, before: int | None) -> int:
    """Into how many groups clients are put: a power of two, and seldom another one.

    Args:
        rows_a_month: of the mart, in the mean.
        before: how many there were before, if the mart was published in parts.
    """
    suiting = max(rows_a_month / ROWS_A_PART, 1)
    if before is not None and suiting / TOLERANCE <= before <= suiting * TOLERANCE:
        return before
    return int(min(2 ** round(math.log2(suiting)), MOST_GROUPS))


def _read_parts(connection: duckdb.DuckDBPyConnection, mart: str, before: int | None) -> Parts:
    try:
        _read_finest_parts(connection, mart)
    except duckdb.Error as error:
        raise PublicationRefusedError(
            f"{mart}: the warehouse does not say which builds made its rows "
            "(int_client_month_builds or run.context cannot be read). Run the whole build, "
            f"not dbt alone. DuckDB says: {error}"
        ) from error
    [(rows, known, months)] = connection.execute(
        f"SELECT coalesce(sum(row_count), 0), coalesce(sum(known_count), 0), "
        f"count(DISTINCT {MONTH}) FROM finest_parts"
    ).fetchall()
    if rows != known:
        raise PublicationRefusedError(
            f"{mart}: {rows - known} rows of no month or no client cannot be published. Correct "
            "the models, then build everything anew."
        )
    groups = count_groups(rows / max(months, 1), before)
    # A power of two divides the finest count, so groups are made of whole finest groups.
    found = connection.execute(
        f"SELECT {MONTH}, client_group % {groups} AS client_group, sum(row_count), "
        "printf('%016x', xor(any_value(full_build), bit_xor(built_again))) "
        "FROM finest_parts GROUP BY 1, 2 HAVING sum(row_count) > 0 ORDER BY 1, 2"
    ).fetchall()
    return Parts(
        groups=groups,
        parts=tuple(
            Part(month=month, group=group, rows=row_count, builds=builds)
            for month, group, row_count, builds in found
        ),
    )


def _read_finest_parts(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    """Put into ``finest_parts`` what there is of each month in the most groups.

    One scan of two columns of the mart, however many groups there will be. Clients' months
    that have lost their rows are in it as well: their part is another one without them. The
    hash is of one text, since DuckDB's hash of several columns is the xor of theirs: a build
    that made an even number of clients' months would leave no trace.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE finest_parts AS
        SELECT {MONTH}, client_group, coalesce(row_count, 0) AS row_count,
            coalesce(known_count, 0) AS known_count,
            coalesce(built_again, 0::UBIGINT) AS built_again, full_build
        FROM (
            SELECT {MONTH}, {group_sql(MOST_GROUPS)} AS client_group,
                count(*) AS row_count,
                count({CLIENT}) FILTER ({MONTH} IS NOT NULL) AS known_count
            FROM {relation(WAREHOUSE, mart)} GROUP BY ALL
        )
        FULL JOIN (
            SELECT {MONTH}, {group_sql(MOST_GROUPS)} AS client_group,
                bit_xor(hash(concat_ws(' ', {MONTH}, build_id, {CLIENT}))) AS built_again
            FROM {CLIENT_MONTH_BUILDS} GROUP BY ALL
        ) USING ({MONTH}, client_group)
        CROSS JOIN (
            SELECT hash(full_build_id) AS full_build FROM {WAREHOUSE}.run.context
        )
        """
    )
