"""A company's inputs on 30 June 2025: sound ones, and what is done to spoil them."""

from __future__ import annotations

import datetime as dt

AS_OF_DATE = dt.date(2025, 6, 30)

#: Tables the made-up company maps; the others stay empty.
MAPPED_TABLES = (
    "crm.accounts",
    "crm.account_merges",
    "crm.account_assignments",
    "crm.activities",
    "accounting.customers",
    "accounting.invoices",
    "accounting.invoice_lines",
    "accounting.payments",
    "accounting.exchange_rates",
    "accounting.rep_costs",
    "accounting.control_totals",
    "planning.growth_assumptions",
)

ROW_COUNTS = {"accounting.invoices": 70, "accounting.payments": 9}

#: 9 months with 8 invoices of 100 each, two lines an invoice, and one of each rest.
SOUND = """
INSERT INTO crm.accounts BY NAME
SELECT 'A' || i AS account_id, 'Account ' || i AS account_name,
    'T' || i AS tax_id, 'a' || i || '.example' AS domain,
    1000 AS wallet_amount, 'EUR' AS wallet_currency
FROM range(1, 5) AS numbers (i);

INSERT INTO crm.account_merges VALUES ('A9', 'A1', 's', 'f', 1, 'l');
INSERT INTO crm.account_assignments BY NAME
SELECT 'A1' AS account_id, 'R1' AS rep_id, DATE '2024-01-01' AS valid_from, 0.5 AS credit_share
UNION ALL SELECT 'A2', 'R1', DATE '2024-01-01', NULL;
INSERT INTO crm.activities BY NAME
SELECT 'C1' AS activity_id, 'R1' AS rep_id, 'call' AS activity_type,
    TIMESTAMP '2025-06-30 18:00:00' AS occurred_at;

INSERT INTO accounting.customers BY NAME
SELECT * FROM (VALUES
    ('K1', 'Kunde 1', NULL, NULL, 'A9'),
    ('K2', 'Kunde 2', 't2 ', NULL, NULL),
    ('K3', 'Kunde 3', NULL, 'A3.example', NULL),
    ('K4', 'account 4', NULL, NULL, 'no such account')
) AS rows (customer_id, customer_name, tax_id, domain, crm_account_id);

INSERT INTO accounting.invoices BY NAME
SELECT 'I' || m || '-' || i AS invoice_id, 'invoice' AS document_type,
    'K' || (1 + i % 4) AS customer_id,
    CAST(DATE '2024-10-05' + m * INTERVAL 1 MONTH AS DATE) AS issued_on,
    'EUR' AS currency, 'open' AS status, 100 AS net_amount, 120 AS total_amount
FROM range(9) AS months (m), range(8) AS numbers (i);

INSERT INTO accounting.invoice_lines BY NAME
SELECT invoice_id, line_number, 50 AS net_amount
FROM accounting.invoices, range(1, 3) AS lines (line_number);

INSERT INTO accounting.payments BY NAME
SELECT 'P' || m AS payment_id, 'K1' AS customer_id,
    CAST(DATE '2024-10-20' + m * INTERVAL 1 MONTH AS DATE) AS paid_on,
    100 AS amount, 'EUR' AS currency
FROM range(9) AS months (m);

INSERT INTO accounting.exchange_rates BY NAME
SELECT DATE '2025-06-30' AS rate_on, 'USD' AS from_currency, 'EUR' AS to_currency, 0.9 AS rate;
INSERT INTO accounting.rep_costs BY NAME
SELECT 'R1' AS rep_id, DATE '2025-06-01' AS month, 'salary' AS cost_type,
    4000 AS amount, 'EUR' AS currency;
INSERT INTO accounting.control_totals BY NAME
SELECT date_trunc('month', issued_on) AS month, 'revenue' AS measure,
    sum(net_amount) AS amount, 'EUR' AS currency
FROM accounting.invoices GROUP BY ALL;
INSERT INTO planning.growth_assumptions BY NAME
SELECT 'company' AS scope, 'all' AS scope_id, DATE '2025-01-01' AS valid_from,
    0.1 AS sales_growth, 0.05 AS price_growth, 0.4 AS attainable_share;
"""

