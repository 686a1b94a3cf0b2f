"""Names that become files and folders when they are published."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from dagster_project.publication.warehouse import PUBLISHED_SCHEMAS

#: Nothing that could climb out of the published folder, or hide in it.
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
MartName = Annotated[
    str,
    StringConstraints(pattern=rf"^({'|'.join(PUBLISHED_SCHEMAS)})\.[A-Za-z_][A-Za-z0-9_]*$"),
]
