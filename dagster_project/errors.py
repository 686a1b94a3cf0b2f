"""Errors that a person is meant to read: what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path


class PipelineError(Exception):
    """Base of every error that ends a run with a message instead of a trace."""


class ConfigurationError(PipelineError):
    """A setting or mapping is wrong; found before any data is read."""


class MappingError(ConfigurationError):
    """A source mapping is wrong, at a file and line."""

    def __init__(self, path: Path, line: int | None, problem: str, remedy: str) -> None:
        place = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{place}: {problem} {remedy}")
        self.path = path
        self.line = line


class ExtractError(PipelineError):
    """An extract cannot be landed; its source stops and yesterday's data stays."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem} {remedy}")


class PublicationRefusedError(PipelineError):
    """The build has no passing receipt of its own, so it is not published."""
