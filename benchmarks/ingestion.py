"""Landing an extract of each format, against DuckDB reading and writing the same rows.

``python -m benchmarks.ingestion 1000000`` makes an extract of so many payments in every
format and encoding, and measures, each in a process of its own:

- the landing of it, with all that belongs to one: hashes, the kept original, every rule
  about rows and keys, findings, the ledger;
- bare DuckDB: the rows of the UTF-8 CSV (for Parquet, of the Parquet), read with their
  types and written once as Parquet under zstd. DuckDB reads no other encoding and no marks
  by itself, so it reads the same rows as UTF-8 there.

A file's own time counts, without the start of the process, which is the same for a file of
one row. Under ``UTF-8 CSV, not in the order of its keys`` equal keys have to be looked for by
gathering them.

The figures are printed, and kept as JSON in ``data/benchmarks``.
"""

from __future__ import annotations

import argparse
import codecs
import gzip
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import zstandard

from benchmarks.processes import Cost, measured
from dagster_project.ingestion.landing import land_source
from dagster_project.ingestion.ledger import Ledger
from dagster_project.ingestion.mapping import load_mapping
from dagster_project.ingestion.sql import literal

PROJECT_ROOT = Path(__file__).resolve().parent.parent
RESULTS_DIR = PROJECT_ROOT / "data" / "benchmarks"

#: What UTF-8 CSV may cost at ten million rows; the others are reported.
MOST_TIMES_BARE = 1.5

_BLOCK = 1 << 22

_PAYMENTS = """
SELECT
    'P' || lpad(n::VARCHAR, 9, '0') AS payment_id,
    'Клиент ' || (n * 7919 % 50000) AS customer_id,
    CASE WHEN n % 5 > 0 THEN 'I' || (n * 31 % 3000000) END AS invoice_id,
    DATE '2019-01-01' + (n * 13 % 2500)::INTEGER AS paid_on,
    (n * 7907 % 10000000 / 100)::DECIMAL(18,2) AS amount,
    ['EUR', 'USD', 'CNY', 'RUB'][1 + n % 4] AS currency
FROM range({rows}) AS numbers(n)
"""
_TYPES = {
    "payment_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "invoice_id": "VARCHAR",
    "paid_on": "DATE",
    "amount": "DECIMAL(18,4)",
    "currency": "VARCHAR",
}
_MAPPING = """
source: bench
folder: {folder}
files:
  payments:
    pattern: {pattern}
    {settings}
    columns: [payment_id, customer_id, invoice_id, {columns}]
tables:
  accounting.payments:
    from: payments
    mode: full
    columns:
      payment_id: payment_id
      customer_id: customer_id
      invoice_id: invoice_id
      paid_on: paid_on
      amount: amount
      currency: currency
"""
_PLAIN = "paid_on, amount, currency"
_LOCAL = "{paid_on: date}, {amount: number}, currency"
_CP1251 = "encoding: cp1251"


@dataclass(frozen=True)
class Extract:
    """One way to write the payments, and how its mapping says so."""

    name: str
    pattern: str
    settings: str
    write: Callable[[Path, Path, int], None]
    columns: str = _PLAIN


def _copy(options: str, select: str = "*") -> Callable[[Path, Path, int], None]:
    def write(_: Path, target: Path, rows: int) -> None:
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT {select} FROM ({_PAYMENTS.format(rows=rows)})) "
                f"TO {literal(target)} ({options})"
            )

    return write


def _shuffled(plain: Path, target: Path, rows: int) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM ({_PAYMENTS.format(rows=rows)}) ORDER BY hash(payment_id)) "
            f"TO {literal(target)} (FORMAT csv, HEADER)"
        )


