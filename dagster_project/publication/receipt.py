"""The receipt of one build: what went in, what was found, what came out.

It is the only thing that lets a build be published, so whether it passed is not a
field anyone can write but a conclusion drawn from the rest each time it is read.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    ValidationError,
    computed_field,
)

from dagster_project.errors import PublicationRefusedError
from dagster_project.publication.atomic import write_text
from dagster_project.publication.dbt_results import ModelResults, read_run_results
from dagster_project.publication.evidence import InputCheck, Load
from dagster_project.publication.names import Identifier, MartName
from dagster_project.publication.parts import Parts, read_parts
from dagster_project.publication.warehouse import (
    open_warehouse,
    read_context,
    read_mart_rows,
)
from dagster_project.settings import Settings

Scalar = bool | int | float | str | None


class Severity(StrEnum):
    """Whether a failed check stops the publication or is only told."""

    CRITICAL = "critical"
    WARNING = "warning"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputFile(_Part):
    """One extract file, by content."""

    name: str
    sha256: str
    bytes: NonNegativeInt


class Input(_Part):
    """One landed source table: its files, and what became of their rows."""

    source: str
    table: str
    load_id: str
    files: tuple[InputFile, ...]
    rows_read: NonNegativeInt
    rows_landed: NonNegativeInt
    rows_set_aside: NonNegativeInt


class CheckOutcome(_Part):
    """One input check as it came out."""

    table: str
    name: str
    severity: Severity
    has_passed: bool
    observed: Scalar
    expected: Scalar
    remedy: str


class Receipt(_Part):
    """One build on paper; nothing is from the clock.

    ``marts`` is rows by ``schema.table``. ``parts`` says of the marts that are published
    in parts what each part holds; a receipt of before there were such marts has none.
    """

    run_id: Identifier
    build_id: Identifier
    as_of_date: dt.date
    project_version: str
    inputs: tuple[Input, ...]
    checks: tuple[CheckOutcome, ...]
    models: ModelResults
    marts: dict[MartName, NonNegativeInt]
    parts: dict[MartName, Parts] = Field(default_factory=dict)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def has_passed(self) -> bool:
        """Whether the build may be published: there is no reason against it."""
        return not self.reasons

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the build may not be published, each for a person to read."""
        reasons = [
            f"{check.table}: critical check {check.name} failed: observed {check.observed}, "
            f"expected {check.expected}. {check.remedy}".rstrip()
            for check in self.checks
            if check.severity is Severity.CRITICAL and not check.has_passed
        ]
        reasons += [
            f"{failure.unique_id}: {failure.status}. {failure.message}".rstrip()
            for failure in self.models.failures
        ]
        if self.models.built == 0:
            reasons.append("dbt built no model.")
        if not self.marts:
            reasons.append("The warehouse holds no mart.")
        return tuple(reasons)

    def as_json(self) -> str:
        """The receipt as it is stored, conclusions included."""
        return self.model_dump_json(indent=2) + "\n"


_CONCLUSIONS = ("has_passed", "reasons")

#: What a receipt is called where it lies beside what was published.
RECEIPT_NAME = "receipt.json"


def issue_receipt(
    settings: Settings,
    *,
    run_results_path: Path,
    checks: Sequence[InputCheck],
    loads: Sequence[Load],
    project_version: str,
) -> Receipt:
    """Write the receipt of the build that the warehouse holds to ``settings.receipt_path``.

    A build that failed gets a receipt too, one that says why. ``run_results_path`` must
    be of the dbt invocation that made this warehouse: dbt does not write ``build_id``
    into it, so a file left by an earlier build would not be noticed here.

    Raises:
        PublicationRefusedError: if the warehouse or dbt's results cannot be read, or
            name something that could not be published. No receipt is written then, and
            an earlier one speaks of another build, so it lets nothing through.
    """
    models = read_run_results(run_results_path)
    with open_warehouse(settings.warehouse_path) as connection:
        context = read_context(connection)
        marts = read_mart_rows(connection)
        parts = read_parts(connection, _published_groups(settings.published_dir / RECEIPT_NAME))
    try:
        receipt = Receipt(
            run_id=context.run_id,
            build_id=context.build_id,
            as_of_date=context.as_of_date,
            project_version=project_version,
            inputs=_inputs(loads),
            checks=_checks(checks),
            models=models,
            marts=marts,
            parts=parts,
        )
    except ValidationError as error:
        raise PublicationRefusedError(
            f"The build cannot be put on a receipt. Correct this and build again. {error}"
        ) from None
    write_text(settings.receipt_path, receipt.as_json())
    return receipt


def read_receipt(path: Path) -> Receipt:
    """Read a receipt and draw its conclusions anew.

    Raises:
        PublicationRefusedError: if there is none, it is not a receipt, or what it says
            of itself (``has_passed``, ``reasons``) does not follow from its contents.
    """
    try:
        document: Any = json.loads(path.read_bytes())
        if not isinstance(document, dict):
            raise ValueError("it is not a JSON object")
        said = {name: document.pop(name, None) for name in _CONCLUSIONS}
        receipt = Receipt.model_validate(document)
    except FileNotFoundError:
        raise PublicationRefusedError(
            f"{path}: there is no receipt. Run the build and its checks first."
        ) from None
    except ValueError as error:  # also json's and pydantic's own
        raise PublicationRefusedError(
            f"{path}: this is not a receipt as the build writes it. Build again. {error}"
        ) from None
    if said != {"has_passed": receipt.has_passed, "reasons": list(receipt.reasons)}:
        findings = " ".join(receipt.reasons) or "nothing speaks against the build."
        raise PublicationRefusedError(
            f"{path}: has_passed or reasons do not follow from the rest, so the file was changed "
            f"after it was written. Build again. By its contents: {findings}"
        )
    return receipt


def groups_by_mart(receipt: Receipt) -> dict[str, int]:
    """Into how many groups of clients each mart in parts is cut."""
    return {mart: state.groups for mart, state in receipt.parts.items()}


def _published_groups(path: Path) -> dict[str, int]:
    try:
        return groups_by_mart(read_receipt(path))
    except PublicationRefusedError:
        # Nothing is published, or it is of a version that published otherwise.
        return {}


def _inputs(loads: Sequence[Load]) -> tuple[Input, ...]:
    inputs = (
        Input(
            source=load.source,
            table=load.table,
            load_id=load.load_id,
            files=tuple(
                InputFile(name=file.name, sha256=file.sha256, bytes=file.bytes)
                for file in load.files
            ),
            rows_read=load.rows_read,
            rows_landed=load.rows_landed,
            rows_set_aside=load.rows_set_aside,
        )
        for load in loads
    )
    return tuple(sorted(inputs, key=lambda item: (item.source, item.table, item.load_id)))


def _checks(checks: Sequence[InputCheck]) -> tuple[CheckOutcome, ...]:
    outcomes = (
        CheckOutcome.model_validate(
            {
                "table": check.table,
                "name": check.name,
                "severity": check.severity,
                "has_passed": check.has_passed,
                "observed": _scalar(check.observed),
                "expected": _scalar(check.expected),
                "remedy": check.remedy,
            }
        )
        for check in checks
    )
    return tuple(sorted(outcomes, key=lambda outcome: (outcome.table, outcome.name)))


def _scalar(value: object) -> Scalar:
    """``value`` as JSON holds it without loss, and as text where it cannot."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value)
