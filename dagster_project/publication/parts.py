"""Marts that are published in parts: of a month, and of a large mart by groups of clients.

Their models are built by client and month (``by_client_month`` in
``dbt/macros/client_months.sql``): what two builds share has the same rows in both, so a
night publishes only the parts it touched. A merge touches every month of two clients;
with its clients in groups, a month is not written anew for two of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
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

#: Rows of a mart for which it gets one more group, and the most groups there are: a file
#: of a month then has some 50,000 rows if it has five years, and a small mart one a month.
ROWS_A_GROUP = 3_000_000
MOST_GROUPS = 32

#: DuckDB's function that spreads clients over groups.
HASH = "hash"


class Part(BaseModel):
    """What a mart holds of a group's month: how many rows, and which builds made them.

    ``builds`` is a digest: of the build that made everything, and of each client's month
    that was built again later.
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

    def by_month(self) -> Iterator[tuple[dt.date, list[Part]]]:
        """The parts of each month."""
        months: dict[dt.date, list[Part]] = {}
        for part in self.parts:
            months.setdefault(part.month, []).append(part)
        yield from months.items()

    def not_in(self, other: Parts | None) -> list[Part]:
        """The parts that another state of the mart does not hold, or not as they are here."""
        if other is None or other.groups != self.groups:
            return list(self.parts)
        held = set(other.parts)
        return [part for part in self.parts if part not in held]


def read_parts(connection: duckdb.DuckDBPyConnection) -> dict[str, Parts]:
    """Parts by mart, of the parted marts that the attached warehouse holds.

    Raises:
        PublicationRefusedError: if the warehouse does not say which builds made its rows.
    """
    found = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?",
            [WAREHOUSE],
        ).fetchall()
    }
    return {mart: _read_parts(connection, mart) for mart in PARTED_MARTS if mart in found}


def group_sql(groups: int) -> str:
    """SQL for the group that a row's client is in."""
    return "0" if groups == 1 else f"({HASH}({CLIENT}) % {groups})::INTEGER"


def part_path(run_dir: Path, mart: str, run_id: str, groups: int, part: Part) -> Path:
    """The Parquet file of a part, named so that readers take run and month from the path."""
    schema, table = mart.split(".", maxsplit=1)
    folder = run_dir / schema / table / f"{RUN_ID}={run_id}" / f"{MONTH}={part.month:%Y-%m-%d}"
    return folder / ("rows.parquet" if groups == 1 else f"rows-{part.group:02}.parquet")


def _read_parts(connection: duckdb.DuckDBPyConnection, mart: str) -> Parts:
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {relation(WAREHOUSE, mart)}").fetchall()
    groups = _groups(rows)
    # Of the digest every summand is a hash, so that parts of a DuckDB that hashes otherwise,
    # and puts clients into other groups, are not taken for these.
    group = group_sql(groups)
    statement = f"""
        SELECT {MONTH}, client_group, row_count,
            printf('%016x', ((full_build + coalesce(built_again, 0)) % {2**63})::BIGINT)
        FROM (
            SELECT {MONTH}, {group} AS client_group, count(*) AS row_count
            FROM {relation(WAREHOUSE, mart)} GROUP BY ALL
        )
        LEFT JOIN (
            SELECT {MONTH}, {group} AS client_group,
                sum({HASH}(concat_ws(' ', {CLIENT}, {MONTH}, build_id))::HUGEINT) AS built_again
            FROM {WAREHOUSE}.intermediate.int_client_month_builds GROUP BY ALL
        ) USING ({MONTH}, client_group)
        CROSS JOIN (
            SELECT {HASH}(full_build_id)::HUGEINT AS full_build FROM {WAREHOUSE}.run.context
        )
        ORDER BY ALL
    """
    try:
        found = connection.execute(statement).fetchall()
    except duckdb.Error as error:
        raise PublicationRefusedError(
            f"{mart}: the warehouse does not say which builds made its rows "
            "(int_client_month_builds or run.context cannot be read). Run the whole build, "
            f"not dbt alone. DuckDB says: {error}"
        ) from error
    if any(month is None for month, *_ in found):
        raise PublicationRefusedError(
            f"{mart}: rows of no month cannot be published. Build everything anew."
        )
    return Parts(
        groups=groups,
        parts=tuple(
            Part(month=month, group=group, rows=row_count, builds=builds)
            for month, group, row_count, builds in found
        ),
    )


def _groups(rows: int) -> int:
    """A power of two, so that a mart that grows is written anew seldom."""
    groups = 1
    while groups < MOST_GROUPS and rows >= 2 * groups * ROWS_A_GROUP:
        groups *= 2
    return groups
