"""The dbt project as a run sees it: its variables, its environment, its manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from dagster_project.engines.engine import engine_of
from dagster_project.errors import ConfigurationError
from dagster_project.publication.warehouse import open_warehouse, read_context
from dagster_project.run_identity import dbt_fingerprint
from dagster_project.settings import Settings

#: The dbt beside this Python, whatever the caller's PATH holds.
DBT_EXECUTABLE = Path(sys.executable).parent / "dbt"

_STAMP_NAME = "manifest.stamp"


def dbt_vars_argument(settings: Settings) -> str:
    """The company's settings as dbt's ``--vars``."""
    return json.dumps(settings.company.dbt_vars(), sort_keys=True)


def dbt_environment(
    settings: Settings, as_of_date: dt.date | None = None, run_id: str | None = None
) -> dict[str, str]:
    """The environment variables that the profile and the models read."""
    environment = {
        "KPI_ENGINE": str(settings.engine),
        **engine_of(settings).build_environment(),
        "KPI_WAREHOUSE_PATH": str(settings.warehouse_path),
        "KPI_MEMORY_LIMIT": settings.memory_limit,
        # Dagster keeps dbt's events. dbt words each of them for a log of its own as well,
        # also those that it then leaves out of it: a twelfth of a small company's build.
        "DBT_LOG_LEVEL_FILE": "none",
    }
    if as_of_date is not None:
        environment["KPI_AS_OF_DATE"] = as_of_date.isoformat()
    if run_id is not None:
        environment["KPI_RUN_ID"] = run_id
    return environment


def ensure_manifest(settings: Settings) -> Path:
    """The project's manifest, parsed anew where the project or the settings changed.

    The parse leaves dbt's own state beside it, so that the build that follows does
    not parse a second time.

    Raises:
        ConfigurationError: with dbt's words, if the project does not parse.
    """
    target = settings.dbt_target_dir
    manifest = target / "manifest.json"
    stamp = target / _STAMP_NAME
    wanted = _fingerprint(settings)
    if manifest.exists() and stamp.exists() and stamp.read_text() == wanted:
        return manifest
    target.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    _parse(settings, target)
    stamp.write_text(wanted)
    return manifest


def _fingerprint(settings: Settings) -> str:
    parts = [
        dbt_fingerprint(settings.dbt_dir),
        dbt_vars_argument(settings),
        str(settings.warehouse_path),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_docs(settings: Settings) -> Path:
    """Write dbt's pages, descriptions and lineage in one HTML file, and return its path.

    Raises:
        ConfigurationError: with dbt's words, if dbt fails.
        PublicationRefusedError: if there is no build to write about.
    """
    with open_warehouse(settings.warehouse_path) as connection:
        run = read_context(connection)
    target = ensure_manifest(settings).parent
    os.environ.update(dbt_environment(settings, run.as_of_date, run.run_id))
    _invoke(settings, target, "docs", "generate", "--static")
    return target / "static_index.html"


def _parse(settings: Settings, target: Path) -> None:
    # Parsed in part, a hook keeps the references that it had before a macro was changed.
    _invoke(settings, target, "parse", "--no-partial-parse")


def _invoke(settings: Settings, target: Path, *command: str) -> None:
    """Run a dbt command in a process of its own, quietly unless it fails."""
    done = subprocess.run(
        [
            str(DBT_EXECUTABLE),
            "--quiet",
            "--log-path",
            str(target / "logs"),
            *command,
            "--project-dir",
            str(settings.dbt_dir),
            "--profiles-dir",
            str(settings.dbt_dir),
            "--target-path",
            str(target),
            "--vars",
            dbt_vars_argument(settings),
        ],
        env={**os.environ, **dbt_environment(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ConfigurationError(
            f"{settings.dbt_dir}: dbt {command[0]} did not succeed.\n{done.stdout}{done.stderr}"
        )
