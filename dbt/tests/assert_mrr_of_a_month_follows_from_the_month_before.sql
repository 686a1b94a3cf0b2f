-- A returned row is a month of a cut whose opening MRR, movements or clients do
-- not lead to its end, or whose start is not the end of the month before.
with

months as (

    select
        month_start,
        mrr_source,
        cut,
        cut_id,
        opening_mrr,
        closing_mrr,
        clients_at_start,
        clients_at_end,
        opening_mrr
        + new_mrr
        + reactivation_mrr
        + expansion_mrr
        - contraction_mrr
        - churn_mrr
        + exchange_rate_effect as moved_to,
        clients_at_start + clients_new + clients_reactivated - clients_lost
            as clients_moved_to,
        lag(closing_mrr, 1, 0) over (
            partition by mrr_source, cut, cut_id order by month_start
        ) as closing_mrr_before,
        lag(clients_at_end, 1, 0) over (
            partition by mrr_source, cut, cut_id order by month_start
        ) as clients_at_end_before

    from {{ ref("kpi_recurring_revenue") }}

)

select *

from months

where
    moved_to <> closing_mrr
    or clients_moved_to <> clients_at_end
    or opening_mrr <> closing_mrr_before
    or clients_at_start <> clients_at_end_before
