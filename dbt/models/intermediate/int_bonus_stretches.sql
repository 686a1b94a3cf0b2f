{#
    A person's month under one scheme. A scheme or role that changes within the month
    splits it; each part has its own days, facts and part of the plan.
#}
with

rep_days as (

    select * from {{ ref("int_rep_days") }}

),

schemes as (

    select * from {{ ref("int_bonus_schemes") }}

),

reports_missing as (

    select
        rep_id,
        day_on

    from {{ ref("int_rep_reports_due") }}

    where state = 'missing'

),

results as (

    select * from {{ ref("int_bonus_results_daily") }}

),

scheme_days as (

    select
        rep_days.rep_id,
        rep_days.role,
        rep_days.role <> 'rep' as is_team,
        rep_days.month_start,
        rep_days.day_on,
        rep_days.is_working_day,
        schemes.scheme_id,
        schemes.is_report_required
        and reports_missing.rep_id is not null as is_report_missing

    from rep_days

    inner join schemes
        on
            rep_days.role = schemes.role
            and rep_days.day_on >= schemes.valid_from
            and rep_days.day_on <= schemes.valid_to

    left join reports_missing
        on
            rep_days.rep_id = reports_missing.rep_id
            and rep_days.day_on = reports_missing.day_on

),

{% set sums = [
    "invoiced", "margin", "revenue_with_cost", "collected",
    "absolute_revenue", "flagged_revenue",
    "absolute_collected", "flagged_collected",
] %}

summed as (

    select
        scheme_days.rep_id,
        scheme_days.role,
        scheme_days.is_team,
        scheme_days.month_start,
        scheme_days.scheme_id,
        min(scheme_days.day_on) as first_day,
        max(scheme_days.day_on) as last_day,
        sum(case when scheme_days.is_working_day then 1 else 0 end)
            as working_days_in_scheme,
        sum(case when scheme_days.is_report_missing then 1 else 0 end)
            as missing_reports,
        {% for amount in sums %}
        coalesce(sum(results.{{ amount }}), 0) as {{ amount }},
        {% endfor %}
        count(results.margin) > 0 as has_costs,
        coalesce(bit_or(results.revenue_mask), 0) as revenue_mask,
        coalesce(bit_or(results.collected_mask), 0) as collected_mask

    from scheme_days

    left join results
        on
            scheme_days.rep_id = results.rep_id
            and scheme_days.is_team = results.is_team
            and scheme_days.day_on = results.day_on

    group by
        scheme_days.rep_id,
        scheme_days.role,
        scheme_days.is_team,
        scheme_days.month_start,
        scheme_days.scheme_id

),

employed as (

    select
        rep_id,
        month_start,
        count(distinct case when is_working_day then day_on end)
            as employed_days

    from rep_days

    group by rep_id, month_start

),

company_days as (

    select
        month_start,
        sum(case when is_working_day then 1 else 0 end) as working_days

    from {{ ref("int_days") }}

    group by month_start

)

select
    summed.*,
    employed.employed_days,
    company_days.working_days

from summed

inner join employed
    on
        summed.rep_id = employed.rep_id
        and summed.month_start = employed.month_start

inner join company_days
    on summed.month_start = company_days.month_start
