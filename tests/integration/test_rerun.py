"""The same inputs give the same run: twice in one place, and from nothing in another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command_line import CommandLine, Published
from tests.files import contents


def runs(command: CommandLine) -> dict[str, str]:
    """The published Parquet files of every run, by content."""
    return contents(command.data_dir / "published" / "runs", "*.parquet")


def receipt(command: CommandLine) -> dict[str, Any]:
    """The newest receipt, without the ids that every build has of its own."""
    path = command.data_dir / "published" / "receipt.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert found.pop("build_id")
    [state] = found["parts"].values()
    for part in state["parts"]:
        assert part.pop("builds")
    return found


def ledger(command: CommandLine) -> list[tuple[object, ...]]:
    path = command.data_dir / "lake" / "ledger.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("FROM loads ORDER BY sequence").fetchall()


def figures(output: str) -> str:
    """What the command says of the figures, which names no folder."""
    return output[output.index("Findings: ") :]


def test_a_second_run_lands_nothing_and_publishes_the_same(
    published: Published, tmp_path: Path
) -> None:
    first = published.command
    again = CommandLine(tmp_path / "data")
    shutil.copytree(first.data_dir, again.data_dir)
    landed = contents(again.data_dir / "lake" / "loads")
    assert landed
    before = again.database.stat().st_ino

    done = again.call("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same files as before: nothing new to land" in done.stdout
    assert "rows landed" not in done.stdout
    assert ledger(again) == ledger(first)
    assert contents(again.data_dir / "lake" / "loads") == landed
    # It did publish again, and what it published is the same.
    assert again.database.stat().st_ino != before
    assert [folder.name for folder in again.run_dirs] == [folder.name for folder in first.run_dirs]
    assert runs(again) == runs(first)
    assert receipt(again) == receipt(first)
    assert figures(done.stdout) == figures(published.output)


def test_a_rebuild_from_nothing_gives_the_same_bytes(
    published: Published, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = published.command
    rebuilt = CommandLine(tmp_path_factory.mktemp("somewhere else"))
    done = rebuilt.call("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name.split("/")[2].removesuffix(".parquet") for name in runs(first)} == {
        mart.split(".")[1] for mart in receipt(first)["marts"]
    }
    assert runs(rebuilt) == runs(first)
    assert receipt(rebuilt) == receipt(first)
    assert figures(done.stdout) == figures(published.output)
