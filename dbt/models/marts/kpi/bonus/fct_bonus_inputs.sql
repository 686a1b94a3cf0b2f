with

planned as (

    select * from {{ ref("int_bonus_planned") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

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
