"""Thousands of damaged extracts: every row lands right or is a finding, and nothing crashes.

Each is an extract of good rows to which something was done: bytes flipped, cut out or put
in, records cut, columns moved, renamed or doubled, another encoding than the mapping says.
What Python's own CSV reader makes of the damaged file is what may land, record by record.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import duckdb
import pytest
import zstandard

from dagster_project.errors import ExtractError
from dagster_project.ingestion.ledger import Cursor, Ledger, Load
from dagster_project.ingestion.mapping import SourceMapping
from tests.unit.ingestion.site import Row, Site
from tests.unit.ingestion.test_encodings_and_formats import workbook

PRODUCTS = "accounting.products"
#: Always the same, so that a failure can be looked at; `make fuzz` tries ten times as many.
EXTRACTS, CHUNKS = int(os.environ.get("KPI_FUZZ_EXTRACTS", "5000")), 20
COLUMNS = ["id", "name", "group"]

Mutation = Callable[[random.Random, bytes], bytes]


def good_rows(chance: random.Random) -> list[list[str]]:
    names = ["Bike", "Rad, rot", 'a "fast" one', "Ő", "Ёлка", "车", "x" * 50, ""]
    return [
        [str(number), chance.choice(names) or f"n{number}", chance.choice(names)]
        for number in range(1, chance.randint(2, 12))
    ]


def written(rows: list[list[str]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue().encode(encoding, errors="ignore")


def flip(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def cut(chance: random.Random, data: bytes) -> bytes:
    first = chance.randrange(len(data))
    return data[:first] + data[first + chance.randint(1, 20) :]


def truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def insert(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    added = chance.choice(
        [b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b'""', b";", b"\xef\xbb\xbf"]
    )
    return data[:place] + added + data[place:]


def double_a_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    place = chance.randrange(len(lines))
    return b"\n".join([*lines[:place], lines[place], *lines[place:]])


def change_the_header(chance: random.Random, data: bytes) -> bytes:
    header, *lines = data.split(b"\n")
    names = header.split(b",")
    kind = chance.randrange(4)
    if kind == 0:
        chance.shuffle(names)
    elif kind == 1:
        names[chance.randrange(len(names))] = b"other"
    elif kind == 2:
        names.insert(chance.randrange(len(names)), chance.choice(names))
    else:
        names.pop(chance.randrange(len(names)))
    return b"\n".join([b",".join(names), *lines])


MUTATIONS: tuple[Mutation, ...] = (flip, cut, truncate, insert, double_a_line, change_the_header)


def records(data: bytes, encoding: str) -> list[list[str]]:
    """The records as Python splits them, blank lines left out.

    Bytes that are no text have a sign of their own, which no landed row may hold.
    """
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    return [record for record in csv.reader(io.StringIO(text, newline=""), strict=False) if record]


def expected_row(header: list[str], record: list[str]) -> Row:
    named = dict(zip((name.strip() for name in header), record, strict=False))
    return tuple(named[column].strip(" ") or None for column in COLUMNS)


class MemoryLedger(Ledger):
    """A ledger of one site; a file of it costs more than the landing of ten rows."""

    def __init__(self) -> None:
        self._loads: list[Load] = []

    def append(self, loads: Sequence[Load], cursors: Sequence[Cursor] = ()) -> None:
        self._loads += loads

    def history(self) -> tuple[Load, ...]:
        return tuple(self._loads)

    def cursors(self, source: str) -> dict[str, Cursor]:
        return {}


class QuickSite(Site):
    """A site whose mapping is read once for all that have the same."""

    mappings: ClassVar[dict[str, SourceMapping]] = {}

    def __init__(self, folder: Path, settings: str) -> None:
        super().__init__(folder)
        self.ledger = MemoryLedger()
        if settings not in self.mappings:
            self.map_products(settings)
            self.mappings[settings] = super().mapping()
        self._settings = settings

    def mapping(self, source: str = "books") -> SourceMapping:
        return self.mappings[self._settings]


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """Land everything over one connection, which is most of what a small landing takes."""
    with duckdb.connect(config={"threads": 1}) as connection:

        @contextmanager
        def staging(folder: Path, _: str) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
            folder.mkdir(parents=True)
            for table in ("reject_errors", "reject_scans"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            yield folder, connection

        monkeypatch.setattr("dagster_project.ingestion.landing._staging", staging)
        yield connection


def mutated(chance: random.Random, data: bytes, mutations: Sequence[Mutation]) -> bytes:
    for _ in range(chance.randint(1, 3)):
        if data:
            data = chance.choice(mutations)(chance, data)
    return data


def land(site: Site) -> Load | None:
    """The load that an extract made; None where it was refused, with its name."""
    try:
        (load,) = site.land(max_set_aside_share=1.0).loads
    except ExtractError as error:
        assert "products" in str(error)
        return None
    assert load.rows_read == load.rows_landed + load.rows_set_aside
    return load


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_row_lands_right_or_is_a_finding(
    chunk: int, tmp_path: Path, one_connection: duckdb.DuckDBPyConnection
) -> None:
    landed_whole = refused = set_aside = 0
    for number in range(EXTRACTS // CHUNKS):
        chance = random.Random(chunk * 10_000 + number)
        truth, told = chance.choice(
            [("utf-8", "utf-8")] * 6
            + [("cp1251", "cp1251"), ("gbk", "gbk"), ("cp1251", "utf-8"), ("utf-8", "utf-16")]
        )
        data = mutated(chance, written(good_rows(chance), truth), MUTATIONS)
        site = QuickSite(tmp_path / str(number), f", encoding: {told}")
        site.deliver("books/products.csv", data)
        load = land(site)
        if load is None:
            refused += 1
            continue
        header, *others = records(data, told)
        columns = ("product_id", "product_name", "category", "_row")
        rows = one_connection.execute(
            f"SELECT {', '.join(columns)} FROM ({site.sql(PRODUCTS)})"
        ).fetchall()
        for *row, place in rows:
            assert tuple(row) == expected_row(header, others[place - 1]), (chunk, number, data)
        places = {place for *_, place in rows}
        if load.rows_set_aside:
            findings = load.findings_path(site.lake_dir)
            found = one_connection.execute(f"SELECT row_number FROM '{findings}'").fetchall()
            places |= {place for (place,) in found}
        assert len(places) == load.rows_read, (chunk, number, data)
        landed_whole += not load.rows_set_aside
        set_aside += bool(load.rows_set_aside)
    assert landed_whole
    assert refused
    assert set_aside


BYTES: tuple[Mutation, ...] = (flip, cut, truncate, insert, double_a_line)


def json_lines(rows: list[list[str]]) -> bytes:
    objects = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects).encode()


def under_zstd(rows: list[list[str]]) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(written(rows, "utf-8"))


def gzipped(rows: list[list[str]]) -> bytes:
    return gzip.compress(written(rows, "utf-8"), mtime=0)


def as_parquet(rows: list[list[str]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "rows.parquet"
        connection.execute('CREATE TABLE rows (id VARCHAR, name VARCHAR, "group" VARCHAR)')
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)
        connection.table("rows").write_parquet(str(path))
        return path.read_bytes()


def as_workbook(rows: list[list[str]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        workbook(path, {"a": [COLUMNS, *rows]})
        return path.read_bytes()


#: How rows are written in another format, and what the mapping says of it.
FORMATS: dict[str, tuple[Callable[[list[list[str]]], bytes], str]] = {
    "jsonl": (json_lines, ", format: jsonl"),
    "csv.zst": (under_zstd, ""),
    "csv.gz": (gzipped, ""),
    "parquet": (as_parquet, ", format: parquet"),
    "xlsx": (as_workbook, ", format: xlsx"),
}


@pytest.mark.parametrize("ending", FORMATS)
def test_other_formats_land_what_was_written_or_tell(
    ending: str, tmp_path: Path, one_connection: duckdb.DuckDBPyConnection
) -> None:
    """Packed formats have checksums; of JSON each line is read by Python too."""
    write, settings = FORMATS[ending]
    refused = 0
    for number in range(EXTRACTS // 25):
        chance = random.Random(number)
        rows = good_rows(chance)
        data = mutated(chance, write(rows), BYTES)
        site = QuickSite(tmp_path / str(number), settings)
        (site.extracts_dir / "books").mkdir(parents=True)
        (site.extracts_dir / "books" / f"products.{ending}").write_bytes(data)
        load = land(site)
        if load is None:
            refused += 1
            continue
        landed = one_connection.execute(
            f"SELECT product_id, product_name, category FROM ({site.sql(PRODUCTS)})"
        ).fetchall()
        if ending == "jsonl":
            possible = {row for line in data.split(b"\n") if (row := json_row(line))}
        elif ending in ("csv.zst", "csv.gz"):
            possible = {tuple(value.strip() or None for value in row) for row in rows}
        else:
            continue
        assert set(landed) <= possible, (number, data)
    assert refused


def json_row(line: bytes) -> Row | None:
    try:
        pairs = json.loads(line, object_pairs_hook=list)
        item = dict(pairs)
    except (ValueError, TypeError):
        return None
    if len(item) < len(pairs):
        return None
    return tuple(str(item.get(column, "")).strip() or None for column in COLUMNS)
