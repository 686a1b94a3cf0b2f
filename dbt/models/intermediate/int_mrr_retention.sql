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

cumulated as (

    select
        mrr_source,
        client_id,
        month_start,
        sum(now_change) over (
            partition by mrr_source, client_id order by month_start
        ) as now_mrr,
        sum(then_change) over (
            partition by mrr_source, client_id order by month_start
        ) as then_mrr

    from netted

),

compared as (

    select
        mrr_source,
        client_id,
        month_start,
        then_mrr,
        case when then_mrr > 0 then now_mrr else 0 end as retained_mrr,
        case when then_mrr > now_mrr then now_mrr else then_mrr end as kept_mrr,
        case when then_mrr > 0 then 1 else 0 end as clients_then

    from cumulated

)

select
    {% for column in [
        "then_mrr",
        "retained_mrr",
        "kept_mrr",
        "clients_then",
    ] %}
    {{ column }} - lag({{ column }}, 1, 0) over (
        partition by mrr_source, client_id order by month_start
    ) as {{ column }}_change,
    {% endfor %}
    mrr_source,
    client_id,
    month_start

from compared
