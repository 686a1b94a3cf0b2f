"""Faults of real exports, injected at a known rate, and the truth about each.

A record has at most one fault. Which records have one follows from their keys and the
seed, so a dirty company is as repeatable as a clean one. Only the history is dirtied.

Left out are faults that stop a run by design, since no company could then be landed: a
currency that is no code of three capitals, a rate of zero, a credit share above one, an
empty or cut file, or more bad rows than ``landing.max_set_aside_share``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.ingestion.rows import key_text_sql
from dagster_project.ingestion.sql import identifier, literal
from dagster_project.simulation.scale import HISTORY_WORKDAYS
from dagster_project.simulation.tables import Extract, extract_of
from dagster_project.simulation.writer import write_parquet

TRUTH_NAME = "injected_faults.parquet"

#: Draws are made from a million, so that small shares can be told apart.
_PARTS = 1_000_000

_COUNTED = "status IN ('open', 'paid')"
_OF_SOUND_DOCUMENT = (
    "NOT is_voided(invoice_id - invoice_id(0)) AND NOT is_draft(invoice_id - invoice_id(0)) "
    "AND NOT is_faulty('accounting.invoices', invoice_id)"
)

#: UTF-8 that some program took for Latin-1.
_MOJIBAKE = (
    "array_to_string(list_transform(range(octet_length(encode(account_name))), lambda byte: "
    "chr(CAST('0x' || substr(hex(encode(account_name)), 2 * byte + 1, 2) AS INTEGER))), '')"
)


@dataclass(frozen=True)
class Fault:
    """A kind of fault: what it does to which column, and by which rule it is found.

    ``rule`` is the rule of ``marts.dq_findings`` that names the record, None where
    none covers the fault. ``value`` is SQL over the sound row; without it the record is
    there twice. ``only_if`` is which records can have it.
    """

    name: str
    table: str
    column: str
    value: str | None
    rule: str | None
    only_if: str = "true"


FAULTS: tuple[Fault, ...] = (
    Fault("duplicate row", "accounting.invoices", "invoice_id", None, "duplicate_key"),
    Fault(
        "unknown customer",
        "accounting.invoices",
        "customer_id",
        "customer_id + 900000000",
        "unmatched_client",
        _COUNTED,
    ),
    Fault("unparsable date", "accounting.invoices", "issued_on", "'soon'", "type"),
    Fault(
        "impossible date",
        "accounting.invoices",
        "issued_on",
        "year(issued_on) || '-02-30'",
        "type",
    ),
    Fault(
        "unknown currency",
        "accounting.invoices",
        "currency",
        "'XTS'",
        "missing_exchange_rate",
        _COUNTED,
    ),
    Fault("missing value", "accounting.invoices", "currency", "NULL", "missing_value"),
    Fault("unknown status", "accounting.invoices", "status", "'archived'", "accepted_values"),
    Fault(
        "header does not tie",
        "accounting.invoices",
        "net_amount",
        "net_amount + 100",
        "lines_do_not_tie",
        _COUNTED,
    ),
    Fault(
        "wrong sign",
        "accounting.invoices",
        "net_amount",
        "-net_amount",
        "lines_do_not_tie",
        f"{_COUNTED} AND document_type = 'invoice'",
    ),
    Fault("unknown rep", "accounting.invoices", "rep_id", "999999999", "unknown_rep", _COUNTED),
    Fault(
        "duplicate row",
        "accounting.invoice_lines",
        "invoice_id, line_number",
        None,
        "duplicate_key",
    ),
    Fault(
        "orphan line",
        "accounting.invoice_lines",
        "invoice_id",
        "invoice_id + 5000000000",
        "orphan_invoice_line",
    ),
    Fault(
        "unknown product",
        "accounting.invoice_lines",
        "product_id",
        "product_id + 900000000",
        "unknown_product",
        _OF_SOUND_DOCUMENT,
    ),
    Fault("unparsable number", "accounting.invoice_lines", "net_amount", "'n/a'", "type"),
    Fault("missing value", "accounting.invoice_lines", "net_amount", "NULL", "missing_value"),
    Fault("duplicate row", "accounting.payments", "payment_id", None, "duplicate_key"),
    Fault("impossible date", "accounting.payments", "paid_on", "'2025-13-01'", "type"),
    Fault(
        "unknown customer", "accounting.payments", "customer_id", "customer_id + 900000000", None
    ),
    Fault("duplicate row", "crm.accounts", "account_id", None, "duplicate_key"),
    Fault("missing value", "crm.accounts", "account_name", "NULL", "missing_value"),
    Fault(
        "damaged encoding",
        "crm.accounts",
        "account_name",
        _MOJIBAKE,
        None,
        "octet_length(encode(account_name)) > length(account_name)",
    ),
)


def inject_faults(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    dirt: float,
    faults: Sequence[Fault] = FAULTS,
) -> None:
    """Spoil a share of the history's records and write ``truth/injected_faults.parquet``.

    Args:
        connection: knows the laws of the company.
        folder: of the simulation; its extracts are rewritten.
        dirt: share of each table's records that have a fault; the share of working days
            whose documents are missing is the same.
        faults: the kinds to inject, by default all.
    """
    connection.execute(
        f"CREATE MACRO is_faulty(table_name, key) AS "
        f"draw(key, table_name, {_PARTS}) < {round(dirt * _PARTS)}"
    )
    truths = [_missing_days(dirt)]
    for name in dict.fromkeys(fault.table for fault in faults):
        extract = extract_of(name)
        path = extract.path(folder / "extracts")
        own = [fault for fault in faults if fault.table == name]
        marked = folder / ".spill" / "marked.parquet"
        write_parquet(connection, _marked_sql(extract, path, own, dirt), marked)
        write_parquet(
            connection, f"SELECT * EXCLUDE (_fault) FROM read_parquet({literal(marked)})", path
        )
        # The truth is gathered now, before the next table's rows take their place.
        table = f"truth_{extract.table.schema}_{extract.table.entity}"
        file = path.relative_to(folder / "extracts").as_posix()
        connection.execute(f"CREATE TEMP TABLE {table} AS {_truth_sql(extract, marked, file, own)}")
        truths.append(f"SELECT * FROM {table}")
    write_parquet(connection, " UNION ALL ".join(truths), folder / "truth" / TRUTH_NAME)


def _marked_sql(extract: Extract, path: Path, faults: Sequence[Fault], dirt: float) -> str:
    """The rows with their faults, and ``_fault``: its position among the kinds, or NULL."""
    key = extract.table.key
    key_sql = key[0] if len(key) == 1 else f"hash({', '.join(key)})"
    kind = f"draw({key_sql}, 'kind of fault', {len(faults)})"
    able = " ".join(
        f"WHEN {position} THEN {fault.only_if}" for position, fault in enumerate(faults)
    )
    spoilt = ", ".join(
        _spoilt_sql(column, faults)
        for column in dict.fromkeys(fault.column for fault in faults)
        if any(fault.column == column and fault.value for fault in faults)
    )
    twice = [str(position) for position, fault in enumerate(faults) if fault.value is None]
    present = "true"
    if extract.is_of_documents:
        present = f"NOT {_is_missing('(invoice_id - invoice_id(0)) // group_count()', dirt)}"
    return f"""
        SELECT * EXCLUDE (_copy) REPLACE (
            CASE WHEN _fault NOT IN ({", ".join(twice)}) OR _copy = 1 THEN _fault END AS _fault
        )
        FROM (
            SELECT *, unnest(range(CASE WHEN _fault IN ({", ".join(twice)}) THEN 2 ELSE 1 END))
                AS _copy
            FROM (
                SELECT * REPLACE ({spoilt})
                FROM (
                    SELECT *, CASE
                        WHEN is_faulty({literal(extract.table.name)}, {key_sql})
                            AND CASE {kind} {able} END
                        THEN {kind}
                    END AS _fault
                    FROM read_parquet({literal(path)})
                    WHERE {present}
                )
            )
        )"""


def _spoilt_sql(column: str, faults: Sequence[Fault]) -> str:
    """A column with its faults; as text where one of them is not of its type."""
    cases = [
        (position, fault.value)
        for position, fault in enumerate(faults)
        if fault.column == column and fault.value is not None
    ]
    whens = " ".join(f"WHEN {position} THEN {value}" for position, value in cases)
    return f"CASE _fault {whens} ELSE {{}} END AS {identifier(column)}".format(
        f"CAST({column} AS VARCHAR)" if any("'" in value for _, value in cases) else column
    )


def _truth_sql(extract: Extract, marked: Path, file: str, faults: Sequence[Fault]) -> str:
    parts = [
        f"SELECT {literal(fault.name)} AS fault, {literal(file)} AS file, "
        f"file_row_number + 1 AS row, {literal(extract.table.name)} AS table_name, "
        f"{key_text_sql(extract.table)} AS record_key, {literal(fault.column)} AS column_name, "
        + (
            f"CAST({fault.column} AS VARCHAR)"
            if fault.value is not None
            else key_text_sql(extract.table)
        )
        + f" AS value, {literal(fault.rule) if fault.rule else 'CAST(NULL AS VARCHAR)'} AS rule "
        f"FROM read_parquet({literal(marked)}, file_row_number = true) WHERE _fault = {position}"
        for position, fault in enumerate(faults)
    ]
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY row"


def _missing_days(dirt: float) -> str:
    """The working days whose documents are in no file."""
    return (
        "SELECT 'missing day' AS fault, CAST(NULL AS VARCHAR) AS file, "
        "CAST(NULL AS BIGINT) AS row, 'accounting.invoices' AS table_name, "
        "CAST(NULL AS VARCHAR) AS record_key, 'issued_on' AS column_name, "
        "CAST(day AS VARCHAR) AS value, CAST(NULL AS VARCHAR) AS rule "
        f"FROM workdays WHERE workday < {HISTORY_WORKDAYS} AND {_is_missing('workday', dirt)}"
    )


def _is_missing(workday: str, dirt: float) -> str:
    return f"(draw({workday}, 'missing day', {_PARTS}) < {round(dirt * _PARTS)})"
