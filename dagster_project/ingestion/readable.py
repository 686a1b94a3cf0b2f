"""Extracts that DuckDB does not read as they are, put into UTF-8 text that it does.

Text in another encoding, packed text, and the sheet of a workbook. Everything is
read in a stream; what a file's encoding cannot be is an error that names the place.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import gzip
import io
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import zstandard
from python_calamine import CalamineError, CalamineWorkbook

from dagster_project.errors import ExtractError
from dagster_project.ingestion.extracts import ExtractFile
from dagster_project.ingestion.mapping import FileColumn, FileFormat, SourceFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Endings of packed text. It is unpacked here: DuckDB unpacks on one processor, and does
#: not look at checksums.
PACKED = frozenset({".gz", ".zst"})

#: Bytes read at a time, and under zstd, where they may become many more.
BLOCK, PACKED_BLOCK = 1 << 22, 1 << 17

#: So many characters beyond ASCII that are UTF-8 are not so by chance.
SURELY_UTF8 = 8


#: The day before a spreadsheet's first, counted back from March 1900.
_FIRST_DAY = dt.date(1899, 12, 30)


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
        if is_text and (spec.encoding != "utf-8" or file.path.suffix in PACKED):
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
                with _unpacking(file):
                    if spec.encoding == "utf-8":
                        _write_unpacked(file, arriving)
                    else:
                        _write_utf8(file, spec.encoding, arriving)
            arriving.replace(copy)
        return copy


class _Unzstd(io.RawIOBase):
    """What is under zstd, frame after frame.

    Unlike zstandard's own reader, it tells of a frame that is cut short.
    """

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_begun = False
        self._rest = b""
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: WriteableBuffer) -> int:
        view = memoryview(target)
        while not self._ready:
            block = self._rest or self._packed.read(PACKED_BLOCK)
            if not block:
                if self._is_begun:
                    raise EOFError("it ends within a frame")
                return 0
            self._ready = self._frame.decompress(block)
            self._rest = self._frame.unused_data if self._frame.eof else b""
            self._is_begun = not self._frame.eof
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        size = min(len(view), len(self._ready))
        view[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes, unpacked where its ending says it is packed."""
    with path.open("rb") as stream:
        if path.suffix == ".gz":
            with gzip.open(stream) as unpacked:
                yield unpacked  # type: ignore[misc]
        elif path.suffix == ".zst":
            yield io.BufferedReader(_Unzstd(stream), BLOCK)
        else:
            yield stream


@contextmanager
def _unpacking(file: ExtractFile) -> Iterator[None]:
    """Tell of a packed file that is not whole, which its checksum says."""
    try:
        yield
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise ExtractError(
            file.name,
            f"the file cannot be read: {error}.",
            "It may be cut short or damaged; export it again.",
        ) from None


def _write_unpacked(file: ExtractFile, target: Path) -> None:
    """The bytes as they are: DuckDB says which record is not UTF-8."""
    with opened(file.path) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, BLOCK)


def _write_utf8(file: ExtractFile, encoding: str, target: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    unsaid = _Utf8Told() if not encoding.startswith("utf") else None
    line = 1
    try:
        with opened(file.path) as source, target.open("wb") as copy:
            while block := source.read(BLOCK):
                text = decoder.decode(block)
                if unsaid is not None:
                    unsaid.look_at(block)
                line += text.count("\n")
                copy.write(text.removeprefix("\ufeff").encode() if line == 1 else text.encode())
            copy.write(decoder.decode(b"", final=True).encode())
        if unsaid is not None and unsaid.is_sure:
            raise ExtractError(
                file.name,
                f"all of the file is UTF-8, with {unsaid.characters:,} characters beyond ASCII, "
                f"where the mapping says {encoding}.",
                "Correct `encoding` in the mapping.",
            )
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


class _Utf8Told:
    """Whether text of which another encoding is said is UTF-8 from beginning to end."""

    def __init__(self) -> None:
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self.characters = 0

    def look_at(self, block: bytes) -> None:
        """Go on with the next bytes."""
        if self._decoder is None:
            return
        try:
            text = self._decoder.decode(block)
        except UnicodeDecodeError:
            self._decoder = None
            return
        if not text.isascii():
            self.characters += len(text) - len(text.encode("ascii", errors="ignore"))

    @property
    def is_sure(self) -> bool:
        return self._decoder is not None and self.characters >= SURELY_UTF8


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
        _write_rows(rows, spec, target)
    except (CalamineError, OSError, EOFError, ValueError) as error:
        raise ExtractError(
            file.name,
            f"the workbook cannot be read: {error}.",
            "It may be cut short or of another format than the mapping says; export it again.",
        ) from None


def _write_rows(rows: Iterable[Sequence[object]], spec: SourceFile, target: Path) -> None:
    filled = (row for row in rows if any(cell != "" for cell in row))
    with target.open("w", encoding="utf-8", newline="") as copy:
        lines = csv.writer(copy)
        names: Sequence[object] = spec.column_names
        if spec.header:
            names = next(filled, ())
            lines.writerow(map(_as_text, names))
        by_name = {column.name: column for column in spec.columns}
        columns = [by_name.get(_as_text(name).strip()) for name in names]
        for row in filled:
            lines.writerow(
                _as_written(cell, column, spec)
                for cell, column in zip_longest(row, columns[: len(row)])
            )


def _as_written(cell: object, column: FileColumn | None, spec: SourceFile) -> str:
    """A cell as the mapping says that its column is written.

    A cell of a number or a day is that, however texts in its column are written.
    """
    kind = column.type if column is not None else "text"
    if kind == "number" and isinstance(cell, float):
        return _as_text(cell).replace(".", spec.decimal)
    if isinstance(cell, dt.date):
        if kind == "excel_date":
            day = cell.date() if isinstance(cell, dt.datetime) else cell
            return str((day - _FIRST_DAY).days)
        if kind in ("date", "timestamp") and spec.date_format is not None:
            return cell.strftime(spec.date_format)
    return _as_text(cell)


def _as_text(cell: object) -> str:
    """A cell as text: whole numbers without a point, days and times as ISO has them."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
