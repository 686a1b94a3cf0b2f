"""The contract's tables as the lake holds them today, laid out for the warehouse.

Every table of the contract exists for the models, with no rows where no source
fills it, so that a company needs no other models than its neighbour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from dagster_project.errors import ExtractError
from dagster_project.ingestion.contract import CONTRACT, LINEAGE_COLUMNS, Table
from dagster_project.ingestion.decisions import load_decisions
from dagster_project.ingestion.findings_in_force import write_findings_in_force
from dagster_project.ingestion.ledger import Load, months_in_force
from dagster_project.ingestion.mapping import LoadMode, SourceMapping
from dagster_project.ingestion.moved_rows import find_moved_rows, rows_of_months_sql
from dagster_project.ingestion.rows_file import landed_rows_sql
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.ingestion.workbench import FINDINGS_COLUMNS


def prepare_warehouse(
    warehouse_path: Path,
    lake_dir: Path,
    loads: Sequence[Load],
    mappings: Mapping[str, SourceMapping],
    decisions_path: Path | None = None,
    *,
    max_set_aside_share: float = 1.0,
) -> dict[str, int]:
    """Point the warehouse's input views at the loads in force.

    Args:
        decisions_path: the file of decisions about unmatched customers, if there is one.
        max_set_aside_share: of the rows of a source's table, how many may have a key
            that a later file has in another month.

    Returns:
        The number of rows of each contract table that a source fills.

    Raises:
        ExtractError: if two sources hold the same key of a table, more of its keys than
            the company allows stand in two months, or a landed file is damaged.
        ConfigurationError: if a decision is not what it should be.
    """
    warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    by_table: dict[str, list[Load]] = {}
    for load in loads:
        by_table.setdefault(load.table, []).append(load)
    with duckdb.connect(str(warehouse_path)) as connection:
        for schema in dict.fromkeys(table.schema for table in CONTRACT.values()):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        moved: list[Path] = []
        for table in CONTRACT.values():
            table_loads = by_table.get(table.name, [])
            try:
                moved_rows = find_moved_rows(
                    connection,
                    table,
                    table_loads,
                    lake_dir,
                    warehouse_path,
                    max_share=max_set_aside_share,
                )
                moved += moved_rows.values()
                sql = current_rows_sql(table, table_loads, lake_dir, moved_rows)
                connection.execute(f"CREATE OR REPLACE VIEW {table.name} AS {sql}")
            except duckdb.Error:
                _stop_on_damaged_load(connection, table_loads, lake_dir)
                raise
        _create_findings_view(connection, lake_dir, loads, warehouse_path, moved)
        load_decisions(connection, decisions_path)
        # What was found of the build before must not speak for this one.
        connection.execute("DROP TABLE IF EXISTS quality.check_results")
        for name in by_table:
            _stop_on_shared_keys(connection, CONTRACT[name], mappings)
        counts = _write_input_counts(connection)
        return {name: counts[name] for name in CONTRACT if name in by_table}


def _stop_on_damaged_load(
    connection: duckdb.DuckDBPyConnection, loads: Sequence[Load], lake_dir: Path
) -> None:
    """Name the landed file that cannot be read, if that is what is wrong."""
    for load in loads:
        path = load.rows_path(lake_dir)
        try:
            connection.execute(f"SELECT * FROM read_parquet({literal(path)}) LIMIT 0")
        except duckdb.Error as error:
            raise ExtractError(
                str(path),
                f"the landed file of {load.table} is damaged: {str(error).splitlines()[0]}.",
                "Remove it and run again: it is landed anew from the extracts.",
            ) from None


def current_rows_sql(
    table: Table,
    loads: Sequence[Load],
    lake_dir: Path,
    moved: Mapping[str, Path] | None = None,
) -> str:
    """SQL for a contract table's rows in force, from its loads in the order of landing.

    Args:
        moved: by source the file of rows that moved to another month.
    """
    columns = ", ".join(
        [identifier(column.name) for column in table.columns] + list(LINEAGE_COLUMNS)
    )
    if not loads:
        empty = [
            f"CAST(NULL AS {column.type.sql}) AS {identifier(column.name)}"
            for column in table.columns
        ] + [f"CAST(NULL AS {type_}) AS {name}" for name, type_ in LINEAGE_COLUMNS.items()]
        return f"SELECT {', '.join(empty)} WHERE false"
    by_source: dict[str, list[Load]] = {}
    for load in loads:
        by_source.setdefault(load.source, []).append(load)
    rows = " UNION ALL ".join(
        f"({_source_rows_sql(table, source_loads, lake_dir, columns, (moved or {}).get(source))})"
        for source, source_loads in by_source.items()
    )
    if table.column("is_deleted") is None:
        return rows
    return f"SELECT * FROM ({rows}) WHERE is_deleted IS DISTINCT FROM true"


def _source_rows_sql(
    table: Table, loads: Sequence[Load], lake_dir: Path, columns: str, moved: Path | None
) -> str:
    mode = loads[-1].mode
    if mode is LoadMode.FULL:
        return f"SELECT {columns} FROM {landed_rows_sql(loads[-1], lake_dir)}" + _where(
            *_not_deleted(loads[-1])
        )
    if mode is LoadMode.REPLACE_PERIOD:
        return " UNION ALL ".join(_months_in_force(table, loads, lake_dir, columns, moved))
    return _newest_by_key(table, loads, lake_dir, columns)


def _months_in_force(
    table: Table, loads: Sequence[Load], lake_dir: Path, columns: str, moved: Path | None
) -> list[str]:
    """Of every load the months that no later load brought again, without rows that moved."""
    parts = []
    for load, months in months_in_force(loads):
        sql = rows_of_months_sql(table, load, months, lake_dir, columns)
        if moved is not None:
            same_row = " AND ".join(
                f"landed.{identifier(name)} = moved.{identifier(name)}" for name in table.key
            )
            sql += (
                f" AND NOT EXISTS (SELECT 1 FROM read_parquet({literal(moved)}) AS moved "
                f"WHERE moved._load_id = {literal(load.load_id)} AND {same_row})"
            )
        parts.append(sql)
    return parts


def _newest_by_key(table: Table, loads: Sequence[Load], lake_dir: Path, columns: str) -> str:
    """Of every key the row of the last load that has it.

    One load is the history, many times the size of the nights around it. Its rows are
    read past the keys of the loads after it, which are few, so they are neither sorted
    nor held in memory; only the rows of the other loads are ranked.
    """
    if any(load.is_versioned for load in loads):
        return _highest_version_by_key(table, loads, lake_dir, columns)
    history = max(range(len(loads)), key=lambda position: loads[position].rows_landed)
    base = landed_rows_sql(loads[history], lake_dir)
    parts = []
    newer = _ranked(table, loads[history + 1 :], lake_dir, columns)
    older = _ranked(table, loads[:history], lake_dir, columns)
    parts.append(
        f"SELECT {columns} FROM {base} AS base"
        + _where(*_not_deleted(loads[history]), *_without(table, "base", newer))
    )
    if newer:
        parts.append(f"SELECT {columns} FROM ({newer}) WHERE NOT _is_deleted")
    if older:
        hidden = _without(table, "older", f"SELECT * FROM {base}", newer)
        parts.append(
            f"SELECT {columns} FROM ({older}) AS older" + _where("NOT _is_deleted", *hidden)
        )
    return " UNION ALL ".join(parts)


def _highest_version_by_key(
    table: Table, loads: Sequence[Load], lake_dir: Path, columns: str
) -> str:
    """Of every key the row of the highest version, whichever load has it.

    Here too the history's rows are ranked only where another load has their key.
    """
    position = max(range(len(loads)), key=lambda position: loads[position].rows_landed)
    base = _marked(loads[position], position, lake_dir, columns)
    others = [
        _marked(load, number, lake_dir, columns)
        for number, load in enumerate(loads)
        if number != position
    ]
    if not others:
        return f"SELECT {columns} FROM ({base}) WHERE NOT _is_deleted"
    other_rows = " UNION ALL ".join(others)
    untouched = _without(table, "base", other_rows)
    touched = [condition.removeprefix("NOT ") for condition in untouched]
    ranked = _newest(
        table, f"{other_rows} UNION ALL SELECT * FROM ({base}) AS base{_where(*touched)}"
    )
    return (
        f"SELECT {columns} FROM ({base}) AS base{_where('NOT _is_deleted', *untouched)} "
        f"UNION ALL SELECT {columns} FROM ({ranked}) WHERE NOT _is_deleted"
    )


def _marked(load: Load, position: int, lake_dir: Path, columns: str) -> str:
    """A load's rows with all that tells which of two rows of a key is in force."""
    deleted = "_is_deleted" if load.rows_deleted else "false AS _is_deleted"
    version = "_version" if load.is_versioned else "CAST(NULL AS TIMESTAMP) AS _version"
    return (
        f"SELECT {columns}, {deleted}, {version}, {position} AS _position "
        f"FROM {landed_rows_sql(load, lake_dir)}"
    )


