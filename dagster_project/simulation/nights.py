"""Playing a night: what the systems of the company export the day after.

A night costs what it brings, not what there is: new documents are the next working
day's numbers, and an old document that is corrected is made again from its number.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from string import Template

import duckdb

from dagster_project.errors import ConfigurationError
from dagster_project.ingestion.mapping import LoadMode
from dagster_project.ingestion.sql import literal
from dagster_project.simulation.laws import HISTORY_START, SQL_DIR, company_connection
from dagster_project.simulation.scale import HISTORY_WORKDAYS, Scale
from dagster_project.simulation.state import Night, Simulation
from dagster_project.simulation.tables import EXTRACTS, extract_of
from dagster_project.simulation.truth import write_truth
from dagster_project.simulation.writer import write_parquet

#: Working days after its issue within which a document is paid, and a few more.
_OPEN_WORKDAYS = 120
#: Kinds of corrections; a night has at least one of each.
_CORRECTION_KINDS = 8
#: Plans are made once and stay; the ledger's totals are carried forward.
_NOT_EXPORTED_AGAIN = ("planning.sales_targets", "planning.goals", "accounting.control_totals")


def play_night(
    folder: Path,
    *,
    new_share: float | None = None,
    corrected_share: float = 0.02,
    corrections_in_months: int | None = None,
) -> Simulation:
    """Export what one more night brings, and advance the as-of date by a day.

    Args:
        folder: of a simulation.
        new_share: new documents as a share of the history's; one working day's,
            1/1303, unless told.
        corrected_share: corrected documents as a share of the new ones; at least
            eight documents.
        corrections_in_months: correct documents of so many old months only, instead of
            mostly recent ones.

    Raises:
        ConfigurationError: if the folder holds no simulation, or a share or number
            cannot be played.
    """
    simulation = Simulation.read(folder)
    workdays = 1 if new_share is None else round(new_share * HISTORY_WORKDAYS)
    if not 1 <= workdays <= HISTORY_WORKDAYS:
        raise ConfigurationError(
            f"--new-share {new_share}: a night cannot bring so many documents. "
            f"Name a share from {1 / HISTORY_WORKDAYS:.4f} to 1."
        )
    if corrections_in_months is not None and not 1 <= corrections_in_months <= 48:
        raise ConfigurationError(
            f"--corrections-in-months {corrections_in_months}: there are not so many old months. "
            "Name 1 to 48."
        )
    first = simulation.nights[-1].end_workday if simulation.nights else HISTORY_WORKDAYS
    night = Night(
        day=simulation.as_of_date + dt.timedelta(days=1),
        first_workday=first,
        end_workday=first + workdays,
    )
    played = simulation.model_copy(
        update={"as_of_date": night.day, "nights": (*simulation.nights, night)}
    )
    scale = Scale.of(simulation.lines)
    with company_connection(
        scale, played.seed, played.as_of_date, played.night_days, spill_dir=folder / ".spill"
    ) as connection:
        _Night(connection, folder, played).export(
            corrections=max(
                _CORRECTION_KINDS, round(workdays * scale.group_count * corrected_share)
            ),
            in_months=corrections_in_months,
        )
    played.write(folder)
    return played


class _Night:
    """The exports of one night, from a connection that knows the company as of it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, simulation: Simulation
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._extracts_dir = folder / "extracts"
        self._simulation = simulation
        self._night = simulation.nights[-1]
        self._number = len(simulation.nights)

    def export(self, *, corrections: int, in_months: int | None) -> None:
        """Write every file of the night."""
        for schema in ("crm", "accounting", "planning"):
            self._connection.execute(f"CREATE SCHEMA {schema}")
        self._connection.execute(
            "CREATE TEMP VIEW new_numbers AS SELECT range AS document FROM range("
            f"{self._night.first_workday} * group_count(), "
            f"{self._night.end_workday} * group_count())"
        )
        self._open_before()
        self._open_corrected()
        self._choose(corrections, in_months)
        self._export_documents()
        for extract in EXTRACTS:
            if extract.is_of_documents or extract.table.name in _NOT_EXPORTED_AGAIN:
                continue
            if extract.mode is LoadMode.FULL:
                path = extract.path(self._extracts_dir)
                write_parquet(self._connection, extract.select(), path)
            else:
                path = extract.path(self._extracts_dir, self._number)
                self._export_running_month(extract.table.name, path)
            self._show(extract.table.name, path)
        write_truth(self._connection, self._folder / "truth")
        self._carry_totals_forward()

    def _open_before(self) -> None:
        """The documents that may still change, as they stood the night before."""
        invoices = extract_of("accounting.invoices")
        since = self._night.first_workday - _OPEN_WORKDAYS
        described = self._connection.execute(
            f"DESCRIBE {invoices.select(numbers='new_numbers')}"
        ).fetchall()
        # A dirty history has text where a clean one has dates and numbers.
        columns = ", ".join(
            f"TRY_CAST({name} AS {type_}) AS {name}" for name, type_, *_ in described
        )
        exported = " UNION ALL ".join(
            f"SELECT {columns}, {number} AS night "
            f"FROM read_parquet({literal(invoices.path(self._extracts_dir, number))})"
            for number in range(self._number)
        )
        self._connection.execute(f"CREATE TEMP VIEW invoices_exported AS {exported}")
        self._connection.execute(
            "CREATE TEMP TABLE invoices_before AS "
            + _newest(f"invoice_id >= invoice_id({since} * group_count())")
        )

    def _open_corrected(self) -> None:
        """The documents that an earlier night has corrected; none is corrected twice."""
        earlier = ", ".join(literal(self._truth_path(night)) for night in range(1, self._number))
        rows = f"read_parquet([{earlier}])" if earlier else "(SELECT 0 AS invoice_id) WHERE false"
        self._connection.execute(
            f"CREATE TEMP TABLE corrected_before AS SELECT invoice_id FROM {rows}"
        )

    def _choose(self, corrections: int, in_months: int | None) -> None:
        script = self._template(
            "chosen",
            night=str(self._number),
            first_workday=f"{self._night.first_workday}::BIGINT",
            count=str(corrections),
            months=_months_sql(self._old_months(in_months or 0)),
        )
        self._connection.execute(script)
        write_parquet(
            self._connection,
            "SELECT invoice_id(document) AS invoice_id, correction FROM chosen",
            self._truth_path(self._number),
        )

    def _old_months(self, count: int) -> list[dt.date]:
        """So many different months of the first four years."""
        found = self._connection.execute(
            "SELECT (DATE '2021-02-01' + to_months(month::INTEGER))::DATE "
            "FROM range(46) AS months(month) "
            f"ORDER BY hash(month, {self._number}, seed()) LIMIT {count}"
        ).fetchall()
        return [month for (month,) in found]

    def _export_documents(self) -> None:
        invoices, lines = extract_of("accounting.invoices"), extract_of("accounting.invoice_lines")
        corrected_lines = self._template("corrected_lines", lines=lines.select(numbers="chosen"))
        corrected = self._template(
            "corrected_invoices",
            invoices=invoices.select(numbers="chosen"),
            lines=corrected_lines,
            night=str(self._number),
        )
        settled = self._template("settled_invoices")
        path = invoices.path(self._extracts_dir, self._number)
        write_parquet(
            self._connection,
            f"({settled}) UNION ALL ({corrected}) "
            f"UNION ALL ({invoices.select(numbers='new_numbers')})",
            path,
        )
        self._connection.execute(
            f"CREATE TEMP VIEW night_invoices AS SELECT * FROM read_parquet({literal(path)})"
        )
        lines_path = lines.path(self._extracts_dir, self._number)
        write_parquet(
            self._connection,
            f"({corrected_lines}) UNION ALL ({lines.select(numbers='new_numbers')})",
            lines_path,
        )
        self._connection.execute(
            "CREATE TEMP TABLE replaced_invoices AS "
            + _newest("invoice_id IN (SELECT invoice_id FROM night_invoices)")
        )
        self._connection.execute(
            "CREATE VIEW accounting.invoices AS "
            "SELECT * FROM invoices_before "
            "WHERE invoice_id NOT IN (SELECT invoice_id FROM night_invoices) "
            "UNION ALL SELECT * FROM night_invoices"
        )

    def _export_running_month(self, name: str, path: Path) -> None:
        """The running month's rows; with the month before while it has none yet."""
        extract = extract_of(name)
        from_day = self._night.day.replace(day=1)
        while from_day > HISTORY_START:
            select = extract.select(from_day=from_day)
            ((has_rows,),) = self._connection.execute(
                f"SELECT count(*) > 0 FROM (SELECT 1 FROM ({select}) LIMIT 1)"
            ).fetchall()
            if has_rows:
                break
            from_day = (from_day - dt.timedelta(days=1)).replace(day=1)
        write_parquet(self._connection, extract.select(from_day=from_day), path)

    def _carry_totals_forward(self) -> None:
        """Last, so that a night that was broken off is played again from the same totals."""
        totals = extract_of("accounting.control_totals").path(self._extracts_dir)
        payments = extract_of("accounting.payments").path(self._extracts_dir, self._number)
        self._connection.execute(
            f"CREATE TEMP TABLE totals_before AS SELECT * FROM read_parquet({literal(totals)})"
        )
        self._connection.execute(
            f"CREATE TEMP VIEW night_payments AS SELECT * FROM read_parquet({literal(payments)})"
        )
        write_parquet(self._connection, self._template("control_totals"), totals)

    def _show(self, name: str, path: Path) -> None:
        self._connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet({literal(path)})"
        )

    def _truth_path(self, night: int) -> Path:
        return self._folder / "truth" / f"corrections-{night:04d}.parquet"

    def _template(self, name: str, **parts: str) -> str:
        text = (SQL_DIR / "nights" / f"{name}.sql").read_text(encoding="utf-8")
        return Template(text).substitute(parts)


def _newest(condition: str) -> str:
    """Each exported document as it was exported last."""
    return (
        f"SELECT * EXCLUDE (night) FROM invoices_exported WHERE {condition} "
        "QUALIFY row_number() OVER (PARTITION BY invoice_id ORDER BY night DESC) = 1"
    )


def _months_sql(months: list[dt.date]) -> str:
    return f"CAST([{', '.join(_date(month) for month in months)}] AS DATE[])"


def _date(day: dt.date) -> str:
    return f"DATE '{day.isoformat()}'"
