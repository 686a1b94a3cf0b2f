"""The input checks as a run uses them: a process of its own, then others on its files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.unit.quality import inputs
from tests.unit.quality.warehouse import create_warehouse

PROJECT_ROOT = Path(__file__).parents[2]

RUN = """
import subprocess, sys
from pathlib import Path
from dagster_project.company import load_company
from dagster_project.engines.duckdb.batches import DuckDBInputs
from dagster_project.quality.results import store_results
from dagster_project.quality.runner import check_inputs
from tests.unit.quality import inputs

assert "great_expectations" not in sys.modules, "imported before it is needed"
warehouse_path = Path(sys.argv[1])
results = check_inputs(
    DuckDBInputs(warehouse_path),
    mapped_tables=inputs.SPOILT_MAPPED_TABLES,
    company=load_company(Path("config/company.yml")),
    as_of_date=inputs.AS_OF_DATE,
    previous_row_counts=inputs.SPOILT_ROW_COUNTS,
    data_docs_dir=Path(sys.argv[2]),
)
# While this process lives on, another one writes to the warehouse, and then it does.
other = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('CREATE TABLE seen AS SELECT 1')"
subprocess.run([sys.executable, "-c", other, sys.argv[1]], check=True)
store_results(warehouse_path, results)
"""

READ = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute(
    "SELECT severity, count(*) FROM quality.check_results "
    "WHERE NOT has_passed GROUP BY severity ORDER BY severity"
).fetchall(), connection.execute("FROM seen").fetchall())
"""


def python(script: str, *arguments: Path) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    # Progress bars, tracebacks in the log and their like would be here.
    noise = [
        line
        for line in finished.stderr.splitlines()
        # DuckDB's own words when an interpreter that knows Great Expectations ends.
        if not line.startswith(("nanobind:", " - ", "See https://nanobind."))
    ]
    assert noise == []
    return finished.stdout


def test_a_checked_warehouse_is_free_for_the_next_process(tmp_path: Path) -> None:
    warehouse_path = create_warehouse(tmp_path / "warehouse.duckdb", inputs.SOUND + inputs.SPOILT)
    assert python(RUN, warehouse_path, tmp_path / "docs") == ""
    expected = [
        ("critical", len(inputs.CRITICAL_FAILURES)),
        ("warning", len(inputs.WARNING_FAILURES)),
    ]
    assert python(READ, warehouse_path) == f"{expected} [(1,)]\n"
    assert (tmp_path / "docs" / "index.html").exists()
