"""SQL of the measures that no core expectation takes.

Every query reads its own table as ``{batch}`` and returns one row: ``is_within``,
``observed``, ``unexpected_count``. Money of several currencies is never added up:
a share or ratio is taken by currency and then weighted by the currencies' numbers
of documents, which for one currency is the plain share.

They are written for DuckDB in words that sqlglot has for Spark as well (see
``dagster_project/engines/spark/dialect.py``): a quotient says that it is a DOUBLE, and
days between dates are a ``date_diff``, since engines differ in both. Whether a row has
another is asked by a join: ``NOT IN`` makes Spark compare every row with every other,
and ``EXISTS`` among the columns of a table that several loads make it cannot plan.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dagster_project.ingestion.sql import identifier

#: Months of history that a newest month is held against.
HISTORY_MONTHS = 6
#: How many times larger or smaller than their mean the newest month may be.
HISTORY_FACTOR = 5


def freshness(column: str, as_of_date: dt.date, stale_after_days: int) -> str:
    """The newest row is young enough. Rows of the future cannot make a table fresh."""
    return f"""
WITH newest AS (
    SELECT CAST(max({identifier(column)}) AS DATE) AS newest_on
    FROM {{batch}}
    WHERE {identifier(column)} < {_date(as_of_date)} + INTERVAL 1 DAY
)
SELECT
    coalesce(days_old <= {stale_after_days}, false) AS is_within,
    coalesce(
        'newest is of ' || newest_on || ', ' || days_old || ' days old', 'no dated row'
    ) AS observed,
    NULL AS unexpected_count
FROM (SELECT *, date_diff('day', newest_on, {_date(as_of_date)}) AS days_old FROM newest) AS aged
"""


def currency_codes(column: str) -> str:
    """Every value looks like an ISO 4217 code.

    Great Expectations' own pattern expectation does not know DuckDB.
    """
    return f"""
WITH judged AS (
    SELECT
        {identifier(column)} AS code,
        NOT (
            length({identifier(column)}) = 3
            AND regexp_matches({identifier(column)}, '[A-Z][A-Z][A-Z]')
        ) AS is_unexpected
    FROM {{batch}}
)
SELECT
    count(*) FILTER (is_unexpected) = 0 AS is_within,
    count(*) FILTER (is_unexpected) || ' of ' || count(code) || ' values'
    || coalesce(', such as ' || min(code) FILTER (is_unexpected), '') AS observed,
    count(*) FILTER (is_unexpected) AS unexpected_count
FROM judged
"""


def untied_revenue(as_of_date: dt.date, tie_tolerance: float, limit: float) -> str:
    """Share of revenue on documents whose lines are missing or do not add up to them."""
    return f"""
WITH {_documents("{batch}", as_of_date)},
lines AS (
    SELECT invoice_id, sum(net_amount) AS net_amount
    FROM accounting.invoice_lines
    GROUP BY invoice_id
),
judged AS (
    SELECT
        documents.*,
        lines.invoice_id IS NULL
        OR {_differs("documents.net_amount", "lines.net_amount", tie_tolerance)} AS is_flagged
    FROM documents
    LEFT JOIN lines ON documents.invoice_id = lines.invoice_id
),
{_SHARE}
{_limited_share(limit)}
"""


def revenue_without_customer(as_of_date: dt.date, limit: float) -> str:
    """Share of revenue on documents of customers that the ledger does not list."""
    return f"""