def _encoded(encoding: str) -> Callable[[Path, Path, int], None]:
    def write(plain: Path, target: Path, _: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        encoder = codecs.getincrementalencoder(encoding)(errors="replace")
        with plain.open("rb") as source, target.open("wb") as copy:
            while block := source.read(_BLOCK):
                copy.write(encoder.encode(decoder.decode(block)))

    return write


def _gzipped(plain: Path, target: Path, _: int) -> None:
    with plain.open("rb") as source, gzip.open(target, "wb", compresslevel=1) as copy:
        shutil.copyfileobj(source, copy, _BLOCK)


def _under_zstd(plain: Path, target: Path, _: int) -> None:
    with plain.open("rb") as source, target.open("wb") as copy:
        zstandard.ZstdCompressor().copy_stream(source, copy)


_LOCAL_SELECT = (
    "* REPLACE (strftime(paid_on, '%d.%m.%Y') AS paid_on, "
    "replace(format('{:t }', floor(amount)::BIGINT) || ',' "
    "|| lpad(((amount * 100)::BIGINT % 100)::VARCHAR, 2, '0'), 't', ' ') || ' €' AS amount)"
)

EXTRACTS = (
    Extract("UTF-8 CSV", "payments.csv", "format: csv", _copy("FORMAT csv, HEADER")),
    Extract(
        "UTF-8 CSV, not in the order of its keys",
        "payments-shuffled.csv",
        "format: csv",
        _shuffled,
    ),
    Extract("UTF-8 CSV gzipped", "payments.csv.gz", "format: csv", _gzipped),
    Extract("UTF-8 CSV under zstd", "payments.csv.zst", "format: csv", _under_zstd),
    Extract("cp1251 CSV", "payments-cp1251.csv", _CP1251, _encoded("cp1251")),
    Extract("gb18030 CSV", "payments-gb18030.csv", "encoding: gb18030", _encoded("gb18030")),
    Extract("UTF-16 CSV", "payments-utf16.csv", "encoding: utf-16", _encoded("utf-16")),
    Extract(
        "CSV with '1 234,50 €' and '31.01.2025'",
        "payments-local.csv",
        'delimiter: ";"\n    decimal: ","\n    thousands: " "\n    date_format: "%d.%m.%Y"',
        _copy("FORMAT csv, HEADER, DELIMITER ';'", _LOCAL_SELECT),
        columns=_LOCAL,
    ),
    Extract("JSON lines", "payments.jsonl", "format: jsonl", _copy("FORMAT json")),
    Extract("JSON", "payments.json", "format: json", _copy("FORMAT json, ARRAY true")),
    Extract("Parquet", "payments.parquet", "format: parquet", _copy("FORMAT parquet")),
)


def main() -> None:
    """Measure every format, or do one of the measured things in this process."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", type=int, help="payments in each extract")
    parser.add_argument("--only", action="append", help="a format, by its name in the table")
    parser.add_argument("--repeat", type=int, default=3, help="the median of so many counts")
    options = parser.parse_args()
    folder = RESULTS_DIR / "ingestion"
    shutil.rmtree(folder, ignore_errors=True)
    extracts = folder / "extracts" / "bench"
    extracts.mkdir(parents=True)
    plain = extracts / EXTRACTS[0].pattern
    EXTRACTS[0].write(plain, plain, options.rows)
    figures = {}
    print(f"{options.rows:,} rows; landing beside bare DuckDB, s: medians of {options.repeat}\n")
    for extract in EXTRACTS:
        if options.only and extract.name not in options.only:
            continue
        path = extracts / extract.pattern
        if not path.exists():
            extract.write(plain, path, options.rows)
        _write_mapping(folder, extract)
        bare_path = path if extract.pattern.endswith(".parquet") else plain
        landings, bares = [], []
        for _ in range(options.repeat):
            bares.append(_measure("bare", bare_path, folder))
            landings.append(_measure("land", path, folder))
        landing = statistics.median(seconds for seconds, _ in landings)
        bare = statistics.median(seconds for seconds, _ in bares)
        figures[extract.name] = {
            "landing_seconds": landing,
            "bare_seconds": bare,
            "ratio": landing / bare,
            "landing_cpu_seconds": statistics.median(cost.cpu_seconds for _, cost in landings),
            "bare_cpu_seconds": statistics.median(cost.cpu_seconds for _, cost in bares),
            "peak_gib": max(cost.peak_gib for _, cost in landings),
        }
        print(
            f"{extract.name:<42}{landing:>8.1f}{bare:>8.1f}{landing / bare:>8.2f}"
            f"{figures[extract.name]['peak_gib']:>8.1f} GiB",
            flush=True,
        )
        if path != plain:
            path.unlink()
    at_most = f"at most {MOST_TIMES_BARE} for {EXTRACTS[0].name} at ten million rows"
    print(f"\nthird column: landing / bare ({at_most}), then the landing's peak memory")
    answer = RESULTS_DIR / f"ingestion-{options.rows}.json"
    answer.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(folder)


def _write_mapping(folder: Path, extract: Extract) -> None:
    text = _MAPPING.format(
        folder="bench",
        pattern=extract.pattern,
        settings=extract.settings,
        columns=extract.columns,
    )
    (folder / "bench.yml").write_text(text, encoding="utf-8")


def _measure(what: str, path: Path, folder: Path) -> tuple[float, Cost]:
    """What a child took for the file itself, in seconds, and for all it did."""
    for made in ("lake", "bare.parquet"):
        target = folder / made
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    command = ["-m", "benchmarks.ingestion", what, str(path), str(folder)]
    cost = measured(command, folder=PROJECT_ROOT)
    return float((folder / "seconds").read_text()), cost


def land(folder: Path) -> None:
    """Land what the mapping in a folder says, into a lake there."""
    lake = folder / "lake"
    land_source(
        load_mapping(folder / "bench.yml"),
        extracts_dir=folder / "extracts",
        lake_dir=lake,
        ledger=Ledger(lake / "ledger.duckdb"),
        max_set_aside_share=0.0,
    )


def read_and_write(path: Path, target: Path) -> None:
    """Read an extract's rows with their types and write them once, in bare DuckDB."""
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in _TYPES.items())
    source = (
        f"read_parquet({literal(path)})"
        if path.suffix == ".parquet"
        else f"read_csv({literal(path)}, header = true, columns = {{{types}}})"
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM {source}) TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)"
        )


def _timed(folder: Path, work: Callable[[], None]) -> None:
    started = time.perf_counter()
    work()
    (folder / "seconds").write_text(str(time.perf_counter() - started))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["land", _, folder]:
            _timed(Path(folder), lambda: land(Path(folder)))
        case ["bare", path, folder]:
            target = Path(folder) / "bare.parquet"
            _timed(Path(folder), lambda: read_and_write(Path(path), target))
        case _:
            main()
