"""Extracts that DuckDB does not read as they are, put into UTF-8 text that it does.

Text in another encoding, text under zstd, and the sheet of a workbook. Everything is
read in a stream; what a file's encoding cannot be is an error that names the place.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import zstandard
from python_calamine import CalamineError, CalamineWorkbook

from dagster_project.errors import ExtractError
from dagster_project.ingestion.extracts import ExtractFile
from dagster_project.ingestion.mapping import FileFormat, SourceFile

#: Bytes read at a time.
BLOCK = 1 << 22


class ReadableFiles:
    """Copies of files in UTF-8, each made once, in a folder that goes with the run's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, file: ExtractFile, spec: SourceFile) -> tuple[Path, SourceFile]:
        """A path DuckDB can read, and how it is to be read there.

        Raises:
            ExtractError: if the file is not what the mapping says it is.
        """
        if spec.format is FileFormat.XLSX:
            copied = spec.model_copy(
                update={"format": FileFormat.CSV, "delimiter": ",", "quote": '"'}
            )
            return self._copy(file, spec, ".csv"), copied
        is_text = spec.format is not FileFormat.PARQUET
        if is_text and (spec.encoding != "utf-8" or file.path.suffix == ".zst"):
            copied = spec.model_copy(update={"encoding": "utf-8"})
            return self._copy(file, spec, ".txt"), copied
        return file.path, spec

    def _copy(self, file: ExtractFile, spec: SourceFile, ending: str) -> Path:
        copy = self._folder / f"{file.sha256[:16]}-{spec.sheet or ''}{ending}"
        if not copy.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            arriving = copy.with_suffix(".arriving")
            if spec.format is FileFormat.XLSX:
                _write_sheet(file, spec, arriving)
            else:
                _write_utf8(file, spec.encoding, arriving)
            arriving.replace(copy)
        return copy


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, unpacked where its ending says it is packed."""
    with path.open("rb") as stream:
        if path.suffix == ".gz":
            with gzip.open(stream) as unpacked:
                yield unpacked  # type: ignore[misc]
        elif path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(stream) as unpacked:
                yield io.BufferedReader(unpacked, BLOCK)
        else:
            yield stream


def _write_utf8(file: ExtractFile, encoding: str, target: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    try:
        with opened(file.path) as source, target.open("wb") as copy:
            while block := source.read(BLOCK):
                text = decoder.decode(block)
                line += text.count("\n")
                copy.write(text.removeprefix("\ufeff").encode() if line == 1 else text.encode())
            copy.write(decoder.decode(b"", final=True).encode())
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        found = error.object[error.start : error.end].hex(" ")
        raise ExtractError(
            file.name,
            f"line {line + before} holds bytes ({found}) that are not {encoding}.",
            "See which encoding the system exports in and correct `encoding` in the mapping, "
            "or export the file again.",
        ) from None
    except UnicodeError as error:
        raise ExtractError(
            file.name,
            f"the file is not {encoding}: {error}.",
            "See which encoding the system exports in and correct `encoding` in the mapping, "
            "or export the file again.",
        ) from None
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise ExtractError(
            file.name,
            f"the file cannot be unpacked: {error}.",
            "It may be cut short; export it again.",
        ) from None


def _write_sheet(file: ExtractFile, spec: SourceFile, target: Path) -> None:
    try:
        workbook = CalamineWorkbook.from_path(str(file.path))
        names = workbook.sheet_names
        name = spec.sheet or names[0]
        if name not in names:
            raise ExtractError(
                file.name,
                f"there is no sheet {name!r}; there are: {', '.join(map(repr, names))}.",
                "Correct `sheet` in the mapping, or export the file again.",
            )
        rows = workbook.get_sheet_by_name(name).iter_rows()
        _write_rows(rows, target)
    except (CalamineError, OSError, EOFError, ValueError) as error:
        raise ExtractError(
            file.name,
            f"the workbook cannot be read: {error}.",
            "It may be cut short or of another format than the mapping says; export it again.",
        ) from None


def _write_rows(rows: Iterable[Sequence[object]], target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as copy:
        csv.writer(copy).writerows(map(_cells, rows))


def _cells(row: Sequence[object]) -> list[str]:
    return [_as_text(cell) for cell in row]


def _as_text(cell: object) -> str:
    """A cell as text: whole numbers without a point, days and times as ISO has them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