WITH {_documents("{batch}", as_of_date)},
customers AS (SELECT DISTINCT customer_id FROM accounting.customers),
judged AS (
    SELECT
        documents.*,
        customers.customer_id IS NULL AS is_flagged
    FROM documents
    LEFT JOIN customers ON documents.customer_id = customers.customer_id
),
{_SHARE}
{_limited_share(limit)}
"""


def revenue_without_account(as_of_date: dt.date, limit: float) -> str:
    """Share of the customers' revenue that nothing leads from to a CRM account.

    Simpler than the matching in the models, which also sees through legal forms and slips:
    a given link, an equal tax id, domain or name is enough here.
    """
    bare_host = (
        "rtrim(replace(replace(replace(split_part(lower(trim({})), '@', -1), "
        "'https://', ''), 'http://', ''), 'www.', ''), '/')"
    )
    same_value = "\n    UNION\n".join(
        f"    SELECT customers.customer_id FROM customers\n"
        f"    INNER JOIN crm.accounts AS accounts\n"
        f"        ON {form.format(f'customers.{of_customer}')} "
        f"= {form.format(f'accounts.{of_account}')}"
        for of_customer, of_account, form in (
            ("tax_id", "tax_id", "nullif(translate(upper({}), ' .-/', ''), '')"),
            ("domain", "domain", bare_host),
            ("customer_name", "account_name", "lower(trim({}))"),
        )
    )
    return f"""
WITH customers AS (SELECT * FROM {{batch}}),
{_documents("accounting.invoices", as_of_date)},
linked AS (
    SELECT customer_id
    FROM customers
    WHERE crm_account_id IN (
        SELECT account_id FROM crm.accounts
        UNION ALL
        SELECT merged_account_id FROM crm.account_merges
    )
    UNION
{same_value}
),
judged AS (
    SELECT
        documents.*,
        linked.customer_id IS NULL AS is_flagged
    FROM documents
    SEMI JOIN customers ON documents.customer_id = customers.customer_id
    LEFT JOIN linked ON documents.customer_id = linked.customer_id
),
{_SHARE}
{_limited_share(limit)}
"""


def control_totals(as_of_date: dt.date, tie_tolerance: float) -> str:
    """The ledger's own monthly revenue is that of its documents.

    Judged for complete months from the first document on, where all documents of
    the month are in the currency of the total.
    """
    return f"""
WITH {_documents("accounting.invoices", as_of_date)},
invoiced AS (
    SELECT
        month,
        sum(signed_amount) AS net_amount,
        min(currency) AS currency,
        count(DISTINCT currency) AS currencies
    FROM documents
    GROUP BY month
),
totals AS (
    SELECT date_trunc('month', month) AS month, amount, currency
    FROM {{batch}}
    WHERE measure = 'revenue' AND last_day(month) <= {_date(as_of_date)}
),
compared AS (
    SELECT
        totals.month,
        totals.amount AS total,
        coalesce(invoiced.net_amount, 0) AS net_amount
    FROM totals
    LEFT JOIN invoiced ON totals.month = invoiced.month
    WHERE
        totals.month >= (SELECT min(month) FROM invoiced)
        AND (
            invoiced.month IS NULL
            OR (invoiced.currencies = 1 AND invoiced.currency = totals.currency)
        )
),
judged AS (
    SELECT
        *,
        {_differs("total", "net_amount", tie_tolerance)} AS is_unexpected,
        left(CAST(month AS VARCHAR), 7) || ' with a total of ' || total || ' and documents of '
        || net_amount AS description
    FROM compared
)
SELECT
    count(*) FILTER (is_unexpected) = 0 AS is_within,
    count(*) FILTER (is_unexpected) || ' of ' || count(*) || ' months differ'
    || coalesce(
        ', most ' || arg_max(description, abs(total - net_amount)) FILTER (is_unexpected), ''
    ) AS observed,
    count(*) FILTER (is_unexpected) AS unexpected_count
FROM judged
"""


def newest_month_revenue(as_of_date: dt.date) -> str:
    """Revenue of the newest complete month against the months before it."""
    return _newest_month(as_of_date, cut="currency", amount="sum(signed_amount)")


def newest_month_invoices(as_of_date: dt.date) -> str:
    """Number of invoices of the newest complete month against the months before it."""
    return _newest_month(
        as_of_date, cut="'all'", amount="count(*) FILTER (document_type = 'invoice')"
    )


def _newest_month(as_of_date: dt.date, *, cut: str, amount: str) -> str:
    return f"""
