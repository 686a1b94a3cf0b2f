"""Bank statements in 1CClientBankExchange: lines ``key=value``, a row a document.

Between ``СекцияДокумент=<kind>`` and ``КонецДокумента`` stands one payment document; what is
outside of documents tells of the file and of the account, and is no row.
"""

from __future__ import annotations

import duckdb

from dagster_project.errors import ExtractError
from dagster_project.ingestion.mapping import SourceFile
from dagster_project.ingestion.sql import identifier, literal

#: The first and the last line of every file.
FIRST_LINE, LAST_LINE = "1CClientBankExchange", "КонецФайла"

_PARTY_KEYS = (
    *("", "Счет", "ИНН", "КПП", "1", "2", "3", "4"),
    *("РасчСчет", "Банк1", "Банк2", "БИК", "Корсчет"),
)
#: What a document of version 1.03 may say; a bank leaves out what it has no value for.
DOCUMENT_KEYS = frozenset(
    [f"{party}{key}" for party in ("Плательщик", "Получатель") for key in _PARTY_KEYS]
    + [f"НазначениеПлатежа{number}" for number in ("", 1, 2, 3, 4, 5, 6)]
    + [f"УсловиеОплаты{number}" for number in (1, 2, 3)]
    + [f"Показатель{key}" for key in ("КБК", "Основания", "Периода", "Номера", "Даты", "Типа")]
    + [
        "СекцияДокумент",
        "Номер",
        "Дата",
        "Сумма",
        "КвитанцияДата",
        "КвитанцияВремя",
        "КвитанцияСодержание",
        "ДатаСписано",
        "ДатаПоступило",
        "ВидПлатежа",
        "ВидОплаты",
        "КодНазПлатежа",
        "Код",
        "СтатусСоставителя",
        "ОКАТО",
        "Очередность",
        "СрокАкцепта",
        "ВидАккредитива",
        "СрокПлатежа",
        "ПлатежПоПредст",
        "ДополнУсловия",
        "НомерСчетаПоставщика",
        "ДатаОтсылкиДок",
    ]
)
#: What stands behind the first document and in none.
_ACCOUNT_KEYS = (
    *("СекцияРасчСчет", "КонецРасчСчет", "РасчСчет", "ДатаНачала", "ДатаКонца"),
    *("НачальныйОстаток", "ВсегоПоступило", "ВсегоСписано", "КонечныйОстаток", LAST_LINE, ""),
)
#: By these a document shows whose first line was lost, before any other.
_ONLY_IN_DOCUMENTS = ("Номер", "Дата", "Сумма", "НазначениеПлатежа", "КонецДокумента")


def scan_documents_sql(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, lines: str, name: str, broken: str
) -> str:
    """SQL that reads a statement's documents.

    Args:
        connection: used to look at the file's ends.
        file: how the mapping says the file is to be read.
        lines: SQL of the file's lines in order, as column ``line``.
        name: what ``_file`` shows for it.
        broken: the column that has the text of what is no whole document: one without an
            end, with a line that is none of ``key=value`` or a key twice, or lines of a
            document whose first line is not there.

    Raises:
        ExtractError: if a column is no key of a document, or the file does not begin or
            end as it must.
    """
    unknown = [column for column in file.column_names if column not in DOCUMENT_KEYS]
    numbered = (
        "SELECT row_number() OVER () AS number, "
        f"coalesce(trim(line, ' ' || chr(9) || chr(13) || chr(65279)), '') AS line FROM ({lines})"
    )
    first, last, found = connection.execute(
        f"SELECT min_by(line, number), max_by(line, number), {_has_keys(unknown)} "
        f"FROM ({numbered}) WHERE line <> ''"
    ).fetchall()[0]
    if first != FIRST_LINE:
        raise ExtractError(
            name,
            f"it begins with {str(first)[:40]!r}, not with {FIRST_LINE!r}.",
            "Correct the mapping's format, or have the bank export it as 1CClientBankExchange.",
        )
    if last != LAST_LINE:
        raise ExtractError(
            name,
            f"it does not end with the line {LAST_LINE!r}.",
            "It may be cut short, or of another encoding than the mapping says (Windows is "
            "cp1251, DOS is cp866); export it again.",
        )
    missing = [column for column, is_there in zip(unknown, found, strict=True) if not is_there]
    if missing:
        raise ExtractError(
            name,
            f"column {', '.join(map(repr, missing))} is mapped but neither in the file nor a key "
            "of 1CClientBankExchange 1.03.",
            "Correct the mapping.",
        )
    return _records_sql(file, numbered, name, broken)


def _has_keys(keys: list[str]) -> str:
    tests = ", ".join(f"coalesce(bool_or(line LIKE {literal(key + '=%')}), false)" for key in keys)
    return f"CAST([{tests}] AS BOOLEAN[])"


def _records_sql(file: SourceFile, numbered: str, name: str, broken: str) -> str:
    """A row for every document, and one for every part that should have been one.

    A part begins at each document's first line and behind each one's last.
    """
    columns = ", ".join(
        f"nullif(trim(max(value) FILTER (key = {literal(column)})), '') AS {identifier(column)}"
        for column in file.column_names
    )
    twice = " OR ".join(
        f"count(*) FILTER (key = {literal(column)}) > 1" for column in file.column_names
    )
    shown = ", ".join(
        f"CASE WHEN is_document THEN {identifier(column)} END AS {identifier(column)}"
        for column in file.column_names
    )
    account_keys = ", ".join(map(literal, _ACCOUNT_KEYS))
    document_keys = ", ".join(map(literal, _ONLY_IN_DOCUMENTS))
    return f"""
        WITH lines AS ({numbered}),
        marked AS (
            SELECT
                *, split_part(line, '=', 1) AS key,
                line[len(split_part(line, '=', 1)) + 2:] AS value,
                line LIKE 'СекцияДокумент=%' AS is_start,
                line = 'КонецДокумента' AS is_end
            FROM lines
        ),
        parted AS (
            SELECT
                *,
                sum(is_start::INT) OVER (ORDER BY number ROWS UNBOUNDED PRECEDING)
                + sum(is_end::INT) OVER (ORDER BY number ROWS UNBOUNDED PRECEDING)
                - is_end::INT AS part
            FROM marked
        ),
        parts AS (
            SELECT
                part, min(number) AS first, {columns},
                bool_or(is_start) AS has_start,
                has_start AND count(*) FILTER (is_end) = 1
                AND NOT bool_or(NOT is_end AND line <> '' AND NOT contains(line, '='))
                AND NOT ({twice}) AS is_document,
                CASE
                    WHEN part = 0 THEN bool_or(key IN ({document_keys}))
                    ELSE bool_or(key NOT IN ({account_keys}))
                END AS is_stray,
                string_agg(line, chr(10) ORDER BY number) AS text
            FROM parted GROUP BY part
        )
        SELECT
            row_number() OVER (ORDER BY first) AS _row, {shown},
            CASE WHEN NOT is_document THEN text END AS {broken}, {literal(name)} AS _file
        FROM parts WHERE has_start OR is_stray
    """
