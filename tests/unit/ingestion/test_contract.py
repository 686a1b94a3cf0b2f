"""The contract holds together, and dbt's sources are written from it."""

from __future__ import annotations

import pytest

from dagster_project.ingestion.contract import CONTRACT, LINEAGE_COLUMNS, ColumnType, Table
from dagster_project.ingestion.dbt_sources import source_files
from dagster_project.settings import PROJECT_ROOT

TABLES = pytest.mark.parametrize("table", CONTRACT.values(), ids=CONTRACT.keys())


def test_there_are_34_tables_in_three_schemas() -> None:
    assert len(CONTRACT) == 34
    assert {table.schema for table in CONTRACT.values()} == {"crm", "accounting", "planning"}


@TABLES
def test_a_key_is_there_and_required(table: Table) -> None:
    assert table.key
    assert all(column.is_required for column in table.columns if column.is_key)


@TABLES
def test_columns_are_named_once_and_not_like_lineage(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert not set(names) & {*LINEAGE_COLUMNS, "_faults"}


@TABLES
def test_references_name_a_column_of_a_table(table: Table) -> None:
    for column in table.columns:
        if column.references is not None:
            target, _, name = column.references.rpartition(".")
            found = CONTRACT[target].column(name)
            assert found is not None
            assert found.type is column.type


@TABLES
def test_accepted_values_are_texts(table: Table) -> None:
    assert all(column.type is ColumnType.TEXT for column in table.columns if column.values)


@TABLES
def test_the_period_is_a_required_day(table: Table) -> None:
    if table.period_column is not None:
        column = table.column(table.period_column)
        assert column is not None
        assert column.is_required
        assert column.type in (ColumnType.DATE, ColumnType.TIMESTAMP)


def test_dbt_sources_are_the_contracts() -> None:
    files = source_files(PROJECT_ROOT / "dbt")
    assert len(files) == 3
    for path, text in files.items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is stale: run make contract"
