with
last_year as (
    select round(sum(revenue), -2) as revenue
    from facts
    where quarter >= date '2024-04-01' and quarter < date '2025-04-01'
)
select
    goals.goal_id,
    goals.statement,
    goals.measure,
    goals.scope,
    cast(coalesce(goals.baseline, goals.baseline_share * last_year.revenue) as decimal(18, 4))
        as baseline,
    cast(coalesce(goals.target, goals.target_share * last_year.revenue) as decimal(18, 4)) as target,
    goals.starts_on,
    goals.due_on
from (
    values
    ('G1', 'Revenue of the fiscal year 2026 up by eight percent', 'kpi_revenue_yoy.net_revenue', 'company', null, null, 1.00, 1.08, date '2025-04-01', date '2026-03-31'),
    ('G2', 'Monthly logo churn below one percent', 'kpi_churn.logo_churn_rate', 'company', 0.0150, 0.0100, null, null, date '2025-04-01', date '2026-03-31'),
    ('G3', 'Be the best', null, null, null, null, null, null, null, null)
) as goals (
    goal_id, statement, measure, scope, baseline, target, baseline_share, target_share, starts_on, due_on
)
cross join last_year
order by goals.goal_id
