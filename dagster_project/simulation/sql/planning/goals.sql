select *
from (
    values
    ('G1', 'Revenue of the fiscal year 2026 up by eight percent', 'kpi_revenue_yoy.net_revenue', 'company', null, null, date '2025-04-01', date '2026-03-31'),
    ('G2', 'Monthly logo churn below one percent', 'kpi_churn.logo_churn_rate', 'company', 0.0150, 0.0100, date '2025-04-01', date '2026-03-31'),
    ('G3', 'Be the best', null, null, null, null, null, null)
) as goals (goal_id, statement, measure, scope, baseline, target, starts_on, due_on)
