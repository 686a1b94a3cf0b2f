-- A returned row is a month whose clients at start, with those joined and won
-- back and without those lost, are not the clients at start of the next month.
-- Cuts by rep are left out, since a purchase moves a client from one rep to
-- another. Exact as long as churn.minimum_days in company.yml is at least 31:
-- with less, a client could join, be lost and be back within one month, which
-- is counted as none of the three.
with

churn as (

    select * from {{ ref("kpi_churn") }}

    where cut in ('company', 'segment', 'territory')

),

flows as (

    select
        coalesce(
            {{ add_months("this_month.month_start", 1) }},
            next_month.month_start
        ) as month_start,
        coalesce(this_month.cut, next_month.cut) as cut,
        coalesce(this_month.cut_id, next_month.cut_id) as cut_id,
        coalesce(
            this_month.clients_at_start
            + this_month.clients_joined
            + this_month.clients_won_back
            - this_month.clients_lost,
            0
        ) as clients_at_end_before,
        coalesce(next_month.clients_at_start, 0) as clients_at_start

    from churn as this_month

    full outer join churn as next_month
        on
            this_month.cut = next_month.cut
            and this_month.cut_id = next_month.cut_id
            and {{ add_months("this_month.month_start", 1) }}
            = next_month.month_start

)

select *

from flows

where
    clients_at_end_before <> clients_at_start
    and month_start <= {{ as_of_date() }}
    and {{ var("churn").minimum_days }} >= 31
