{#
    Attainment, factor and bonus follow from these few columns. A table, since each asks
    for the one before several times over, and an engine that puts them all into one
    expression would plan for half a minute.
-#}
{%- set measures = {
    "invoiced": "revenue", "margin": "revenue", "collected": "collected"
} -%}

with

stretches as (

    select * from {{ ref("int_bonus_stretches") }}

),

schemes as (

    select * from {{ ref("int_bonus_schemes") }}

),

plans as (

    select * from {{ ref("int_bonus_plans") }}

),

results as (

    select
        rep_id,
        is_team,
        {{ month_start("day_on") }} as month_start,
        sum(margin) as margin,
        sum(revenue_with_cost) as revenue_with_cost

    from {{ ref("int_bonus_results_daily") }}

    group by rep_id, is_team, {{ month_start("day_on") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

{#
    Targets are of revenue. What margin is to be expected of it is what it was in the
    twelve months before, which a later month does not change.
#}
margin_rates as (

    select
        stretches.rep_id,
        stretches.month_start,
        stretches.scheme_id,
        {{ exact_quotient(
            "sum(results.margin)", "sum(results.revenue_with_cost)"
        ) }} as margin_rate

    from stretches

    inner join schemes
        on
            stretches.scheme_id = schemes.scheme_id
            and schemes.measure = 'margin'

    inner join results
        on
            stretches.rep_id = results.rep_id
            and stretches.is_team = results.is_team
            and results.month_start
            >= {{ add_months("stretches.month_start", -12) }}
            and results.month_start < stretches.month_start

    group by
        stretches.rep_id,
        stretches.month_start,
        stretches.scheme_id

),

measured as (

    select
        stretches.*,
        schemes.measure,
        schemes.payout,
        schemes.threshold,
        schemes.cap,
        {{ money_times("schemes.target_bonus", "rates.exchange_rate") }}
            as target_bonus,
        sum(stretches.working_days_in_scheme) over (
            partition by stretches.rep_id, stretches.month_start
            order by stretches.first_day, stretches.scheme_id
            rows between unbounded preceding and current row
        ) as days_up_to,
        case schemes.measure
            {% for measure in measures %}
            when '{{ measure }}' then stretches.{{ measure }}
            {% endfor %}
        end as fact,
        {% for part in ["absolute", "flagged"] %}
        case schemes.measure
            {% for measure, base in measures.items() %}
            when '{{ measure }}' then stretches.{{ part }}_{{ base }}
            {% endfor %}
        end as {{ part }}_amount,
        {% endfor %}
        case schemes.measure
            {% for measure, base in measures.items() %}
            when '{{ measure }}' then stretches.{{ base }}_mask
            {% endfor %}
        end as flag_mask

    from stretches

    inner join schemes
        on stretches.scheme_id = schemes.scheme_id

    left join rates
        on
            schemes.currency = rates.currency
            and stretches.month_start = rates.month_start

),

with_shares as (

    select
        *,
        cast(
            coalesce(
                {{ exact_quotient(
                    "days_up_to - working_days_in_scheme", "employed_days"
                ) }},
                0
            ) as decimal(18, 8)
        ) as share_from,
        cast(
            coalesce(
                {{ exact_quotient("days_up_to", "employed_days") }}, 0
            ) as decimal(18, 8)
        ) as share_to

    from measured

),

with_revenue_plan as (

    select
        with_shares.*,
        plans.plan_period_type,
        plans.is_derived,
        {% for amount in ["plan_low", "plan_high"] %}
        {{ share_of(
            "plans." ~ amount, "with_shares.share_from", "with_shares.share_to"
        ) }} as revenue_{{ amount }},
        {% endfor %}
        cast(
            case
                when with_shares.measure = 'margin'
                    then margin_rates.margin_rate
                else 1
            end as decimal(18, 8)
        ) as plan_rate

    from with_shares

    left join plans
        on
            with_shares.rep_id = plans.rep_id
            and with_shares.is_team = plans.is_team
            and with_shares.month_start = plans.month_start

    left join margin_rates
        on
            with_shares.rep_id = margin_rates.rep_id
            and with_shares.month_start = margin_rates.month_start
            and with_shares.scheme_id = margin_rates.scheme_id

)

select
    rep_id,
    role,
    is_team,
    month_start,
    scheme_id,
    measure,
    payout,
    threshold,
    cap,
    target_bonus,
    first_day,
    last_day,
    working_days,
    missing_reports,
    has_costs,
    plan_period_type,
    is_derived,
    plan_rate,
    revenue_plan_low,
    fact,
    absolute_amount,
    flagged_amount,
    flag_mask,
    working_days_in_scheme - missing_reports as eligible_days,
    {{ money_times("revenue_plan_low", "plan_rate") }} as plan_low,
    {{ money_times("revenue_plan_high", "plan_rate") }} as plan_high

from with_revenue_plan
