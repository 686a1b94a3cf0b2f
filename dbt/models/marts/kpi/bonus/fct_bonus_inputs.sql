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

reps as (

    select * from {{ ref("dim_reps") }}

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

),

planned as (

    select
        *,
        working_days_in_scheme - missing_reports as eligible_days,
        {{ money_times("revenue_plan_low", "plan_rate") }} as plan_low,
        {{ money_times("revenue_plan_high", "plan_rate") }} as plan_high

    from with_revenue_plan

),

attained as (

    select
        *,
        {{ attainment("fact", "plan_low", "plan_high") }} as attainment

    from planned

),

paid as (

    select
        *,
        cast(
            {{ payout_factor("attainment", "payout", "threshold", "cap") }}
            as double
        ) as payout_factor

    from attained

)

select
    paid.rep_id,
    reps.rep_name,
    paid.month_start,
    {{ add_days(add_months("paid.month_start", 1), -1) }} as month_end,
    {{ add_days(add_months("paid.month_start", 1), -1) }}
    > {{ as_of_date() }} as is_partial,
    paid.scheme_id,
    paid.role as chain_role,
    paid.measure,
    paid.first_day,
    paid.last_day,
    {{ money("paid.plan_low") }} as plan_low,
    {{ money("paid.plan_high") }} as plan_high,
    {{ money("paid.fact") }} as fact,
    paid.attainment,
    cast(paid.working_days as integer) as working_days,
    cast(paid.missing_reports as integer) as missing_reports,
    cast(paid.eligible_days as integer) as eligible_days,
    cast(paid.threshold as double) as threshold,
    cast(paid.cap as double) as cap,
    paid.payout,
    paid.payout_factor,
    {{ money("paid.target_bonus") }} as target_bonus,
    {{ rounded_cents(exact_quotient(
        "cast(paid.target_bonus as double) * paid.payout_factor"
        " * paid.eligible_days",
        "paid.working_days",
    )) }} as bonus_amount,
    concat_ws(
        '; ',
        concat(
            'fact: ', paid.measure, ' from ',
            cast(paid.first_day as {{ dbt.type_string() }}), ' to ',
            cast(paid.last_day as {{ dbt.type_string() }}),
            case when paid.is_team then ', whole team' else ', own' end
        ),
        case
            when paid.plan_low is null then 'plan: none'
            else concat(
                'plan: ',
                case
                    when paid.is_derived then 'sum of the team''s targets of a '
                    else 'target of a '
                end,
                paid.plan_period_type,
                case
                    when paid.plan_period_type <> 'month'
                        then ' by working days'
                    else ''
                end,
                case
                    when paid.measure = 'margin'
                        then concat(
                            ' x margin ',
                            cast(paid.plan_rate as {{ dbt.type_string() }}),
                            ' of the year before'
                        )
                    else ''
                end
            )
        end
    ) as trace,
    {{ reliability_columns(
        period_end=add_days(add_months("paid.month_start", 1), -1),
        flagged="paid.flagged_amount",
        total="paid.absolute_amount",
        flag_mask="paid.flag_mask",
        notes=[
            {
                "when": "coalesce(paid.revenue_plan_low, 0) = 0",
                "name": "no_plan",
                "is_caution": true,
            },
            {
                "when": "paid.measure = 'margin' and paid.plan_rate is null",
                "name": "no_margin_history",
                "is_caution": true,
            },
            {
                "when": "paid.measure = 'margin' and not paid.has_costs",
                "name": "costs_unknown",
                "is_caution": true,
            },
            {
                "when": "paid.target_bonus is null",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
        ],
    ) }}

from paid

inner join reps
    on paid.rep_id = reps.rep_id
