with

changes as (

    select * from {{ ref("int_mrr_changes") }}

),

cumulated as (

    select
        {% for column in ["mrr", "flagged_mrr", "unconverted"] %}
        sum({{ column }}_change) over (
            partition by mrr_source, client_id order by month_start
        ) as {{ column }}_sum,
        {% endfor %}
        *

    from changes

),

{#
    Where a client stood at the end of the month and, less the month's change, at
    its start. Discounts above what they are given on leave no negative revenue.
#}
standing as (

    select
        mrr_source,
        client_id,
        month_start,
        exchange_rate_effect as revaluation,
        {{ standing_mrr(
            "opening",
            "(mrr_sum - mrr_change)",
            "(flagged_mrr_sum - flagged_mrr_change)",
            "(unconverted_sum - unconverted_change)",
            "is_matched",
        ) }},
        {{ standing_mrr(
            "closing",
            "mrr_sum",
            "flagged_mrr_sum",
            "unconverted_sum",
            "is_matched",
        ) }}

    from cumulated

),

cohorts as (

    select
        mrr_source,
        client_id,
        min(month_start) as cohort_month

    from standing

    where closing_mrr > 0

    group by mrr_source, client_id

),

moved as (

    select
        standing.*,
        cohorts.cohort_month,
        case
            when standing.opening_mrr > 0 and standing.closing_mrr > 0
                then standing.revaluation
            else 0
        end as exchange_rate_effect,
        standing.closing_mrr
        - standing.opening_mrr
        - case
            when standing.opening_mrr > 0 and standing.closing_mrr > 0
                then standing.revaluation
            else 0
        end as moved_mrr

    from standing

    left join cohorts
        on
            standing.mrr_source = cohorts.mrr_source
            and standing.client_id = cohorts.client_id

),

named as (

    select
        *,
        case
            when opening_mrr = 0 and closing_mrr = 0 then 'none'
            when opening_mrr = 0 and month_start = cohort_month then 'new'
            when opening_mrr = 0 then 'reactivation'
            when closing_mrr = 0 then 'churn'
            when moved_mrr > 0 then 'expansion'
            when moved_mrr < 0 then 'contraction'
            else 'none'
        end as movement

    from moved

)

select
    mrr_source,
    client_id,
    month_start,
    cohort_month,
    movement,
    {{ money("opening_mrr") }} as opening_mrr,
    {% for name in ["new", "reactivation", "expansion"] %}
    {{ money(
        "case when movement = '" ~ name ~ "' then moved_mrr else 0 end"
    ) }} as {{ name }}_mrr,
    {% endfor %}
    {% for name in ["contraction", "churn"] %}
    {{ money(
        "case when movement = '" ~ name ~ "' then -moved_mrr else 0 end"
    ) }} as {{ name }}_mrr,
    {% endfor %}
    {{ money("exchange_rate_effect") }} as exchange_rate_effect,
    {{ money("closing_mrr") }} as closing_mrr,
    {{ money("opening_flagged_mrr") }} as opening_flagged_mrr,
    {{ money("closing_flagged_mrr") }} as flagged_mrr,
    cast(opening_flag_mask as integer) as opening_flag_mask,
    cast(closing_flag_mask as integer) as flag_mask,
    {{ add_days(add_months("month_start", 1), -1) }} > {{ as_of_date() }}
        as is_partial,
    {{ rule_names("closing_flag_mask") }} as reliability_reasons,
    {{ run_id() }} as run_id

from named