WITH {_documents("{batch}", as_of_date)},
newest AS (
    SELECT max(month) AS month FROM documents WHERE last_day(month) <= {_date(as_of_date)}
),
monthly AS (
    SELECT
        {cut} AS cut,
        documents.month = newest.month AS is_newest,
        documents.month,
        {amount} AS amount,
        count(*) AS documents
    FROM documents
    CROSS JOIN newest
    WHERE
        documents.month BETWEEN newest.month - INTERVAL {HISTORY_MONTHS} MONTH AND newest.month
    GROUP BY ALL
),
by_cut AS (
    SELECT
        cut,
        coalesce(sum(amount) FILTER (is_newest), 0) AS newest_amount,
        CAST(sum(amount) FILTER (NOT is_newest) AS DOUBLE) / {HISTORY_MONTHS} AS usual_amount,
        sum(documents) FILTER (NOT is_newest) AS documents
    FROM monthly
    GROUP BY cut
),
compared AS (
    SELECT
        (SELECT left(CAST(month AS VARCHAR), 7) FROM newest) AS month,
        (SELECT count(DISTINCT month) FROM monthly WHERE NOT is_newest) AS months,
        -- Rounded, so that an exact fifth is not lost to binary fractions.
        round(sum(documents * newest_amount / usual_amount) / sum(documents), 9) AS ratio
    FROM by_cut
    WHERE usual_amount > 0
)
SELECT
    months < {HISTORY_MONTHS} OR ratio IS NULL
    OR ratio BETWEEN 1.0 / {HISTORY_FACTOR} AND {HISTORY_FACTOR} AS is_within,
    CASE
        WHEN months < {HISTORY_MONTHS} OR ratio IS NULL
            THEN 'too little history, ' || months || ' months'
        ELSE month || ' is ' || round(ratio, 2) || ' times its usual'
    END AS observed,
    NULL AS unexpected_count
FROM compared
"""


def _documents(relation: str, as_of_date: dt.date) -> str:
    """The documents that count as revenue (see docs/definitions.md), as a CTE."""
    return f"""documents AS (
    SELECT
        invoice_id,
        customer_id,
        document_type,
        currency,
        date_trunc('month', issued_on) AS month,
        net_amount,
        CASE
            WHEN document_type = 'credit_note' AND net_amount > 0 THEN -net_amount
            ELSE net_amount
        END AS signed_amount
    FROM {relation}
    WHERE status NOT IN ('draft', 'voided') AND issued_on <= {_date(as_of_date)}
)"""


#: From ``judged`` (documents with ``is_flagged``) to ``shares``, one row.
_SHARE = """by_currency AS (
    SELECT
        currency,
        count(*) AS documents,
        count(*) FILTER (is_flagged) AS flagged_documents,
        coalesce(
            CAST(sum(abs(net_amount)) FILTER (is_flagged) AS DOUBLE)
            / nullif(sum(abs(net_amount)), 0),
            0
        ) AS share
    FROM judged
    GROUP BY currency
),
shares AS (
    SELECT
        -- Rounded, so that a share at its limit is not lost to binary fractions.
        coalesce(round(sum(documents * share) / sum(documents), 9), 0) AS share,
        coalesce(sum(flagged_documents), 0) AS flagged_documents
    FROM by_currency
)"""


def _limited_share(limit: float) -> str:
    return f"""SELECT
    share <= {_number(limit)} AS is_within,
    round(100 * share, 2) || ' % of revenue, ' || flagged_documents || ' documents' AS observed,
    flagged_documents AS unexpected_count
FROM shares"""


def _differs(left: str, right: str, tolerance: float) -> str:
    # docs/definitions.md: a difference of the tolerance or more counts.
    return f"({left} <> {right} AND abs({left} - {right}) >= {_number(tolerance)})"


def _date(value: dt.date) -> str:
    return f"DATE '{value.isoformat()}'"


def _number(value: float) -> str:
    # Through the shortest text, as the company wrote it: 0.01 stays 0.01.
    return format(Decimal(str(value)), "f")
