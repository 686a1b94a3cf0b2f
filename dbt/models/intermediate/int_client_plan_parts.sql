{%- set amounts = [
    "last_year_result", "plan_low", "plan", "plan_high", "flagged_plan"
] -%}

with

client_months as (

    select
        client_id,
        month_start,
        base_revenue as last_year_result,
        plan_low,
        plan,
        plan_high,
        {{ money_times("plan", "flagged_share") }} as flagged_plan,
        flag_mask

    from {{ ref("int_client_plan_months") }}

),

client_reps as (

    select * from {{ ref("int_client_reps_today") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

periods as (

    select min(month_start) as first_month from {{ ref("int_plan_periods") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

plans_and_facts as (

    select
        client_months.client_id,
        client_reps.rep_id,
        client_months.month_start,
        1 as planned,
        {% for amount in amounts %}
        {{ share_of(
            "client_months." ~ amount,
            "client_reps.share_from",
            "client_reps.share_to",
        ) }} as {{ amount }},
        {% endfor %}
        0 as fact,
        client_months.flag_mask

    from client_months

    inner join client_reps
        on client_months.client_id = client_reps.client_id

    union all

    select
        client_id,
        rep_id,
        month_start,
        0 as planned,
        {% for amount in amounts %}
        0 as {{ amount }},
        {% endfor %}
        sum(net_revenue) as fact,
        0 as flag_mask

    from daily

    where
        month_start >= (select periods.first_month from periods)

    group by client_id, rep_id, month_start

),

summed as (

    select
        client_id,
        rep_id,
        month_start,
        max(planned) = 1 as is_planned,
        {% for amount in amounts + ["fact"] %}
        sum({{ amount }}) as {{ amount }},
        {% endfor %}
        bit_or(flag_mask) as flag_mask

    from plans_and_facts

    group by client_id, rep_id, month_start

)

select
    summed.*,
    clients.client_name,
    clients.territory_id,
    clients.territory_name,
    coalesce(reps.rep_name, summed.rep_id) as rep_name

from summed

inner join clients
    on summed.client_id = clients.client_id

left join reps
    on summed.rep_id = reps.rep_id
