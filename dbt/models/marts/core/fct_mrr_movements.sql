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

{# Discounts above what they are given on leave no negative revenue. #}
floored as (

    select
        mrr_source,
        client_id,
        month_start,
        exchange_rate_effect as revaluation,
        case
            when mrr_sum > mrr_change then mrr_sum - mrr_change else 0
        end as opening_mrr,
        case when mrr_sum > 0 then mrr_sum else 0 end as closing_mrr,
        case when is_matched then flagged_mrr_sum else mrr_sum end
            as flagged_sum,
        case
            when flagged_mrr_sum > 0 then {{ rule_bit("lines_do_not_tie") }}
            else 0
        end
        + case
            when not is_matched and (mrr_sum <> 0 or unconverted_sum > 0)
                then {{ rule_bit("unmatched_client") }}
            else 0
        end
        + case
            when unconverted_sum > 0
                then {{ rule_bit("missing_exchange_rate") }}
            else 0
        end
        + case when mrr_sum < 0 then {{ rule_bit("negative_mrr") }} else 0 end
            as flag_mask

    from cumulated

),

compared as (

    select
        *,
        case
            when opening_mrr > 0 and closing_mrr > 0 then revaluation
            else 0
        end as exchange_rate_effect,
        case
            when flagged_sum > closing_mrr then closing_mrr
            when flagged_sum > 0 then flagged_sum
            else 0
        end as flagged_mrr,
        lag(flag_mask, 1, 0) over (
            partition by mrr_source, client_id order by month_start
        ) as opening_flag_mask,
        min(case when closing_mrr > 0 then month_start end) over (
            partition by mrr_source, client_id
        ) as cohort_month

    from floored

),

moved as (

    select
        *,
        closing_mrr - opening_mrr - exchange_rate_effect as moved_mrr,
        lag(flagged_mrr, 1, 0) over (
            partition by mrr_source, client_id order by month_start
        ) as opening_flagged_mrr

    from compared

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
    {{ money("flagged_mrr") }} as flagged_mrr,
    cast(opening_flag_mask as integer) as opening_flag_mask,
    cast(flag_mask as integer) as flag_mask,
    {{ add_days(add_months("month_start", 1), -1) }} > {{ as_of_date() }}
        as is_partial,
    {{ rule_names("flag_mask") }} as reliability_reasons,
    {{ run_id() }} as run_id

from named
