{%- set cumulated = ["mrr", "flagged_mrr", "clients"] + recurring_rules() -%}

with

movements as (

    select * from {{ ref("fct_mrr_movements") }}

    where cohort_month <= month_start

),

months as (

    select * from {{ ref("int_months") }}

),

by_month as (

    select
        mrr_source,
        cohort_month,
        month_start,
        sum(closing_mrr - opening_mrr) as mrr_change,
        sum(flagged_mrr - opening_flagged_mrr) as flagged_mrr_change,
        sum(
            case
                when movement in ('new', 'reactivation') then 1
                when movement = 'churn' then -1
                else 0
            end
        ) as clients_change,
        sum(new_mrr) as new_mrr,
        {{ clients_under_rules_change("flag_mask", "opening_flag_mask") }}

    from movements

    group by mrr_source, cohort_month, month_start

),

cohorts as (

    select
        mrr_source,
        cohort_month,
        clients_change as cohort_clients,
        new_mrr as cohort_mrr

    from by_month

    where month_start = cohort_month

),

filled as (

    select
        cohorts.mrr_source,
        cohorts.cohort_month,
        cohorts.cohort_clients,
        cohorts.cohort_mrr,
        {% for balance in cumulated %}
        coalesce(by_month.{{ balance }}_change, 0) as {{ balance }}_change,
        {% endfor %}
        months.month_start,
        months.month_end

    from cohorts

    inner join months
        on cohorts.cohort_month <= months.month_start

    left join by_month
        on
            cohorts.mrr_source = by_month.mrr_source
            and cohorts.cohort_month = by_month.cohort_month
            and months.month_start = by_month.month_start

),

accumulated as (

    select
        {% for balance in cumulated %}
        sum({{ balance }}_change) over (
            partition by mrr_source, cohort_month order by month_start
        ) as {{ balance }},
        {% endfor %}
        *

    from filled

),

masked as (

    select
        *,
        {{ mask_of_rules() }} as flag_mask

    from accumulated

)

select
    mrr_source,
    cohort_month,
    cast({{ months_apart("cohort_month", "month_start") }} as integer)
        as months_since,
    month_start,
    month_end > {{ as_of_date() }} as is_partial,
    cast(cohort_clients as bigint) as cohort_clients,
    {{ money("cohort_mrr") }} as cohort_mrr,
    cast(clients as bigint) as clients,
    {{ money("mrr") }} as mrr,
    {{ ratio("clients", "cohort_clients") }} as client_retention_rate,
    {{ ratio("mrr", "cohort_mrr") }} as mrr_retention_rate,
    {{ reliability_columns(
        period_end="month_end",
        flagged="flagged_mrr",
        total="mrr",
        flag_mask="flag_mask",
    ) }}

from masked