def _newest(table: Table, rows: str) -> str:
    key = ", ".join(identifier(name) for name in table.key)
    return (
        f"SELECT * EXCLUDE (_position, _version) FROM ({rows}) "
        f"QUALIFY row_number() OVER ("
        f"PARTITION BY {key} ORDER BY _version DESC NULLS LAST, _position DESC) = 1"
    )


def _not_deleted(load: Load) -> list[str]:
    return ["NOT _is_deleted"] if load.rows_deleted else []


def _where(*conditions: str) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _ranked(table: Table, loads: Sequence[Load], lake_dir: Path, columns: str) -> str | None:
    """The newest row of each key among some loads; None where there are no loads."""
    if not loads:
        return None
    return _newest(
        table,
        " UNION ALL ".join(
            _marked(load, position, lake_dir, columns) for position, load in enumerate(loads)
        ),
    )


def _without(table: Table, alias: str, *others: str | None) -> list[str]:
    """Conditions that leave out the keys that other rows have."""
    conditions = []
    for number, other in enumerate(other for other in others if other):
        same_key = " AND ".join(
            f"{alias}.{identifier(name)} = other_{number}.{identifier(name)}" for name in table.key
        )
        conditions.append(
            f"NOT EXISTS (SELECT 1 FROM ({other}) AS other_{number} WHERE {same_key})"
        )
    return conditions


