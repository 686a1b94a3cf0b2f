{#
    Each visit with what was recorded of it, and what its client was invoiced in the
    days that followed. Only clients that were visited are summed by day.
-#}
{%- set result_days = var("visit_quality").result_days -%}

with

visits as (

    select
        activity_id,
        rep_id,
        client_id,
        cast(occurred_at as date) as day_on,
        month_start

    from {{ ref("int_activities") }}

    where activity_type = 'visit'

),

visit_reports as (

    select * from {{ ref("stg_crm__visit_reports") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

client_days as (

    select
        client_id,
        issued_on,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    where client_id in (select visits.client_id from visits)

    group by client_id, issued_on

),

{# A visit is judged by its results once all the days for them are over. #}
results as (

    select
        visits.activity_id,
        sum(client_days.net_revenue) as net_revenue,
        sum(client_days.absolute_revenue) as absolute_revenue,
        sum(client_days.flagged_revenue) as flagged_revenue,
        bit_or(client_days.flag_mask) as flag_mask

    from visits

    inner join client_days
        on
            visits.client_id = client_days.client_id
            and visits.day_on < client_days.issued_on
            and {{ add_days("visits.day_on", result_days) }}
            >= client_days.issued_on

    where {{ add_days("visits.day_on", result_days) }} <= {{ as_of_date() }}

    group by visits.activity_id

),

recorded as (

    select
        activity_id,
        case when trim(purpose) <> '' then 1 else 0 end as has_purpose,
        case when is_prearranged then 1 else 0 end as has_appointment,
        case when trim(display_state) <> '' then 1 else 0 end as has_display,
        case when own_stock is not null then 1 else 0 end as has_own_stock,
        case when competitor_stock is not null then 1 else 0 end
            as has_competitor_stock,
        case when trim(summary) <> '' then 1 else 0 end as has_report,
        case when trim(next_step) <> '' then 1 else 0 end as has_next_step

    from visit_reports

),

{% set parts = [
    "purpose",
    "appointment",
    "display",
    "own_stock",
    "competitor_stock",
    "report",
    "next_step",
] %}

joined as (

    select
        visits.activity_id,
        visits.rep_id,
        visits.client_id,
        visits.day_on,
        visits.month_start,
        {% for part in parts %}
        coalesce(recorded.has_{{ part }}, 0) as has_{{ part }},
        {% endfor %}
        case
            when
                visits.client_id is not null
                and {{ add_days("visits.day_on", result_days) }}
                <= {{ as_of_date() }}
                then 1
            else 0
        end as is_judged,
        coalesce(results.net_revenue, 0) as revenue_after,
        coalesce(results.absolute_revenue, 0) as absolute_revenue,
        coalesce(results.flagged_revenue, 0) as flagged_revenue,
        coalesce(results.flag_mask, 0) as flag_mask

    from visits

    left join recorded
        on visits.activity_id = recorded.activity_id

    left join results
        on visits.activity_id = results.activity_id

)

select
    *,
    case
        when
            has_{{ parts[0] }} = 1
            {% for part in parts[1:] %}
            and has_{{ part }} = 1
            {% endfor %}
            then 1
        else 0
    end as is_complete

from joined
