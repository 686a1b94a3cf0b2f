"""What a run published, in a few lines: where it is, and three figures to look at."""

from __future__ import annotations

from pathlib import Path

import duckdb

from dagster_project.publication.receipt import RECEIPT_NAME, read_receipt
from dagster_project.publication.staging import RUNS
from dagster_project.settings import Settings

_HEADLINES = """
SELECT * FROM (
    SELECT
        1 AS position,
        'Net revenue of fiscal year ' || year(period_end) AS figure,
        format('{:,.2f}', net_revenue::DOUBLE)
            || coalesce(printf(' (%+.1f%% on the year before)', 100 * growth_rate), '') AS value,
        reliability, reliability_reasons
    FROM marts.kpi_revenue_yoy
    WHERE cut = 'company' AND period_type = 'year' AND NOT is_partial
    ORDER BY period_start DESC LIMIT 1
)
UNION ALL
SELECT * FROM (
    SELECT
        2, 'Clients lost in ' || strftime(month_start, '%B %Y'),
        format('{:,} of {:,}', clients_lost, clients_at_start)
            || coalesce(printf(' (%.2f%%)', 100 * logo_churn_rate), ''),
        reliability, reliability_reasons
    FROM marts.kpi_churn
    WHERE cut = 'company' AND NOT is_partial
    ORDER BY month_start DESC LIMIT 1
)
UNION ALL
SELECT * FROM (
    SELECT
        3, 'Attainment of the plan from ' || period_start || ' to ' || period_end,
        printf('%.1f%% of ', 100 * attainment) || format('{:,.0f}', plan_low::DOUBLE),
        reliability, reliability_reasons
    FROM marts.kpi_plan_fact
    WHERE level = 'company' AND NOT is_partial
    ORDER BY period_end DESC LIMIT 1
)
ORDER BY position
"""


def describe_publication(settings: Settings) -> str:
    """The published run in words, with three of its figures and their reliability.

    Raises:
        PublicationRefusedError: if nothing was published.
    """
    receipt = read_receipt(settings.published_dir / RECEIPT_NAME)
    currency = settings.company.reporting_currency
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        headlines = connection.execute(_HEADLINES).fetchall()
        findings = connection.execute(
            "SELECT rule, action, count(*) FROM marts.dq_findings GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    rows = sum(receipt.marts.values())
    lines = [
        "",
        f"Published run {receipt.run_id}: {len(receipt.marts)} tables, {rows:,} rows",
        f"  database   {_shown(settings.published_path)}",
        f"  Parquet    {_shown(settings.published_dir / RUNS / receipt.run_id)}",
        f"  checks     {_shown(settings.data_docs_dir / 'index.html')}",
        f"  receipt    {_shown(settings.published_dir / RECEIPT_NAME)}",
        "",
        f"Findings: {sum(count for *_, count in findings):,} in marts.dq_findings"
        + "".join(f"\n  {rule}: {count:,} {action}" for rule, action, count in findings),
        "",
        f"Three figures, in {currency}:",
    ]
    for _, figure, value, reliability, reasons in headlines:
        because = f" ({reasons})" if reasons else ""
        lines.append(f"  {figure}: {value} - {reliability}{because}")
    return "\n".join(lines)


def _shown(path: Path) -> str:
    """A path as one would type it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