#: What is expected to fail once :data:`SPOILT` has run, critical ones apart.
CRITICAL_FAILURES = frozenset(
    {
        ("crm.account_assignments", "credit_share_is_in_range"),
        ("crm.accounts", "wallet_currency_is_iso_4217"),
        ("accounting.control_totals", "revenue_ties_to_control_totals"),
        ("accounting.exchange_rates", "from_currency_is_iso_4217"),
        ("accounting.exchange_rates", "rate_is_in_range"),
        ("accounting.products", "table_has_rows"),
    }
)
WARNING_FAILURES = frozenset(
    {
        ("crm.account_merges", "table_has_rows"),
        ("crm.accounts", "wallet_amount_is_in_range"),
        ("crm.activities", "activities_are_fresh"),
        ("crm.activities", "occurred_at_is_not_in_future"),
        ("accounting.customers", "customers_lead_to_accounts"),
        ("accounting.invoices", "invoices_have_known_customers"),
        ("accounting.invoices", "invoices_tie_to_lines"),
        ("accounting.invoices", "newest_month_invoice_count_is_usual"),
        ("accounting.invoices", "newest_month_revenue_is_usual"),
        ("accounting.invoices", "row_count_is_steady"),
        ("accounting.invoices", "total_amount_covers_net_amount"),
        ("accounting.payments", "paid_on_is_not_before_first_year"),
        ("accounting.rep_costs", "amount_is_in_range"),
        ("planning.growth_assumptions", "attainable_share_is_in_range"),
        ("planning.growth_assumptions", "price_growth_is_in_range"),
        ("planning.growth_assumptions", "sales_growth_is_in_range"),
    }
)

#: Tables of a company that also maps products, and has none.
SPOILT_MAPPED_TABLES = (*MAPPED_TABLES, "accounting.products")
SPOILT_ROW_COUNTS = {"accounting.invoices": 1000, "accounting.payments": 9}

#: Spoils what :data:`SOUND` made: at least once each kind of check.
SPOILT = """
DELETE FROM crm.account_merges;
UPDATE crm.accounts SET wallet_amount = -1 WHERE account_id = 'A1';
UPDATE crm.accounts SET wallet_currency = 'euro' WHERE account_id = 'A2';
UPDATE crm.account_assignments SET credit_share = 50 WHERE account_id = 'A1';
UPDATE crm.activities SET occurred_at = TIMESTAMP '2025-01-01 08:00:00';
INSERT INTO crm.activities BY NAME
SELECT 'C2' AS activity_id, 'R1' AS rep_id, 'call' AS activity_type,
    TIMESTAMP '2025-07-01 00:00:00' AS occurred_at;
UPDATE accounting.customers SET domain = 'nobody.example' WHERE customer_id = 'K3';
UPDATE accounting.invoices SET total_amount = 80 WHERE invoice_id = 'I0-0';
UPDATE accounting.invoices SET customer_id = 'K9' WHERE invoice_id LIKE 'I1-%';
DELETE FROM accounting.invoice_lines WHERE invoice_id = 'I2-0';
INSERT INTO accounting.invoices BY NAME
SELECT 'twice ' || i AS invoice_id, 'invoice' AS document_type, 'K1' AS customer_id,
    DATE '2025-06-30' AS issued_on, 'EUR' AS currency, 'open' AS status,
    100 AS net_amount, 120 AS total_amount
FROM range(40) AS numbers (i);
UPDATE accounting.payments SET paid_on = DATE '1999-12-31' WHERE payment_id = 'P0';
UPDATE accounting.exchange_rates SET rate = 0, from_currency = 'US';
UPDATE accounting.rep_costs SET amount = -4000;
UPDATE planning.growth_assumptions
SET sales_growth = 10, price_growth = -1.5, attainable_share = 40;
"""
