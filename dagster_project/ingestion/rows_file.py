"""The Parquet file of a load's rows, and how the rows' lineage is read with them.

A row's place in the file is its number in the extract, as long as every record of one
extract is in it. Then the four columns of lineage need not be written: numbering rows
while they are read would keep DuckDB from reading an extract on more than one processor.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb

from dagster_project.ingestion.ledger import Load
from dagster_project.ingestion.sql import identifier, literal


def numbered_rows_sql(path: Path, source: str, file: str, load_id: str) -> str:
    """SQL of the rows of a file without lineage columns, with them.

    Args:
        path: the rows, in the order of the extract's records.
        source: the source's name.
        file: the extract's name.
        load_id: the load's.
    """
    return (
        f"SELECT *, {literal(source)} AS _source, {literal(file)} AS _file, "
        f"file_row_number + 1 AS _row, {literal(load_id)} AS _load_id "
        f"FROM read_parquet({literal(path)}, file_row_number = true)"
    )


def landed_rows_sql(load: Load, lake_dir: Path) -> str:
    """A load's rows with their lineage, as something to select from."""
    path = load.rows_path(lake_dir)
    if not load.is_numbered_by_place:
        return f"read_parquet({literal(path)})"
    (file,) = load.files
    return f"({numbered_rows_sql(path, load.source, file.name, load.load_id)})"


#: How rows are written. A dictionary of a column's values, where nearly every row has its
#: own, would cost a third of the time and save nothing; version 2 writes differences of
#: numbers and lengths of texts, which takes half the room.
_PARQUET = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 10000"


_FAULTS_OF_TEXT = (
    """from_json(_faults, '[{"column":"VARCHAR","value":"VARCHAR","rule":"VARCHAR"}]')"""
)


def faults_as_text_sql(faults: str) -> str:
    """A list of faults as a file of rows has it: as text.

    Nearly every row has nothing wrong with it, and three empty columns in a list cost a
    twentieth of the time that landing takes.
    """
    return f"CAST(to_json({faults}) AS VARCHAR)"


class RowsFile:
    """A file of rows that is written once and may be rewritten.

    Its ``_faults`` are text, NULL for a good row; ``faulty_sql`` has them as a list.

    ``numbered_as`` are source, file and load of rows that were written without lineage
    columns; None where they have them.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        numbered_as: tuple[str, str, str] | None,
    ) -> None:
        self._connection = connection
        self._path = path
        self._numbered_as = numbered_as

    @property
    def is_numbered_by_place(self) -> bool:
        return self._numbered_as is not None

    @property
    def sql(self) -> str:
        """The rows with their lineage, as something to select from."""
        if self._numbered_as is None:
            return f"read_parquet({literal(self._path)})"
        rows = numbered_rows_sql(self._path, *self._numbered_as)
        return f"(SELECT * EXCLUDE ({identifier('file_row_number')}) FROM ({rows}))"

    @property
    def faulty_sql(self) -> str:
        """The rows that something is wrong with, with ``_faults`` as the list they were."""
        return (
            f"(SELECT * REPLACE ({_FAULTS_OF_TEXT} AS _faults) FROM {self.sql} "
            "WHERE _faults IS NOT NULL)"
        )

    def parts_sql(self, rows: int, parts: int) -> list[str]:
        """The rows in their order, in parts that can be read beside each other.

        Every part begins with the row that the one before it ends with.

        Args:
            rows: how many there are.
            parts: how many are wanted; there is one where rows do not know their place.
        """
        if self._numbered_as is None:
            return [self.sql]
        bounds = [rows * part // parts for part in range(parts + 1)]
        return [
            f"(SELECT * FROM {self.sql} WHERE _row BETWEEN {first} AND {last})"
            for first, last in pairwise(bounds)
        ]

    def write(self, sql: str) -> None:
        """Write the rows of a query, which are in the state that was said at the beginning."""
        faults = faults_as_text_sql("_faults")
        self._copy(f"SELECT * REPLACE ({faults} AS _faults) FROM ({sql})", self._path)

    def rewrite(self, sql: str) -> None:
        """Put the rows of a query, made from this file's, in their place, lineage and all."""
        rewritten = self._path.with_suffix(".rewritten")
        self._copy(sql, rewritten)
        rewritten.replace(self._path)
        self._numbered_as = None

    def _copy(self, sql: str, path: Path) -> None:
        self._connection.execute(f"COPY ({sql}) TO {literal(path)} ({_PARQUET})")
