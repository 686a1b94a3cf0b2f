"""What changed in a contract table between two sets of loads, as SQL.

A night need only look at what its loads brought or took: the months of those rows
are built anew, everything else stays as the night before left it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dagster_project.ingestion.contract import Table
from dagster_project.ingestion.ledger import Load, month_holders
from dagster_project.ingestion.mapping import LoadMode
from dagster_project.ingestion.sql import identifier, literal


def changed_values_sql(
    table: Table, column: str, before: Sequence[Load], now: Sequence[Load], lake_dir: Path
) -> str:
    """SQL for the values of a column in all rows that may differ between two states.

    Never too few; for ``replace_period`` and ``upsert`` perhaps too many, since a
    month or key that a load brought again counts as changed.

    Args:
        table: the contract table.
        column: which of its columns is wanted, ``invoice_id`` for one.
        before: the loads in force then, in the order of landing.
        now: the loads in force now.
        lake_dir: where their rows are kept.
    """
    parts = [
        part
        for source in sorted({load.source for load in (*before, *now)})
        for part in _changed_of_source(
            table,
            column,
            [load for load in before if load.source == source],
            [load for load in now if load.source == source],
            lake_dir,
        )
    ]
    nothing = f"SELECT CAST(NULL AS VARCHAR) AS {identifier(column)} WHERE false"
    return " UNION ".join([nothing, *parts])


def _changed_of_source(
    table: Table, column: str, before: Sequence[Load], now: Sequence[Load], lake_dir: Path
) -> list[str]:
    if [load.load_id for load in before] == [load.load_id for load in now]:
        return []
    modes = {load.mode for load in (*before, *now)}
    if modes == {LoadMode.REPLACE_PERIOD}:
        return _rows_of_changed_months(table, column, before, now, lake_dir)
    # What a database was read for at first is its whole table; changes follow it.
    changes_follow = LoadMode.UPSERT in modes and LoadMode.REPLACE_PERIOD not in modes
    added = _added(before, now)
    if changes_follow and before and added is not None:
        return [_column(column, load, lake_dir) for load in added]
    if modes == {LoadMode.FULL}:
        return _rows_not_in_both(table, column, before[-1:], now[-1:], lake_dir)
    # Loads that were replaced, or a mapping with another mode: all may be different.
    return [_column(column, load, lake_dir) for load in {*before, *now}]


def _added(before: Sequence[Load], now: Sequence[Load]) -> list[Load] | None:
    """What ``now`` has beside ``before``, wherever it stands; None if that is not all.

    A late file stands among those that arrived before it, by its name.
    """
    known = {load.load_id for load in before}
    kept = [load.load_id for load in now if load.load_id in known]
    if kept != [load.load_id for load in before]:
        return None
    return [load for load in now if load.load_id not in known]


def _column(column: str, load: Load, lake_dir: Path) -> str:
    return f"SELECT {identifier(column)} FROM read_parquet({literal(load.rows_path(lake_dir))})"


def _rows_of_changed_months(
    table: Table, column: str, before: Sequence[Load], now: Sequence[Load], lake_dir: Path
) -> list[str]:
    """Rows of the months that another load holds than before, old rows and new."""
    then_holders, now_holders = month_holders(before), month_holders(now)
    changed = {
        month
        for month in {*then_holders, *now_holders}
        if _load_id(then_holders.get(month)) != _load_id(now_holders.get(month))
    }
    parts = []
    for month in sorted(changed):
        for holder in (then_holders.get(month), now_holders.get(month)):
            if holder is not None:
                parts.append(
                    f"{_column(column, holder, lake_dir)} "
                    f"WHERE date_trunc('month', {table.period_column})::DATE "
                    f"= DATE {literal(month.isoformat())}"
                )
    return parts


def _load_id(load: Load | None) -> str | None:
    return None if load is None else load.load_id


def _rows_not_in_both(
    table: Table, column: str, before: Sequence[Load], now: Sequence[Load], lake_dir: Path
) -> list[str]:
    """Rows that stand in one of two whole tables only; where they stood does not matter."""
    if not before or not now:
        return [_column(column, load, lake_dir) for load in (*before, *now)]
    columns = ", ".join(identifier(item.name) for item in table.columns)
    one, other = (
        f"SELECT {columns} FROM read_parquet({literal(load.rows_path(lake_dir))})"
        for load in (before[-1], now[-1])
    )
    return [
        f"SELECT {identifier(column)} FROM ({one} EXCEPT ALL {other})",
        f"SELECT {identifier(column)} FROM ({other} EXCEPT ALL {one})",
    ]