def _create_findings_view(
    connection: duckdb.DuckDBPyConnection,
    lake_dir: Path,
    loads: Sequence[Load],
    warehouse_path: Path,
    moved: Sequence[Path],
) -> None:
    """``lake.findings``: the rows that were set aside and that no later load has mended."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS lake")
    path = write_findings_in_force(connection, lake_dir, loads, warehouse_path, moved)
    if path is not None:
        columns = ", ".join(map(identifier, FINDINGS_COLUMNS))
        sql = f"SELECT {columns} FROM read_parquet([{literal(path)}])"
    else:
        empty = ", ".join(
            f"CAST(NULL AS {type_}) AS {identifier(name)}"
            for name, type_ in FINDINGS_COLUMNS.items()
        )
        sql = f"SELECT {empty} WHERE false"
    connection.execute(f"CREATE OR REPLACE VIEW lake.findings AS {sql}")


def _write_input_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """``lake.input_counts``: by it an empty mart can say which input it lacks."""
    counted = " UNION ALL ".join(
        f"SELECT {literal(name)} AS table_name, count(*) AS row_count FROM {name}"
        for name in CONTRACT
    )
    connection.execute(f"CREATE OR REPLACE TABLE lake.input_counts AS {counted}")
    return dict(
        connection.execute("SELECT table_name, row_count FROM lake.input_counts").fetchall()
    )


def _stop_on_shared_keys(
    connection: duckdb.DuckDBPyConnection, table: Table, mappings: Mapping[str, SourceMapping]
) -> None:
    """No key of a table may come from two sources: neither would be the right one."""
    sources = [name for name, mapping in mappings.items() if table.name in mapping.source.tables]
    if len(sources) < 2:
        return
    key = ", ".join(identifier(name) for name in table.key)
    shared = connection.execute(
        f"""
        SELECT
            count(*) OVER (), {", ".join(f"{identifier(n)}::VARCHAR" for n in table.key)},
            arg_min(_source, _source), arg_min(_file, _source), arg_min(_row, _source),
            arg_max(_source, _source), arg_max(_file, _source), arg_max(_row, _source)
        FROM {table.name} GROUP BY {key} HAVING count(DISTINCT _source) > 1
        ORDER BY {key} LIMIT 1
        """
    ).fetchall()
    if not shared:
        return
    number, *rest = shared[0]
    values, (one, one_file, one_row, two, two_file, two_row) = rest[:-6], rest[-6:]
    named = ", ".join(f"{name} {value!r}" for name, value in zip(table.key, values, strict=True))
    raise ExtractError(
        mappings[two].place("tables", table.name),
        f"sources {one} and {two} both claim {table.name} {named} "
        f"({one_file} row {one_row}; {two_file} row {two_row}), and {number - 1:,} more keys.",
        f"Map the table from one of them, or make the keys distinct, for example "
        f"{table.key[0]}: \"'{two}-' || <column>\".",
    )
