{#-
    What a client brought and what it took to serve, in each of the last whole months: its
    part of what its visitors cost, by visits, and what was spent on actions with it.
-#}
{%- set months = var("focus_list").drop_months -%}
{%- set day_after = month_start(add_days(as_of_date(), 1)) -%}
{%- set first_month = add_months(day_after, -months) -%}

with

visits as (

    select
        rep_id,
        client_id,
        month_start,
        count(*) as visits

    from {{ ref("int_activities") }}

    where
        activity_type = 'visit'
        and month_start >= {{ first_month }}
        and month_start < {{ day_after }}

    group by rep_id, client_id, month_start

),

rep_costs as (

    select * from {{ ref("int_rep_costs_monthly") }}

),

actions as (

    select
        client_id,
        {{ month_start("done_on") }} as month_start,
        sum(budget) as budget

    from {{ ref("int_client_actions") }}

    where
        done_on >= {{ first_month }}
        and done_on < {{ day_after }}
        and client_id is not null

    group by client_id, {{ month_start("done_on") }}

),

margins as (

    select
        client_id,
        month_start,
        sum(revenue_with_cost - cost) as margin

    from {{ ref("int_revenue_daily") }}

    where
        month_start >= {{ first_month }}
        and month_start < {{ day_after }}

    group by client_id, month_start

),

{# A visit to no client takes its part of the rep's time all the same. #}
rep_visits as (

    select
        rep_id,
        month_start,
        sum(visits) as visits

    from visits

    group by rep_id, month_start

),

serving as (

    select
        visits.client_id,
        visits.month_start,
        {{ rounded_money(exact_quotient(
            "cast(rep_costs.amount as double) * visits.visits",
            "rep_visits.visits",
        )) }} as serving_cost

    from visits

    inner join rep_visits
        on
            visits.rep_id = rep_visits.rep_id
            and visits.month_start = rep_visits.month_start

    inner join rep_costs
        on
            visits.rep_id = rep_costs.rep_id
            and visits.month_start = rep_costs.month_start

    where visits.client_id is not null

    union all

    select
        client_id,
        month_start,
        budget as serving_cost

    from actions

    where budget is not null

),

summed as (

    select
        client_id,
        month_start,
        sum(serving_cost) as serving_cost

    from serving

    group by client_id, month_start

)

select
    summed.client_id,
    summed.month_start,
    {{ money("summed.serving_cost") }} as serving_cost,
    {{ money("coalesce(margins.margin, 0)") }} as margin

from summed

left join margins
    on
        summed.client_id = margins.client_id
        and summed.month_start = margins.month_start
