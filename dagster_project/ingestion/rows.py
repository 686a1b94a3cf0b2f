"""SQL that turns an extract's rows into contract rows, and says what is wrong with them.

Every rule about a single row is here. A row's faults are a list of (column,
value, rule); it is NULL where the row is good.
"""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.ingestion import formats, values
from dagster_project.ingestion.contract import Column, ColumnType, Table
from dagster_project.ingestion.mapping import FileColumn, FileFormat, SourceFile, TableMapping
from dagster_project.ingestion.sql import identifier, literal

#: Rules by which a row is set aside, each with what it means to a person.
ROW_RULES = {
    "malformed_record": "the record has too many or too few columns, or a broken quote",
    "type": "the value is not of the column's type",
    "missing_value": "a required value is missing",
    "accepted_values": "the value is none of those the contract accepts",
    "duplicate_key": "an earlier row has the same key",
    "moved_key": "a later file has the key in another month",
}


def typed_file_sql(file: SourceFile, scan: str) -> str:
    """Rows of a file in the types its mapping declares, with ``_faults``."""
    typed = [column for column in file.columns if column.type != "text"]
    # Cast beside the text in a query of its own, so that each value is read once.
    casts = "".join(f", {_file_cast(column, file)} AS {_cast_name(column)}" for column in typed)
    columns = ", ".join(
        f"{_cast_name(column)} AS {identifier(column.name)}"
        if column in typed
        else identifier(column.name)
        for column in file.columns
    )
    faults = [
        _fault(
            f"{identifier(column.name)} IS NOT NULL AND {_cast_name(column)} IS NULL",
            column.name,
            identifier(column.name),
            "type",
        )
        for column in typed
    ]
    if file.format in formats.WITH_BROKEN_RECORDS:
        broken = "malformed_record"
        faults.append(_fault(f"{formats.BROKEN} IS NOT NULL", None, formats.BROKEN, broken))
    return (
        f"SELECT {columns}, _file, _row, {_faults(faults)} AS _faults "
        f"FROM (SELECT *{casts} FROM ({scan}))"
    )


def _cast_name(column: FileColumn) -> str:
    return identifier(f"{column.name} as {column.type}")


def contract_sql(
    table: Table,
    table_mapping: TableMapping,
    origin: str,
    *,
    source: str,
    load_id: str,
    own_columns: frozenset[str],
    trimmed: frozenset[str] = frozenset(),
    has_lineage: bool = True,
) -> str:
    """Rows of a contract table from a relation that has ``_file``, ``_row``, ``_faults``.

    Args:
        own_columns: the file's column names, so that a fault is told in them.
        trimmed: those of them whose texts have no blanks around them and are not empty.
        has_lineage: whether the rows say where they are from.
    """
    mapped = ", ".join(
        f"({table_mapping.columns[column.name]}) AS {identifier(column.name)}"
        if column.name in table_mapping.columns
        else f"NULL AS {identifier(column.name)}"
        for column in table.columns
    )
    clean = {
        column.name
        for column in table.columns
        if table_mapping.columns.get(column.name, "").strip('"') in trimmed
    }
    typed = ", ".join(
        f"{_cast(column, is_clean=column.name in clean)} AS {identifier(column.name)}"
        for column in table.columns
    )
    faults: list[_Fault] = []
    key_faults: list[_Fault] = []
    for column in table.columns:
        expression = table_mapping.columns.get(column.name, "")
        shown = expression if expression in own_columns else column.name
        found_faults = _column_faults(column, shown, is_clean=column.name in clean)
        faults += found_faults
        if column.is_key:
            key_faults += found_faults
    lineage = f"{literal(source)} AS _source, _file, _row, {literal(load_id)} AS _load_id, "
    if not has_lineage:
        lineage = ""
    marks = ""
    if table_mapping.version is not None:
        version = Column("_version", ColumnType.TIMESTAMP, is_required=True)
        mapped += f", ({table_mapping.version}) AS _version"
        marks += f"{_cast(version)} AS _version, "
        faults += _column_faults(version, table_mapping.version)
        key_faults += _column_faults(version, table_mapping.version)
    found = _faults(faults, before="_faults")
    if table_mapping.deleted is not None:
        deleted = f"coalesce(try_cast(({table_mapping.deleted}) AS BOOLEAN), false)"
        mapped += f", {deleted} AS _is_deleted"
        marks += "_is_deleted, "
        # Of what was deleted a system often keeps the key alone, and more is not needed.
        has_key = " AND ".join(
            f"{_cast(column)} IS NOT NULL" for column in table.columns if column.is_key
        )
        found = (
            f"CASE WHEN _is_deleted AND {has_key} THEN {_faults(key_faults)} "
            f"WHEN _is_deleted THEN {_faults(key_faults, before='_faults')} ELSE {found} END"
        )
    return (
        f"SELECT {typed}, {lineage}{marks}{found} AS _faults "
        f"FROM (SELECT {mapped}, _file, _row, _faults FROM {origin})"
    )


