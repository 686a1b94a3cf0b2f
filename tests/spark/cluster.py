"""A standalone Spark cluster on the loopback address, from pyspark's own scripts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyspark

HOST = "127.0.0.1"
START_SECONDS = 90
SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"


@dataclass(frozen=True)
class Cluster:
    """A running master and its workers, each a process of its own."""

    url: str
    workers: tuple[subprocess.Popen[bytes], ...]

    @property
    def environment(self) -> dict[str, str]:
        """What a run needs to know to use it."""
        return {
            "KPI_ENGINE": "spark",
            "KPI_SPARK_MASTER": self.url,
            "SPARK_LOCAL_IP": HOST,
        }


@contextmanager
def standalone_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A master and workers of two cores each, ended by their process ids."""
    port, page = _free_port(), _free_port()
    url = f"spark://{HOST}:{port}"
    with ExitStack() as processes:
        processes.enter_context(
            _daemon(
                folder / "master.log",
                "org.apache.spark.deploy.master.Master",
                *("--host", HOST, "--port", str(port), "--webui-port", str(page)),
            )
        )
        started = tuple(
            processes.enter_context(
                _daemon(
                    folder / f"worker_{number}.log",
                    "org.apache.spark.deploy.worker.Worker",
                    *("--host", HOST, "--cores", "2", "--memory", "1g", "--webui-port", "0"),
                    *("--work-dir", str(folder / f"worker_{number}"), url),
                )
            )
            for number in range(workers)
        )
        _await_workers(page, workers, folder)
        yield Cluster(url, started)


@contextmanager
def _daemon(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m"}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [str(SPARK_CLASS), *arguments], env=environment, stdout=output, stderr=output
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _await_workers(page: int, workers: int, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{page}/json/", timeout=5) as answer:
                if json.load(answer)["aliveworkers"] == workers:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.5)
    logs = "\n".join(log.read_text()[-2000:] for log in sorted(folder.glob("*.log")))
    raise AssertionError(f"the cluster did not start in {START_SECONDS} s:\n{logs}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
