"""Where one source's files are opened and its tables' rows are written, in DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from dagster_project.errors import ExtractError
from dagster_project.ingestion import formats, rows
from dagster_project.ingestion.contract import CONTRACT, Table
from dagster_project.ingestion.extracts import ExtractFile
from dagster_project.ingestion.ledger import Load
from dagster_project.ingestion.mapping import FileFormat, LoadMode, SourceFile, SourceMapping
from dagster_project.ingestion.readable import ReadableFiles
from dagster_project.ingestion.rows_file import RowsFile, faults_as_text_sql
from dagster_project.ingestion.sql import identifier, literal

#: Columns of a findings file: one row a fault, as ``dq_findings`` publishes them.
FINDINGS_COLUMNS = {
    "source": "VARCHAR",
    "table_name": "VARCHAR",
    "file": "VARCHAR",
    "row_number": "BIGINT",
    "record_key": "VARCHAR",
    "column_name": "VARCHAR",
    "value": "VARCHAR",
    "rule": "VARCHAR",
    "amount": "DECIMAL(18,4)",
    "currency": "VARCHAR",
}

Files = Mapping[str, tuple[ExtractFile, ...]]


class Workbench:
    """One source's files as relations of one scratch database.

    A file that views read is read once, into a table; a file behind a single
    table streams through. Either way ``<entry> (all)`` has every row with its
    ``_faults`` and ``<entry>`` the good ones, which is what views see.
    """

    def __init__(
        self,
        mapping: SourceMapping,
        connection: duckdb.DuckDBPyConnection,
        files: Files,
        max_set_aside_share: float,
        readable: ReadableFiles,
    ) -> None:
        self._mapping = mapping
        self._connection = connection
        self._files = files
        self._max_set_aside_share = max_set_aside_share
        self._readable = readable
        self._open_entries: frozenset[str] = frozenset()
        self._has_views = False

    def write(self, draft: Load, files: Files, *, rows_path: Path, findings_path: Path) -> Load:
        """Write one load's rows, and its findings if it has any.

        Args:
            draft: the load with its counts still open.
            files: the files of this load, by file entry.

        Returns:
            The load with rows read, landed and set aside, and its months.

        Raises:
            ExtractError: if a file cannot be read, has no rows, or more would be
                set aside than the company allows.
        """
        names = ", ".join(file.name for group in files.values() for file in group)
        rows_path.parent.mkdir(parents=True, exist_ok=True)
        findings_path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._write(draft, files, names, rows_path, findings_path)
        except duckdb.Error as error:
            raise formats.unreadable_extract(names, error) from None

    def _write(
        self, draft: Load, files: Files, names: str, rows_path: Path, findings_path: Path
    ) -> Load:
        table = CONTRACT[draft.table]
        origin = self._origin(draft, files)
        written = RowsFile(self._connection, rows_path, self._numbered_as(draft, files))
        own_columns = frozenset(
            name for entry in files for name in self._mapping.source.files[entry].column_names
        )
        sql = rows.contract_sql(
            table,
            self._mapping.source.tables[draft.table],
            origin,
            source=draft.source,
            load_id=draft.load_id,
            own_columns=own_columns,
            trimmed=self._trimmed_columns(draft),
            has_lineage=not written.is_numbered_by_place,
        )
        written.write(sql)
        self._gather_rejected_records(files)
        self._stop_on_files_without_rows(draft, files, written)
        self._gather_faulty_file_rows(draft, files)
        landed, faulty = self._count(written)
        # Where rows are left out, neighbours are not all within one part of the file.
        parts = 1 if faulty else self._one("SELECT current_setting('threads')")
        if self._has_duplicate_keys(table, written, written.parts_sql(landed + faulty, parts)):
            self._mark_duplicate_keys(table, written)
            landed, faulty = self._count(written)
        beside = self._one("SELECT count(*) FROM findings_beside")
        load = replace(
            draft,
            rows_read=landed + faulty + beside,
            rows_landed=landed,
            rows_set_aside=faulty + beside,
        )
        if load.rows_read == 0 and not self._mapping.source.tables[draft.table].may_be_empty:
            raise ExtractError(
                names,
                f"there is not one row for {draft.table}.",
                "Have the system export it again; what was landed before stays in force.",
            )
        if load.rows_set_aside:
            self._set_aside(load, table, written, findings_path)
            self._stop_if_too_many(load, names, findings_path)
        table_mapping = self._mapping.source.tables[draft.table]
        load = replace(load, is_versioned=table_mapping.version is not None)
        if table_mapping.deleted is not None:
            deleted = f"SELECT count(*) FROM {written.sql} WHERE _is_deleted"
            load = replace(load, rows_deleted=self._one(deleted))
        return replace(
            load,
            months=self._months(table, load, written),
            is_numbered_by_place=written.is_numbered_by_place,
        )

    def _trimmed_columns(self, draft: Load) -> frozenset[str]:
        origin = self._mapping.source.tables[draft.table].from_
        file = self._mapping.source.files.get(origin)
        if file is None or file.format not in formats.WITH_TRIMMED_TEXTS:
            return frozenset()
        return frozenset(column.name for column in file.columns if column.type == "text")

    def _numbered_as(self, draft: Load, files: Files) -> tuple[str, str, str] | None:
        """Source, file and load of rows that are in their file as in the extract."""
        origin = self._mapping.source.tables[draft.table].from_
        group = [file for group in files.values() for file in group]
        is_in_order = (
            origin in self._mapping.source.files
            and origin not in self._open_entries
            and self._mapping.source.files[origin].format is not FileFormat.BANK_STATEMENT
            and len(group) == 1
        )
        return (draft.source, group[0].name, draft.load_id) if is_in_order else None

    def _origin(self, draft: Load, files: Files) -> str:
        """The relation a table is mapped from, with ``_faults``."""
        origin = self._mapping.source.tables[draft.table].from_
        if origin in self._mapping.source.views:
            self._open_views()
            return f"(SELECT *, NULL AS _faults FROM {identifier(origin)})"
        if draft.mode is LoadMode.FULL and origin in self._open_entries:
            return identifier(f"{origin} (all)")
        return f"({self._typed_sql(origin, files[origin])})"

    def _open_views(self) -> None:
        if self._has_views:
            return
        entries = self._mapping.entries_behind(*self._mapping.source.views)
        for entry in entries:
            everything = identifier(f"{entry} (all)")
            self._connection.execute(
                f"CREATE TABLE {everything} AS {self._typed_sql(entry, self._files[entry])}"
            )
            self._connection.execute(
                f"CREATE VIEW {identifier(entry)} AS "
                f"SELECT * EXCLUDE (_faults) FROM {everything} WHERE _faults IS NULL"
            )
        for name, sql in self._mapping.source.views.items():
            self._connection.execute(f"CREATE VIEW {identifier(name)} AS {sql}")
        self._open_entries = frozenset(entries)
        self._has_views = True

    def _typed_sql(self, entry: str, files: tuple[ExtractFile, ...]) -> str:
        spec = self._mapping.source.files[entry]
        scans = []
        for file in files:
            path, as_read = self._readable.open(file, spec)
            scans.append(formats.scan_sql(self._connection, as_read, path, file.name))
        return rows.typed_file_sql(spec, " UNION ALL ".join(f"({scan})" for scan in scans))

    # -- rows that never reach the contract's columns -----------------------------

    def _gather_rejected_records(self, files: Files) -> None:
        """Records that could not be split into columns, as ``rejected``.

        ``accepted_before`` tells how many good records precede one, by which the
        row numbers of the good ones are put right.
        """
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE rejected "
            "(file VARCHAR, record BIGINT, text VARCHAR, has_open_quote BOOLEAN, "
            "accepted_before BIGINT, position BIGINT)"
        )
        has_rejects = self._one(
            "SELECT count(*) FROM duckdb_tables() "
            f"WHERE table_name = {literal(formats.REJECTS_TABLE)}"
        )
        if not has_rejects:
            return
        for entry, group in files.items():
            spec = self._mapping.source.files[entry]
            for file in group:
                path, as_read = self._readable.open(file, spec)
                if as_read.format is FileFormat.CSV:
                    self._gather_rejected_records_of(file, path, as_read)

    def _gather_rejected_records_of(self, file: ExtractFile, path: Path, spec: SourceFile) -> None:
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE rejected_lines AS
            SELECT
                line,
                any_value(trim(csv_line, chr(10) || chr(13))) AS text,
                bool_or(error_type = 'UNQUOTED VALUE') AS has_open_quote
            FROM {formats.REJECTS_TABLE}
            INNER JOIN reject_scans USING (scan_id, file_id)
            WHERE file_path = {literal(path)}
            GROUP BY line
            """
        )
        if not self._one("SELECT count(*) FROM rejected_lines"):
            return
        self._connection.execute(
            f"""
            INSERT INTO rejected
            WITH blanks AS (
                SELECT unnest($blanks::BIGINT[]) AS line, unnest(range(1, len($blanks) + 1)) AS nth
            ),
            records AS (
                SELECT
                    rejected_lines.line - {int(spec.header)} - coalesce(blanks.nth, 0) AS record,
                    rejected_lines.* EXCLUDE (line)
                FROM rejected_lines
                ASOF LEFT JOIN blanks ON rejected_lines.line > blanks.line
            )
            SELECT
                {literal(file.name)}, record, text, has_open_quote,
                record - row_number() OVER (ORDER BY record),
                row_number() OVER (ORDER BY record)
            FROM records
            """,
            {"blanks": formats.blank_records(spec, path)},
        )
        # Such a record may hold any number of rows, up to the end of the file, so
        # what it would set aside cannot be counted.
        swallowing = self._connection.execute(
            f"SELECT record FROM rejected WHERE has_open_quote AND file = {literal(file.name)} "
            "AND (regexp_matches(text, '[\\r\\n]') OR length(text) >= 10000) "
            "ORDER BY record LIMIT 1"
        ).fetchall()
        if swallowing:
            raise ExtractError(
                file.name,
                f"a quote opened in row {swallowing[0][0]} is not closed in it, so the rows "
                "after it cannot be told apart.",
                "Correct the export, or the quote that the mapping names.",
            )

    def _stop_on_files_without_rows(self, draft: Load, files: Files, written: RowsFile) -> None:
        is_view = self._mapping.source.tables[draft.table].from_ in self._mapping.source.views
        for entry, group in files.items():
            if self._mapping.source.files[entry].may_be_empty:
                continue
            relation = identifier(f"{entry} (all)") if is_view else written.sql
            found = self._connection.execute(
                f"SELECT _file FROM {relation} UNION SELECT file FROM rejected"
            ).fetchall()
            empty = [file.name for file in group if (file.name,) not in found]
            if empty:
                raise ExtractError(
                    ", ".join(empty),
                    "there is not one row in the file.",
                    "Have the system export it again; what was landed before stays in force.",
                )

    def _gather_faulty_file_rows(self, draft: Load, files: Files) -> None:
        """Rows set aside before the mapping saw them, as ``findings_beside``."""
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE findings_beside AS "
            'SELECT file, record AS row_number, NULL::VARCHAR AS column_name, text AS "value", '
            "'malformed_record' AS rule FROM rejected"
        )
        if self._mapping.source.tables[draft.table].from_ in self._mapping.source.files:
            return
        for entry in files:
            self._connection.execute(
                "INSERT INTO findings_beside "
                "SELECT _file, _row, _faults[1].column, _faults[1].value, _faults[1].rule "
                f"FROM ({self._renumbered_sql(identifier(f'{entry} (all)'))}) "
                "WHERE _faults IS NOT NULL"
            )

    # -- rules over many rows -------------------------------------------------------

    def _has_duplicate_keys(self, table: Table, written: RowsFile, parts: list[str]) -> bool:
        """Whether a key is there twice among the good rows, which ``parts`` have in order."""
        key = ", ".join(identifier(name) for name in table.key)
        # Most exports are in the order of their keys: then none is there twice, and to
        # see that takes a fraction of the time that gathering equal ones does.
        neighbours = " UNION ALL ".join(
            f"(SELECT ({key}) AS key, lag(({key})) OVER () AS before "
            f"FROM {part} WHERE _faults IS NULL)"
            for part in parts
        )
        is_rising = self._one(
            "SELECT coalesce(bool_and(key > before), true) "
            f"FROM ({neighbours}) WHERE before IS NOT NULL"
        )
        if is_rising:
            return False
        return bool(
            self._one(
                f"SELECT count(*) FROM (SELECT 1 FROM {written.sql} "
                f"WHERE _faults IS NULL GROUP BY {key} HAVING count(*) > 1 LIMIT 1)"
            )
        )

    def _mark_duplicate_keys(self, table: Table, written: RowsFile) -> None:
        """Give every row after the first of its key a fault."""
        key = ", ".join(identifier(name) for name in table.key)
        fault = faults_as_text_sql(
            f'[{{"column": {literal(", ".join(table.key))}, '
            f'"value": {rows.key_text_sql(table)}, "rule": \'duplicate_key\'}}]'
        )
        written.rewrite(
            f"""
            SELECT * EXCLUDE (nth) REPLACE (
                CASE WHEN _faults IS NULL AND nth > 1 THEN {fault} ELSE _faults END AS _faults
            )
            FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY {key}, _faults IS NULL ORDER BY _file, _row
                ) AS nth
                FROM {written.sql}
            )
            """,
        )

    def _set_aside(self, load: Load, table: Table, written: RowsFile, findings_path: Path) -> None:
        """Move the faulty rows from the rows file to the findings file."""
        if self._one("SELECT count(*) FROM rejected"):
            written.rewrite(self._renumbered_sql(written.sql))
        self._connection.execute(
            f"""
            COPY (
                SELECT
                    {literal(load.source)} AS source, {literal(table.name)} AS table_name,
                    _file AS file, _row AS row_number, {rows.key_text_sql(table)} AS record_key,
                    fault.column AS column_name, fault.value AS "value", fault.rule AS rule,
                    {rows.amount_sql(table)} AS amount, {rows.currency_sql(table)} AS currency
                FROM (SELECT *, unnest(_faults) AS fault FROM {written.faulty_sql})
                UNION ALL
                SELECT
                    {literal(load.source)}, {literal(table.name)}, file, row_number, NULL,
                    column_name, "value", rule, NULL, NULL
                FROM findings_beside
                ORDER BY file, row_number, column_name
            ) TO {literal(findings_path)} (FORMAT parquet, COMPRESSION zstd)
            """
        )
        written.rewrite(f"SELECT * FROM {written.sql} WHERE _faults IS NULL")

    def _renumbered_sql(self, relation: str) -> str:
        """Rows whose numbers count the records that were rejected before them."""
        return f"""
            SELECT landed.* REPLACE (_row + coalesce(skipped.position, 0) AS _row)
            FROM {relation} AS landed
            ASOF LEFT JOIN (
                SELECT file, accepted_before, max(position) AS position
                FROM rejected GROUP BY file, accepted_before
            ) AS skipped
            ON landed._file = skipped.file AND landed._row > skipped.accepted_before
            """

    def _stop_if_too_many(self, load: Load, names: str, findings_path: Path) -> None:
        share = load.rows_set_aside / load.rows_read
        if share <= self._max_set_aside_share:
            return
        file, row_number, column, value, rule = self._connection.execute(
            f'SELECT file, row_number, column_name, "value", rule '
            f"FROM read_parquet({literal(findings_path)}) LIMIT 1"
        ).fetchall()[0]
        where = f"row {row_number}" + (f", column {column}" if column else "")
        raise ExtractError(
            names,
            f"{load.rows_set_aside:,} of {load.rows_read:,} rows ({share:.1%}) cannot be landed in "
            f"{load.table}; the limit is {self._max_set_aside_share:.1%}. "
            f"First: {file}, {where}: {value!r}: {rows.ROW_RULES[rule]}.",
            "Correct the export, or raise landing.max_set_aside_share in company.yml.",
        )

    # -- small things -----------------------------------------------------------------

    def _count(self, written: RowsFile) -> tuple[int, int]:
        everything, faulty = self._connection.execute(
            f"SELECT count(*), count(_faults) FROM {written.sql}"
        ).fetchall()[0]
        return everything - faulty, faulty

    def _months(self, table: Table, load: Load, written: RowsFile) -> tuple[dt.date, ...]:
        if table.period_column is None:
            return load.months
        day = identifier(table.period_column)
        # The days first: there are few, and a month need not be found for every row.
        found = self._connection.execute(
            f"SELECT DISTINCT date_trunc('month', {day})::DATE AS month "
            f"FROM (SELECT DISTINCT {day} FROM {written.sql}) ORDER BY 1"
        ).fetchall()
        # A deleted row may have lost its date with the rest.
        return tuple(month for (month,) in found if month is not None)

    def _one(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchall()[0][0])
