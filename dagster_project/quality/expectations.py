"""The project's own expectation: a SQL measure within its limits.

Importing this module imports Great Expectations and registers the expectation.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)


class ExpectMeasureToBeWithinLimits(UnexpectedRowsExpectation):
    """A query's one row says what was observed and whether that will do.

    The core expectation runs its query twice and, when it passes, shows nothing
    but "0 rows"; this one runs it once and always shows the measure.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows = metrics["unexpected_rows_query.table"]
        if len(rows) != 1 or rows[0]["is_within"] is None:
            raise ValueError(f"a measure must return one row that decides, not {rows!r}")
        (row,) = rows
        return {
            "success": row["is_within"],
            "result": {
                "observed_value": row["observed"],
                "details": {"unexpected_count": row["unexpected_count"]},
            },
        }
