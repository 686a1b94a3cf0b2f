"""The README and the guides do what they say: commands, output, queries, examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dagster_project.ingestion.mapping import load_mappings
from tests.command_line import PROJECT_ROOT, Published

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
ADD_A_SOURCE = (PROJECT_ROOT / "docs" / "add-a-source.md").read_text(encoding="utf-8")
DOCUMENTS = {
    name: (PROJECT_ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "docs/add-a-source.md",
        "docs/decisions.md",
        "docs/spark.md",
    )
}


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of a language; those of none for an empty one."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [body for named, body in fences if named == language]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_exists(name: str) -> None:
    commands = set(re.findall(r"`make ([a-z-]+)", DOCUMENTS[name]))
    commands |= set(re.findall(r"^(?:[A-Z_]+=\S+ )?make ([a-z-]+)", DOCUMENTS[name], re.MULTILINE))
    for command in commands:
        done = subprocess.run(
            ["make", "--dry-run", command],
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"make {command}: {done.stderr}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_and_path_exists(name: str) -> None:
    folder = (PROJECT_ROOT / name).parent
    for target in re.findall(r"\]\(([^)#:]+)\)", DOCUMENTS[name]):
        assert (folder / target).exists(), f"{name} links to {target}, which is not there"


def test_the_output_shown_is_the_output(published: Published) -> None:
    shown = next(block for block in blocks(README, "") if "Sales KPI marts as of" in block)
    for line in shown.splitlines():
        if "data/published" in line or "Setting up" in line:
            continue  # in the tests' own folder
        expected = re.sub(r"\d{8}-[0-9a-f]{12}", "<run>", line)
        said = re.sub(r"\d{8}-[0-9a-f]{12}", "<run>", published.output)
        assert expected in said, f"README shows {line!r}, which the run does not say"


def statements(*, of_the_simulated_company: bool) -> list[str]:
    """The README's queries of one of the two companies."""
    return [
        statement
        for block in blocks(README, "sql")
        if block.startswith("-- On the simulated company.") == of_the_simulated_company
        for statement in block.split(";\n")
        if statement.strip()
    ]


def test_the_walk_from_potential_to_this_week_gives_rows(simulated: Published) -> None:
    walk = statements(of_the_simulated_company=True)
    assert len(walk) == 6
    with duckdb.connect(str(simulated.database), read_only=True) as connection:
        for statement in walk:
            assert connection.execute(statement).fetchall(), statement


def test_every_query_gives_rows(published: Published) -> None:
    with duckdb.connect(str(published.database), read_only=True) as connection:
        queries = statements(of_the_simulated_company=False)
        assert len(queries) >= 3
        (run,) = published.command.run_dirs
        for statement in queries:
            sql = statement.replace("data/published/runs/<run>", str(run))
            assert connection.execute(sql).fetchall(), statement


def test_the_python_example_prints_a_table(published: Published, tmp_path: Path) -> None:
    (example,) = blocks(README, "python")
    script = tmp_path / "example.py"
    script.write_text(example.replace("data/published/kpi.duckdb", str(published.database)))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ltv_cost_ratio" in done.stdout or "rows" in done.stdout


def test_the_guides_mappings_are_sound(tmp_path: Path) -> None:
    whole, database = blocks(ADD_A_SOURCE, "yaml")
    named, differing = blocks(re.sub(r"^   ", "", ADD_A_SOURCE, flags=re.MULTILINE), "yaml")[:2]
    (tmp_path / "acme_books.yml").write_text(whole, encoding="utf-8")
    (tmp_path / "acme_xero.yml").write_text(named + differing, encoding="utf-8")
    tables = """tables:
  accounting.products: {from: products, mode: full, columns: {product_id: id, product_name: name}}
"""
    (tmp_path / "shop.yml").write_text(database + tables, encoding="utf-8")
    books, xero, shop = load_mappings(tmp_path)
    assert set(books.source.tables) == {"accounting.customers", "accounting.invoices"}
    assert xero.source.tables["accounting.customers"].columns["domain"] == "email_domain"
    assert shop.source.files["invoices"].cursor == "changed_at"
