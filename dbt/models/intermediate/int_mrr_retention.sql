{#
    MRR now beside MRR twelve months ago: each change counts once in its own
    month and once a year later, so no client meets a calendar.
#}
with

movements as (

    select * from {{ ref("fct_mrr_movements") }}

),

changes as (

    select
        mrr_source,
        client_id,
        month_start,
        closing_mrr - opening_mrr as now_change,
        0 as then_change

    from movements

    union all

    select
        mrr_source,
        client_id,
        {{ add_months("month_start", 12) }} as month_start,
        0 as now_change,
        closing_mrr - opening_mrr as then_change

    from movements

    where {{ add_months("month_start", 12) }} <= {{ as_of_date() }}

),

netted as (

    select
        mrr_source,
        client_id,
        month_start,
        sum(now_change) as now_change,
        sum(then_change) as then_change

    from changes

    group by mrr_source, client_id, month_start

),

{# Where a client stands after the month's change, and stood before it. #}
cumulated as (

    select
        *,
        sum(now_change) over (
            partition by mrr_source, client_id order by month_start
        ) as now_mrr,
        sum(then_change) over (
            partition by mrr_source, client_id order by month_start
        ) as then_mrr

    from netted

),

stood as (

    select
        *,
        now_mrr - now_change as now_mrr_before,
        then_mrr - then_change as then_mrr_before

    from cumulated

)

select
    mrr_source,
    client_id,
    month_start,
    then_change as then_mrr_change,
    case when then_mrr > 0 then now_mrr else 0 end
    - case when then_mrr_before > 0 then now_mrr_before else 0 end
        as retained_mrr_change,
    case when then_mrr > now_mrr then now_mrr else then_mrr end
    - case
        when then_mrr_before > now_mrr_before then now_mrr_before
        else then_mrr_before
    end as kept_mrr_change,
    case when then_mrr > 0 then 1 else 0 end
    - case when then_mrr_before > 0 then 1 else 0 end as clients_then_change

from stood
