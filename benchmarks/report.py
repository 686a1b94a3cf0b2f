"""The figures of ``benchmarks.scale`` as one table: each a ratio within one run.

``python -m benchmarks.report`` prints what was measured last, without measuring.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

Figures = dict[str, Any]

_STEPS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("landing", lambda name: name.startswith("extracts__")),
    ("contract tables", lambda name: name == "contract_tables"),
    ("input checks, pages included", lambda name: name == "check_inputs"),
    ("dbt: models and data tests", lambda name: name == "dbt"),
    ("receipt", lambda name: name == "publication__receipt"),
    ("publication", lambda name: name == "publication__marts"),
)
_SLOWEST = 12
#: From the documents to revenue by month: what the KPI models are held against.
_ROLL_UP = (
    "int_documents",
    "int_document_reps",
    "fct_revenue_lines",
    "int_revenue_daily",
    "int_revenue_monthly",
)


def print_report(results_dir: Path, sizes: Sequence[int] | None = None) -> None:
    """Print every size's figures side by side, and where its time went."""
    found = [
        json.loads(path.read_text(encoding="utf-8")) for path in results_dir.glob("scale-*.json")
    ]
    figures = sorted(
        (item for item in found if sizes is None or item["lines"] in sizes),
        key=lambda item: item["lines"],
    )
    print(f"\n{_machine()}\n")
    _row("", [f"{item['lines']:,} lines" for item in figures])
    for name, key in (
        ("whole run", "full"),
        ("one scan of the extracts", "floor"),
        ("the same SQL in bare DuckDB", "replay"),
        ("night with 1% new documents", "night_new"),
        ("night with 3 old months corrected", "night_corrections"),
    ):
        _row(f"{name}, s", [f"{item[key]['seconds']:.1f}" for item in figures])
    _row(
        "peak memory of the whole run, GiB", [f"{item['full']['peak_gib']:.1f}" for item in figures]
    )
    for name, ratio in _RATIOS:
        _row(name, [_shown(ratio(item)) for item in figures])
    growths = [
        None,
        *(_growth(one, other) for one, other in pairwise(figures)),
    ]
    _row("whole run / that of the size before", [_shown(growth) for growth in growths])
    for part in ("steps", "night_new_steps", "night_corrections_steps"):
        print(f"\n{part.replace('_', ' ')}, s")
        for name, is_step in _STEPS:
            _row(
                f"  {name}",
                [
                    f"{sum(value for step, value in item[part].items() if is_step(step)):.1f}"
                    for item in figures
                ],
            )
        for name in _slowest(figures[-1][part]):
            _row(
                f"  {name.split('.', 2)[2][:46]}",
                [f"{item[part].get(name, 0):.1f}" for item in figures],
            )


def _over(figures: Figures, one: str, other: str) -> float | None:
    if other not in figures:
        return None
    return float(figures[one]["seconds"] / figures[other]["seconds"])


def _dbt_over_sql(figures: Figures) -> float | None:
    bare = figures["replay"]["models"] + figures["replay"]["tests"]
    return float(figures["steps"]["dbt"] / bare)


def _kpi_over_roll_up(figures: Figures) -> float:
    seconds = {
        name.removeprefix("model.sales_kpi."): value
        for name, value in figures["steps"].items()
        if name.startswith("model.sales_kpi.")
    }
    marts = sum(value for name, value in seconds.items() if name.startswith("kpi_"))
    return float(marts / sum(seconds[name] for name in _ROLL_UP))


_RATIOS: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("whole run / the same SQL in bare DuckDB", lambda f: _over(f, "full", "replay")),
    ("dbt's models and tests / the same SQL", _dbt_over_sql),
    ("whole run / one scan of the extracts", lambda f: _over(f, "full", "floor")),
    ("night with 1% new documents / whole run", lambda f: _over(f, "night_new", "full")),
    ("night with 3 old months corrected / whole", lambda f: _over(f, "night_corrections", "full")),
    ("all KPI marts / roll-up of documents to months", _kpi_over_roll_up),
    ("whole run / dbt build alone", lambda f: _over(f, "full", "dbt")),
)


def _growth(one: Figures, other: Figures) -> float:
    return float(other["full"]["seconds"] / one["full"]["seconds"])


def _slowest(steps: dict[str, float]) -> list[str]:
    nodes = {name: value for name, value in steps.items() if name.count(".") >= 2}
    return sorted(nodes, key=lambda name: -nodes[name])[:_SLOWEST]


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _row(name: str, values: Sequence[str]) -> None:
    print(f"{name:<50}" + "".join(f"{value:>18}" for value in values))


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "dagster"))
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    print_report(Path(__file__).resolve().parent.parent / "data" / "benchmarks")
