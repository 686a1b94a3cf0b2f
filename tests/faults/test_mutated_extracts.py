"""Thousands of damaged extracts: every row lands right or is a finding, and nothing crashes.

Each is an extract of good rows to which something was done: bytes flipped, cut out or put
in, records cut, columns moved, renamed or doubled, another encoding than the mapping says.
What Python's own CSV reader makes of the damaged file is what may land, record by record.
"""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.errors import ExtractError
from tests.unit.ingestion.site import Row, Site

PRODUCTS = "accounting.products"
#: `make fuzz` tries five thousand; always the same, so that a failure can be looked at.
EXTRACTS, CHUNKS = int(os.environ.get("KPI_FUZZ_EXTRACTS", "600")), 20
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


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_row_lands_right_or_is_a_finding(chunk: int, tmp_path: Path) -> None:
    landed_whole = refused = set_aside = 0
    for number in range(EXTRACTS // CHUNKS):
        chance = random.Random(chunk * 10_000 + number)
        truth, told = chance.choice(
            [("utf-8", "utf-8")] * 6
            + [("cp1251", "cp1251"), ("gbk", "gbk"), ("cp1251", "utf-8"), ("utf-8", "utf-16")]
        )
        data = written(good_rows(chance), truth)
        for _ in range(chance.randint(1, 3)):
            if data:
                data = chance.choice(MUTATIONS)(chance, data)
        site = Site(tmp_path / str(number))
        site.map_products(f", encoding: {told}")
        site.deliver("books/products.csv", data)
        try:
            (load,) = site.land(max_set_aside_share=1.0).loads
        except ExtractError as error:
            assert "products" in str(error)
            refused += 1
            continue
        assert load.rows_read == load.rows_landed + load.rows_set_aside
        header, *others = records(data, told)
        for *row, place in site.rows(PRODUCTS, "product_id", "product_name", "category", "_row"):
            assert tuple(row) == expected_row(header, others[place - 1]), (chunk, number, data)
        places = {finding.row for finding in site.findings()}
        places |= {place for (place,) in site.rows(PRODUCTS, "_row")}
        assert len(places) == load.rows_read, (chunk, number, data)
        landed_whole += not load.rows_set_aside
        set_aside += bool(load.rows_set_aside)
    assert landed_whole
    assert refused
    assert set_aside
