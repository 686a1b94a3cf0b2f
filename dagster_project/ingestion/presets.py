"""Presets: what a widely used system's mapping says, for a source to name and override.

A source's mapping is laid over its preset's, part by part: what both say, the source
says; what it sets to nothing (``~``) is taken away.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from dagster_project.errors import MappingError
from dagster_project.ingestion.located_yaml import LocatedYaml, read_located_yaml

#: The presets that ship with the project.
PRESETS_DIR = Path(__file__).resolve().parents[2] / "config" / "presets"


def read_mapping_document(path: Path) -> LocatedYaml:
    """A source's mapping, laid over the preset that it names, if it names one.

    Presets of the company's own, in ``presets`` beside the folder of the sources, are
    found before those that ship.

    Raises:
        MappingError: if either is not valid YAML, or there is no such preset.
    """
    own = read_located_yaml(path)
    name = own.document.get("preset") if isinstance(own.document, dict) else None
    if name is None:
        return own
    preset_path = _find(name, path.parent.parent / "presets", own)
    preset = read_located_yaml(preset_path)
    return replace(own, document=_laid_over(preset.document, own.document), base=preset)


def _find(name: Any, company_dir: Path, own: LocatedYaml) -> Path:
    found = {
        path.stem: path for folder in (PRESETS_DIR, company_dir) for path in folder.glob("*.yml")
    }
    if name not in found:
        raise MappingError(
            own.path,
            own.line(("preset",)),
            f"there is no preset {name!r}.",
            f"Use one of {', '.join(sorted(found))}, or leave the line out.",
        )
    return found[name]


def _laid_over(base: Any, own: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(own, dict):
        return own
    laid = dict(base)
    for key, value in own.items():
        if value is None and key in base:
            del laid[key]
        else:
            laid[key] = _laid_over(base.get(key), value)
    return laid
