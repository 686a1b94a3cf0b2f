"""SQL that is written for DuckDB, as Spark takes it.

The input views and the measures have one text each. sqlglot turns it from one dialect
to the other; a test holds every result to be the same on both engines.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlglot
from sqlglot import exp


def spark_sql(sql: str) -> str:
    """A statement in Spark's dialect."""
    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]


def spark_view(sql: str, place: Callable[[str], str]) -> str:
    """``CREATE VIEW`` as DuckDB keeps it, as a replacement of the view in Spark.

    Args:
        sql: the view's statement, from ``duckdb_views()``.
        place: where Spark finds a Parquet file, by the path that DuckDB reads.
    """
    view = sqlglot.parse_one(sql, read="duckdb")
    view.set("replace", True)
    for scan in list(view.find_all(exp.ReadParquet)):
        table = scan.find_ancestor(exp.Table)
        source, *options = scan.expressions
        is_numbered = len(options) == 1 and "file_row_number" in options[0].sql("duckdb")
        if table is None or (options and not is_numbered):
            raise ValueError(f"a scan that Spark has no words for: {scan.sql('duckdb')}")
        paths = [path.name for path in source.find_all(exp.Literal)]
        table.replace(_scan([place(path) for path in paths], table.alias, is_numbered))
    return view.sql("spark")


def _scan(paths: list[str], alias: str, is_numbered: bool) -> exp.Expression:
    """All rows of some Parquet files, under an alias if there is one.

    Of a scan that ``is_numbered``, rows have their place in the file, from 0.
    """
    if len(paths) == 1 and not alias and not is_numbered:
        return _file(paths[0])
    columns = ["*", "_metadata.row_index AS file_row_number"] if is_numbered else ["*"]
    selects = [exp.select(*columns).from_(_file(path)) for path in paths]
    rows = exp.union(*selects, distinct=False) if len(selects) > 1 else selects[0]
    return rows.subquery(alias or "scan")


def _file(path: str) -> exp.Table:
    return exp.table_(exp.to_identifier(path, quoted=True), db="parquet")


def spark_type(duckdb_type: str) -> str:
    """A column type in Spark's dialect."""
    return exp.DataType.build(duckdb_type, dialect="duckdb").sql("spark")
