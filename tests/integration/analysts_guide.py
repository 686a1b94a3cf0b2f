"""The analysts' guide, docs/kpis.md: a question, a query and its answer for each mart.

The answers stand in the guide as tables. ``python -m tests.integration.analysts_guide
SAMPLE SIMULATED`` writes them anew from two published files: the sample's and that of the
simulated company of the tests (20,000 lines, seed 1).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

GUIDE = Path(__file__).parents[2] / "docs" / "kpis.md"

#: A mart's section: its heading, its query, whose figures are shown, and the answer.
_SECTION = re.compile(
    r"^### `(?P<mart>\w+)`\n(?P<text>.*?)^```sql\n(?P<query>.*?)^```\n\n"
    r"On the (?P<company>sample|simulated company):\n\n(?P<answer>(?:^\|[^\n]*\n)*)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """One mart's example: the query, the company it is asked of, the table shown."""

    mart: str
    query: str
    company: str
    answer: str


def examples(guide: str) -> list[Example]:
    """The examples of the guide, in its order."""
    return [
        Example(found["mart"], found["query"], found["company"], found["answer"])
        for found in _SECTION.finditer(guide)
    ]


def answer(database: Path, query: str) -> str:
    """What a query gives on a published file, as a Markdown table.

    Raises:
        duckdb.Error: if the query names what the file does not have.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    lines = [names, ["---"] * len(names), *([_shown(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def renewed(guide: str, database_of: Callable[[str], Path]) -> str:
    """The guide with every answer as its query gives it now."""

    def section(found: re.Match[str]) -> str:
        start = found.start("answer") - found.start()
        return found.group()[:start] + answer(database_of(found["company"]), found["query"])

    return _SECTION.sub(section, guide)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value).replace("|", "\\|")


if __name__ == "__main__":
    files = dict(zip(("sample", "simulated company"), map(Path, sys.argv[1:]), strict=True))
    GUIDE.write_text(
        renewed(GUIDE.read_text(encoding="utf-8"), files.__getitem__), encoding="utf-8"
    )
    print(f"Wrote the answers of {len(files)} companies into {GUIDE}")