def key_text_sql(table: Table) -> str:
    """A row's key as one text, for findings."""
    return f"concat_ws(' | ', {', '.join(identifier(name) for name in table.key)})"


def amount_sql(table: Table) -> str:
    """The money a row is about, for findings; NULL where it is about none."""
    money = [column.name for column in table.columns if column.type == "money"]
    return identifier(money[0]) if money else "NULL::DECIMAL(18,4)"


def currency_sql(table: Table) -> str:
    """The currency of that money; NULL where another table's row tells it."""
    named = [column.name for column in table.columns if column.name.endswith("currency")]
    return identifier(named[0]) if named else "NULL::VARCHAR"


def _column_faults(column: Column, shown: str, *, is_clean: bool = False) -> list[_Fault]:
    name = identifier(column.name)
    cast = _cast(column, is_clean=is_clean)
    faults: list[_Fault] = []
    if not column.type.is_text:
        faults.append(_fault(f"{name} IS NOT NULL AND {cast} IS NULL", shown, name, "type"))
    if column.is_required:
        # What a row lacks because it could not be read is told once, as that.
        text = name if is_clean else _trimmed(name)
        missing = f"_faults IS NULL AND {text} IS NULL"
        faults.append(_fault(missing, shown, name, "missing_value"))
    if column.values:
        accepted = ", ".join(literal(value) for value in column.values)
        faults.append(_fault(f"{cast} NOT IN ({accepted})", shown, name, "accepted_values"))
    return faults


def _cast(column: Column, *, is_clean: bool = False) -> str:
    name = identifier(column.name)
    if column.type.is_text:
        return name if is_clean else _trimmed(name)
    return _exact_cast(name, column.type.sql)


def _trimmed(name: str) -> str:
    return values.trimmed_sql(f"CAST({name} AS VARCHAR)")


def _file_cast(column: FileColumn, file: SourceFile) -> str:
    name = identifier(column.name)
    if column.type == "text":
        return name
    if column.type == "number":
        text = f"CAST({name} AS VARCHAR)"
        return values.number_sql(text, file.decimal, file.thousands)
    if column.type == "excel_date":
        return values.excel_date_sql(name)
    if (
        column.type in ("date", "timestamp")
        and file.date_format is not None
        and file.format is not FileFormat.PARQUET
    ):
        parsed = f"try_strptime({name}, {literal(file.date_format)})"
        return _in_calendar(f"CAST({parsed} AS {column.sql_type})")
    return _exact_cast(name, column.sql_type)


def _exact_cast(value: str, sql_type: str) -> str:
    """A value as a type; NULL where it only comes near one.

    DuckDB would round 1.234 to a whole number, read 05-01-24 as a day of the year
    5, know a day named infinity, and drop a time's offset from UTC.
    """
    cast = f"try_cast({value} AS {sql_type})"
    if sql_type in ("INTEGER", "BIGINT"):
        return f"CASE WHEN try_cast({value} AS DECIMAL(38,10)) = {cast} THEN {cast} END"
    if sql_type == "TIMESTAMP":
        return _in_calendar(f"(try_cast({value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')")
    if sql_type == "DATE":
        return _in_calendar(cast)
    return cast


def _in_calendar(cast: str) -> str:
    return f"CASE WHEN year({cast}) BETWEEN 1000 AND 9999 THEN {cast} END"


@dataclass(frozen=True)
class _Fault:
    """A rule about one column: when a row breaks it, and the fault as SQL then."""

    condition: str
    found: str


def _fault(condition: str, column: str | None, value: str, rule: str) -> _Fault:
    named = "CAST(NULL AS VARCHAR)" if column is None else literal(column)
    return _Fault(
        condition,
        f'{{"column": {named}, "value": CAST({value} AS VARCHAR), "rule": \'{rule}\'}}',
    )


def _faults(faults: list[_Fault], before: str | None = None) -> str:
    """A list of those that hold, after the ones found earlier; NULL when there are none.

    Lists are made only for rows that break a rule: nearly all break none, and making
    and filtering a list for each of them took most of the landing's time.
    """
    kind = 'STRUCT("column" VARCHAR, "value" VARCHAR, "rule" VARCHAR)[]'
    if not faults:
        return before or f"CAST(NULL AS {kind})"
    conditions = [f"({fault.condition})" for fault in faults]
    found = ", ".join(f"CASE WHEN {fault.condition} THEN {fault.found} END" for fault in faults)
    earlier = f"coalesce({before}, CAST([] AS {kind})) || " if before else ""
    if before:
        conditions.insert(0, f"{before} IS NOT NULL")
    return (
        f"CASE WHEN {' OR '.join(conditions)} THEN "
        f"list_filter({earlier}CAST([{found}] AS {kind}), lambda fault: fault IS NOT NULL) END"
    )
