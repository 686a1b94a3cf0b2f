"""What makes one run the same as another: its inputs, date, settings and code."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dagster_project.ingestion.ledger import Load
from dagster_project.settings import Settings

DISTRIBUTION = "sales-kpi-marts"
VALUATION_DIR = Path(__file__).parent / "valuation"


def project_version() -> str:
    """The installed project's version; ``0`` where it runs from an unpacked folder."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"


def run_id_of(
    settings: Settings, loads: Sequence[Load], as_of_date: dt.date, history_digest: str
) -> str:
    """An id that two runs share exactly when they publish the same rows.

    It is the date and a hash of the loads in force, the company's settings, the SQL of
    the models, the code that foretells purchases, what people decided about customers, and
    what the warehouse's history adds to the loads (``''`` for nothing).
    """
    parts = [
        as_of_date.isoformat(),
        *sorted(f"{load.source} {load.table} {load.load_id}" for load in loads),
        models_fingerprint(settings),
        _files_digest(VALUATION_DIR, sorted(VALUATION_DIR.glob("*.py"))),
        *([f"history {history_digest}"] if history_digest else []),
        *(
            [f"decisions {hashlib.sha256(settings.decisions_path.read_bytes()).hexdigest()}"]
            if settings.decisions_path.exists()
            else []
        ),
    ]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{as_of_date:%Y%m%d}-{digest[:12]}"


def models_fingerprint(settings: Settings) -> str:
    """A hash of what makes rows of the loads: the company's settings and the SQL."""
    company = json.dumps(settings.company.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(f"{company}\n{dbt_fingerprint(settings.dbt_dir)}".encode()).hexdigest()


@cache
def dbt_fingerprint(dbt_dir: Path) -> str:
    """A hash of everything in the dbt project that can change a row or a test."""
    return _files_digest(dbt_dir, _dbt_files(dbt_dir))


def _files_digest(folder: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _dbt_files(dbt_dir: Path) -> Iterable[Path]:
    folders = ("models", "macros", "seeds", "snapshots", "tests")
    found = [path for folder in folders for path in (dbt_dir / folder).rglob("*") if path.is_file()]
    return sorted([*found, *dbt_dir.glob("*.yml")])
