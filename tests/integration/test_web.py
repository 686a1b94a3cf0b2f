"""``make dev``'s page: the code location loads as the server loads it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import PROJECT_ROOT

QUERY = """
{ repositoriesOrError { ... on RepositoryConnection { nodes {
    name schedules { name } sensors { name } jobs { name } assetNodes { id } } } } }
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(tmp_path),
        "KPI_DATA_DIR": str(tmp_path / "data"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    command = Path(sys.executable).parent / "dagster-webserver"
    process = subprocess.Popen(
        [str(command), "--host", "127.0.0.1", "--port", str(port), "-w", "workspace.yaml"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(address: str, query: str, *, within_seconds: float = 120) -> dict[str, object]:
    """Post a GraphQL query as soon as the server answers."""
    request = urllib.request.Request(
        f"{address}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + within_seconds
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer: dict[str, object] = json.load(response)["data"]
                return answer
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def test_the_page_shows_the_graph(server: str) -> None:
    answer = ask(server, QUERY)
    (repository,) = answer["repositoriesOrError"]["nodes"]  # type: ignore[index]
    assert {schedule["name"] for schedule in repository["schedules"]} == {"nightly", "month_end"}
    assert {sensor["name"] for sensor in repository["sensors"]} == {"new_extracts"}
    assert "nightly" in {job["name"] for job in repository["jobs"]}
    assert len(repository["assetNodes"]) > 90
