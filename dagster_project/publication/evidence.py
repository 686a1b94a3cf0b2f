"""What a receipt is made from, as shapes.

Protocols rather than imports: the publisher depends on what was found, not on who
found it, so checks and loads can change their classes without touching a receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class InputCheck(Protocol):
    """One input check and its outcome. ``severity`` is ``critical`` or ``warning``."""

    @property
    def table(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def has_passed(self) -> bool: ...
    @property
    def observed(self) -> object: ...
    @property
    def expected(self) -> object: ...
    @property
    def remedy(self) -> str: ...


class LoadedFile(Protocol):
    """One extract file that was read, by content."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def bytes(self) -> int: ...


class Load(Protocol):
    """One landing of one source table: which files, and what became of their rows."""

    @property
    def source(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def load_id(self) -> str: ...
    @property
    def files(self) -> Sequence[LoadedFile]: ...
    @property
    def rows_read(self) -> int: ...
    @property
    def rows_landed(self) -> int: ...
    @property
    def rows_set_aside(self) -> int: ...
