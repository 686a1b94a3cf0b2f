"""What dbt says of its own build (``run_results.json``, artifact schema v6)."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from dagster_project.errors import PublicationRefusedError

_GOOD = frozenset({"success", "pass", "warn"})
_TESTS = frozenset({"test", "unit_test"})

#: dbt 1.11 lists these in a build though there is nothing to run, always as ``no-op``.
_DESCRIPTIONS = frozenset({"exposure", "saved_query"})


class Failure(BaseModel):
    """One node of the build that did not end well; skipped counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unique_id: str
    status: str
    message: str


class ModelResults(BaseModel):
    """The build in numbers: models built, tests by outcome, and every failure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    built: NonNegativeInt
    tests_passed: NonNegativeInt
    tests_warned: NonNegativeInt
    failures: tuple[Failure, ...]


class _Result(BaseModel):
    unique_id: str
    status: str
    message: str | None = None

    @property
    def kind(self) -> str:
        return self.unique_id.split(".", maxsplit=1)[0]

    @property
    def is_good(self) -> bool:
        return self.status in _GOOD or (self.status == "no-op" and self.kind in _DESCRIPTIONS)


class _RunResults(BaseModel):
    results: tuple[_Result, ...]


def read_run_results(path: Path) -> ModelResults:
    """Sum up a ``run_results.json``; failures in name order, as threads end in any order.

    Raises:
        PublicationRefusedError: if the file is missing or is not such an artifact.
    """
    try:
        results = _RunResults.model_validate_json(path.read_bytes()).results
    except FileNotFoundError:
        raise PublicationRefusedError(
            f"{path}: dbt left no results, so nothing shows that the build ended. Build again."
        ) from None
    except ValidationError as error:
        raise PublicationRefusedError(
            f"{path}: these are not dbt run results of artifact schema v6. Build again with the "
            f"pinned dbt. {error}"
        ) from None
    outcomes = [(result.kind, result.status) for result in results]
    return ModelResults(
        built=outcomes.count(("model", "success")),
        tests_passed=sum(kind in _TESTS and status == "pass" for kind, status in outcomes),
        tests_warned=sum(kind in _TESTS and status == "warn" for kind, status in outcomes),
        failures=tuple(
            Failure(unique_id=result.unique_id, status=result.status, message=result.message or "")
            for result in sorted(results, key=lambda result: result.unique_id)
            if not result.is_good
        ),
    )
