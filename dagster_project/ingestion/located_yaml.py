"""YAML that remembers on which line each value stands, for errors that say where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dagster_project.errors import MappingError

#: A place in a document: keys of mappings and positions in lists.
Location = tuple[str | int, ...]

#: The loader in C where PyYAML has it: it is ten times as fast.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class LocatedYaml:
    """A parsed YAML document and the line of every value in it.

    ``base`` is the document that this one was laid over, if it was: what does not
    stand in the one stands in the other.
    """

    path: Path
    document: Any
    lines: dict[Location, int] = field(repr=False)
    base: LocatedYaml | None = field(default=None, repr=False)

    def place(self, location: Location) -> tuple[Path, int | None]:
        """The file and line of a value, or of the nearest thing around it that has one."""
        documents = (self,) if self.base is None else (self, self.base)
        for length in range(len(location), -1, -1):
            for document in documents:
                line = document.lines.get(location[:length])
                if line is not None:
                    return document.path, line
        return self.path, None

    def line(self, location: Location) -> int | None:
        """The line alone; see :meth:`place`."""
        return self.place(location)[1]


def read_located_yaml(path: Path) -> LocatedYaml:
    """Parse a YAML file.

    Raises:
        MappingError: if the file is not valid YAML in UTF-8, or says one thing twice,
            with its line.
    """
    lines: dict[Location, int] = {}
    document = None
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        try:
            root = loader.get_single_node()
            if root is not None:
                _record_lines(path, root, (), lines)
                document = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise MappingError(
            path, line, f"not valid YAML: {error.problem}.", "Correct the line."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(
            path, None, f"not a text in UTF-8: {error}.", "Save the file as UTF-8."
        ) from None
    return LocatedYaml(path, document, lines)


def _record_lines(
    path: Path, node: yaml.Node, location: Location, lines: dict[Location, int]
) -> None:
    lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise MappingError(path, line, "a key is not a plain word.", "Quote it.")
            place = (*location, key.value)
            if place in lines:
                raise MappingError(
                    path,
                    line,
                    f"{key.value!r} stands here and on line {lines[place]}.",
                    "Keep one of the two.",
                )
            lines[place] = line
            _record_lines(path, value, place, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _record_lines(path, item, (*location, position), lines)
