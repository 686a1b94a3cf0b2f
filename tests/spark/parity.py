"""Whether two published files hold the same rows."""

from __future__ import annotations

from pathlib import Path

import duckdb

#: How far two ratios may lie apart, of their own size: their sums may run in any order.
RATIO_TOLERANCE = 1e-9

_SCHEMAS = ("core", "marts")


def differences(one: Path, other: Path) -> list[str]:
    """What is not the same in two published files; each table by every row and column.

    Money, counts, texts and dates have to be equal, doubles within ``RATIO_TOLERANCE``.
    Tables, columns, their order, types and descriptions count as well.
    """
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        described = {name: _described(connection, name) for name in ("one", "other")}
        found = [
            f"{which}: only one of the files describes it so: {item}"
            for which, mine, theirs in (("one", "one", "other"), ("other", "other", "one"))
            for item in described[mine]
            if item not in described[theirs]
        ]
        if found:
            return found
        tables = dict.fromkeys((schema, table) for schema, table, *_ in described["one"])
        return [
            difference
            for schema, table in tables
            for difference in _row_differences(connection, schema, table)
        ]


def table_count(path: Path) -> int:
    """How many tables a published file has."""
    with duckdb.connect(path, read_only=True) as connection:
        return len({(schema, table) for schema, table, *_ in _described(connection, path.stem)})


def _described(
    connection: duckdb.DuckDBPyConnection, database: str
) -> list[tuple[str, str, str | None, int, str, str, str | None]]:
    return connection.execute(
        """
        SELECT schema_name, table_name, duckdb_tables.comment, column_index, column_name,
            data_type, duckdb_columns.comment
        FROM duckdb_tables()
        INNER JOIN duckdb_columns() USING (database_name, schema_name, table_name)
        WHERE database_name = ? AND list_contains(?, schema_name)
        ORDER BY ALL
        """,
        [database, list(_SCHEMAS)],
    ).fetchall()


def _row_differences(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    columns = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = 'one' AND schema_name = ? AND table_name = ?",
        [schema, table],
    ).fetchall()
    exact = [f'"{name}"' for name, type_ in columns if type_ != "DOUBLE"]
    ratios = [f'"{name}"' for name, type_ in columns if type_ == "DOUBLE"]
    order = ", ".join([*exact, *ratios])
    numbered = (
        f"SELECT *, row_number() OVER (ORDER BY {order}) AS _position FROM {{}}.{schema}.{table}"
    )
    unequal = " OR ".join(
        [f"one_rows.{column} IS DISTINCT FROM other_rows.{column}" for column in exact]
        + [
            f"(one_rows.{column} IS NULL) <> (other_rows.{column} IS NULL) "
            f"OR abs(one_rows.{column} - other_rows.{column}) "
            f"> {RATIO_TOLERANCE} * greatest(1, abs(one_rows.{column}))"
            for column in ratios
        ]
    )
    rows = connection.execute(
        f"""
        SELECT count(*) OVER (), one_rows, other_rows
        FROM ({numbered.format("one")}) AS one_rows
        FULL JOIN ({numbered.format("other")}) AS other_rows USING (_position)
        WHERE one_rows._position IS NULL OR other_rows._position IS NULL OR {unequal}
        LIMIT 2
        """
    ).fetchall()
    return [
        f"{schema}.{table}: {count} rows differ, such as\n  {one}\n  {other}"
        for count, one, other in rows
    ]
