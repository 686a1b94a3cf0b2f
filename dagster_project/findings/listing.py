"""The published findings in a few lines, the dearest first."""

from __future__ import annotations

import duckdb

from dagster_project.errors import PublicationRefusedError
from dagster_project.settings import Settings

#: A record counts once a rule, in however many columns it breaks it.
_BY_COST = """
WITH records AS (
    SELECT source, table_name, rule, action, file, row_number, max(cost) AS cost
    FROM marts.dq_findings GROUP BY ALL
)
SELECT source, table_name, rule, action, count(*), sum(cost), count(*) FILTER (cost IS NULL)
FROM records GROUP BY ALL
ORDER BY sum(cost) DESC NULLS LAST, count(*) DESC, source, table_name, rule, action
"""

_OPEN_CUSTOMERS = "SELECT count(*), sum(abs(net_revenue)) FROM marts.dq_matching_review"

_HEADER = ("cost", "records", "source", "table", "rule", "what was done")


def describe_findings(settings: Settings) -> str:
    """What was found in the inputs of what is published, by what it costs.

    Money is in the reporting currency; findings about none come last.

    Raises:
        PublicationRefusedError: if nothing was published.
    """
    if not settings.published_path.exists():
        raise PublicationRefusedError(
            f"{settings.published_path}: nothing is published yet. Run once (`make run`)."
        )
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        found = connection.execute(_BY_COST).fetchall()
        [(customers, revenue)] = connection.execute(_OPEN_CUSTOMERS).fetchall()
    lines = [f"Findings by cost, in {settings.company.reporting_currency}"]
    table = [
        _HEADER,
        *(
            (
                "-" if cost is None else f"{cost:,.2f}{' and more' if unknown else ''}",
                f"{records:,}",
                source or "",
                table_name,
                rule,
                action,
            )
            for source, table_name, rule, action, records, cost, unknown in found
        ),
    ]
    widths = [max(len(row[place]) for row in table) for place in range(len(_HEADER))]
    lines += [
        f"  {row[0]:>{widths[0]}}  {row[1]:>{widths[1]}}  "
        + "  ".join(
            f"{text:<{width}}" for text, width in zip(row[2:], widths[2:], strict=True)
        ).rstrip()
        for row in table
    ]
    if not found:
        lines = ["Nothing was found in the inputs."]
    if customers:
        lines.append(
            f"Customers without an account: {customers:,}, with revenue of {revenue:,.2f} to date"
        )
    return "\n".join(lines)
