-- A returned row is a client's month whose opening MRR and movements are not
-- its closing MRR exactly, or whose opening MRR is not the closing MRR before.
with

movements as (

    select
        mrr_source,
        client_id,
        month_start,
        opening_mrr,
        closing_mrr,
        opening_mrr
        + new_mrr
        + reactivation_mrr
        + expansion_mrr
        - contraction_mrr
        - churn_mrr
        + exchange_rate_effect as moved_to,
        lag(closing_mrr, 1, 0) over (
            partition by mrr_source, client_id order by month_start
        ) as closing_mrr_before

    from {{ ref("fct_mrr_movements") }}

)

select *

from movements

where
    moved_to <> closing_mrr
    or opening_mrr <> closing_mrr_before
