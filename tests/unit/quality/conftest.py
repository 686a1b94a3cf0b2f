"""One judged set of sound inputs and one of spoilt ones, for all tests of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dagster_project.company import load_company
from dagster_project.engines.duckdb.batches import DuckDBInputs
from dagster_project.quality.results import CheckResult
from dagster_project.quality.runner import check_inputs
from tests.unit.quality import inputs
from tests.unit.quality.warehouse import create_warehouse

CONFIG = Path(__file__).parents[3] / "config" / "company.yml"


@dataclass(frozen=True)
class Judged:
    """A judged warehouse, its results by table and name, and its pages."""

    warehouse_path: Path
    data_docs_dir: Path
    results: tuple[CheckResult, ...]

    def result(self, table: str, name: str) -> CheckResult:
        (result,) = (item for item in self.results if (item.table, item.name) == (table, name))
        return result


def judge(
    folder: Path,
    script: str,
    mapped_tables: tuple[str, ...] = inputs.MAPPED_TABLES,
    row_counts: Mapping[str, int] | None = None,
) -> Judged:
    """Make a warehouse in ``folder`` and have it judged."""
    warehouse_path = create_warehouse(folder / "warehouse.duckdb", script)
    data_docs_dir = folder / "published" / "data_docs"
    results = check_inputs(
        DuckDBInputs(warehouse_path),
        mapped_tables=mapped_tables,
        company=load_company(CONFIG),
        as_of_date=inputs.AS_OF_DATE,
        previous_row_counts=inputs.ROW_COUNTS if row_counts is None else row_counts,
        data_docs_dir=data_docs_dir,
    )
    return Judged(warehouse_path, data_docs_dir, results)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judge(tmp_path_factory.mktemp("sound"), inputs.SOUND)


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judge(
        tmp_path_factory.mktemp("spoilt"),
        inputs.SOUND + inputs.SPOILT,
        inputs.SPOILT_MAPPED_TABLES,
        inputs.SPOILT_ROW_COUNTS,
    )
