"""The models built in the warehouse file itself, so there is nothing to hand over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dagster_project.engines.duckdb.batches import DuckDBInputs


class DuckDBEngine:
    """See :class:`~dagster_project.engines.engine.Engine`."""

    def __init__(self, warehouse_path: Path, memory_limit: str) -> None:
        self._warehouse_path = warehouse_path
        self._memory_limit = memory_limit

    @contextmanager
    def inputs(self) -> Iterator[DuckDBInputs]:
        """The warehouse file's own tables."""
        yield DuckDBInputs(self._warehouse_path, self._memory_limit)

    def build_environment(self) -> Mapping[str, str]:
        """Nothing: the profile needs the warehouse file alone."""
        return {}

    def deliver(self, manifest: Path) -> None:
        """Nothing: dbt built the tables in the warehouse file."""
