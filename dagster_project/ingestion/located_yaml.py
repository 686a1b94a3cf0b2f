"""YAML that remembers on which line each value stands, for errors that say where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dagster_project.errors import MappingError

#: A place in a document: keys of mappings and positions in lists.
Location = tuple[str | int, ...]


@dataclass(frozen=True)
class LocatedYaml:
    """A parsed YAML document and the line of every value in it."""

    path: Path
    document: Any
    lines: dict[Location, int] = field(repr=False)

    def line(self, location: Location) -> int | None:
        """The line of a value, or of the nearest thing around it that has one."""
        for length in range(len(location), -1, -1):
            line = self.lines.get(location[:length])
            if line is not None:
                return line
        return None


def read_located_yaml(path: Path) -> LocatedYaml:
    """Parse a YAML file.

    Raises:
        MappingError: if the file is not valid YAML, with its line.
    """
    text = path.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MappingError(
            path, line, f"not valid YAML: {error.problem}.", "Correct the line."
        ) from None
    lines: dict[Location, int] = {}
    if root is not None:
        _record_lines(root, (), lines)
    return LocatedYaml(path, document, lines)


def _record_lines(node: yaml.Node, location: Location, lines: dict[Location, int]) -> None:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*location, key.value)
            lines[place] = key.start_mark.line + 1
            _record_lines(value, place, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _record_lines(item, (*location, position), lines)
