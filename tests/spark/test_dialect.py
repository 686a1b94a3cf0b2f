"""The input views as Spark takes them: every way the lake has of writing one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.engines.spark.dialect import spark_sql, spark_type, spark_view
from dagster_project.engines.spark.files import local_path
from dagster_project.ingestion.contract import CONTRACT
from dagster_project.ingestion.lake import current_rows_sql
from dagster_project.ingestion.ledger import Load, LoadedFile
from dagster_project.ingestion.mapping import LoadMode

LAKE = Path("/lake")
INVOICES = CONTRACT["accounting.invoices"]


def load(name: str, mode: LoadMode, *months: dt.date, rows: int = 1) -> Load:
    return Load(name, "erp", INVOICES.name, mode, rows, rows, 0, months, ())


def placed(path: str) -> str:
    return path.replace("/lake/", "store://lake/")


def test_files_are_read_where_the_cluster_finds_them() -> None:
    sql = current_rows_sql(INVOICES, [load("one", LoadMode.FULL)], LAKE)
    view = spark_view(f"CREATE VIEW accounting.invoices AS {sql}", placed)
    assert view.startswith("CREATE OR REPLACE VIEW accounting.invoices AS ")
    assert " FROM parquet.`store://lake/loads/erp/accounting.invoices/one.parquet`" in view


def test_rows_numbered_by_their_place_are_numbered_so_by_spark() -> None:
    file = LoadedFile("erp/invoices.csv", "", 1)
    bare = replace(load("one", LoadMode.FULL), files=(file,), is_numbered_by_place=True)
    sql = current_rows_sql(INVOICES, [bare], LAKE)
    with duckdb.connect() as connection:
        [(read,)] = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
        [(kept,)] = connection.execute("SELECT json_deserialize_sql(?::JSON)", [read]).fetchall()
    for text in (sql, kept):
        view = spark_view(f"CREATE VIEW accounting.invoices AS {text}", placed)
        path = "parquet.`store://lake/loads/erp/accounting.invoices/one.parquet`"
        assert f"(SELECT *, _metadata.row_index AS file_row_number FROM {path})" in view
        assert "file_row_number + " in view
        assert " AS _row, " in view


def test_several_files_in_one_scan_are_all_read() -> None:
    sql = (
        "CREATE VIEW lake.findings AS SELECT f.rule FROM read_parquet(['/lake/a', '/lake/b']) AS f"
    )
    assert spark_view(sql, placed) == (
        "CREATE OR REPLACE VIEW lake.findings AS SELECT f.rule FROM "
        "(SELECT * FROM parquet.`store://lake/a` UNION ALL SELECT * FROM parquet.`store://lake/b`)"
        " AS f"
    )


@pytest.mark.parametrize("mode", LoadMode)
def test_no_word_of_duckdb_is_left_in_a_view(mode: LoadMode) -> None:
    first, second = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    loads = [
        load("old", mode, first),
        load("history", mode, first, second, rows=9),
        load("new", mode, second),
    ]
    moved = {"erp": LAKE / "moved.parquet"}
    sql = current_rows_sql(INVOICES, loads, LAKE, moved)
    in_force = [item for item in loads if str(item.rows_path(LAKE)) in sql]
    view = spark_view(f"CREATE VIEW accounting.invoices AS {sql}", placed)
    for word in ("read_parquet", "QUALIFY", "::", "EXCLUDE", '"'):
        assert word.lower() not in view.lower()
    for item in in_force:
        assert f"parquet.`store:/{item.rows_path(LAKE)}`" in view
    assert ("parquet.`store://lake/moved.parquet`" in view) == (mode is LoadMode.REPLACE_PERIOD)


def test_a_view_is_what_the_warehouse_file_keeps(tmp_path: Path) -> None:
    """DuckDB rewrites a view's text; it is that text which has to be understood."""
    lake = tmp_path / "lake"
    sources = [
        replace(load(name, LoadMode.UPSERT, rows=rows), source="erp")
        for name, rows in (("old", 1), ("history", 9), ("new", 1))
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA accounting")
        columns = ", ".join(
            f'CAST(NULL AS {column.type.sql}) AS "{column.name}"' for column in INVOICES.columns
        )
        for item in sources:
            path = item.rows_path(lake)
            path.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY (SELECT {columns}, 'erp' AS _source, 'f' AS _file, 1::BIGINT AS _row, "
                f"'l' AS _load_id) TO '{path}' (FORMAT parquet)"
            )
        sql = current_rows_sql(INVOICES, sources, lake)
        connection.execute(f"CREATE VIEW accounting.invoices AS {sql}")
        [(kept,)] = connection.execute(
            "SELECT sql FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    view = spark_view(kept, lambda path: f"store:/{path}")
    for item in sources:
        assert f"parquet.`store:/{item.rows_path(lake)}`" in view


def test_a_scan_with_options_is_refused_rather_than_read_without_them() -> None:
    with pytest.raises(ValueError, match="no words"):
        spark_view("CREATE VIEW a.b AS FROM read_parquet('/lake/a', filename = true)", placed)


def test_a_measure_is_put_into_words_of_spark() -> None:
    assert spark_sql(
        "SELECT count(*) FILTER (x = 'a'), date_diff('day', d, DATE '2026-01-02')"
    ) == ("SELECT COUNT(*) FILTER(WHERE x = 'a'), DATEDIFF(DAY, d, CAST('2026-01-02' AS DATE))")


def test_types_of_the_run_s_own_tables() -> None:
    assert [spark_type(name) for name in ("VARCHAR", "BIGINT", "DATE", "BOOLEAN")] == [
        "STRING",
        "BIGINT",
        "DATE",
        "BOOLEAN",
    ]


def test_only_a_file_uri_is_on_this_machine() -> None:
    assert local_path("file:///data/a%20b/part.parquet") == Path("/data/a b/part.parquet")
    assert local_path("file:/data/part.parquet") == Path("/data/part.parquet")
    assert local_path("s3a://bucket/part.parquet") is None
