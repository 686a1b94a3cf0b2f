with

plans as (

    select
        *,
        case
            when level = 'company' and is_derived then 'all reps'
            else level
        end as fact_level,
        {{ months_into("middle_on", var("fiscal_year_first_month")) }}
            as months_into_year

    from {{ ref("int_plans_by_level") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

chain as (

    select * from {{ ref("int_rep_chain") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

rep_days as (

    select
        rep_id,
        issued_on,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by rep_id, issued_on

),

client_days as (

    select
        daily.client_id,
        clients.territory_id,
        daily.issued_on,
        sum(daily.net_revenue) as net_revenue,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from daily

    inner join clients
        on daily.client_id = clients.client_id

    {# Only what some target is about is summed by client and territory. #}
    where
        daily.client_id in (
            select plans.entity_id from plans
            where plans.level = 'client'
        )
        or clients.territory_id in (
            select plans.entity_id from plans
            where plans.level = 'territory'
        )

    group by daily.client_id, clients.territory_id, daily.issued_on

),

{% set measures = [
    "net_revenue", "absolute_revenue", "flagged_revenue", "flag_mask"
] %}

entity_days as (

    select
        'rep' as level,
        rep_id as entity_id,
        issued_on,
        {{ measures | join(",\n        ") }}

    from rep_days

    union all

    {# A manager is credited once for a day's sale, however many share it. #}
    select
        'manager' as level,
        chain.above_rep_id as entity_id,
        rep_days.issued_on,
        rep_days.{{ measures | join(",\n        rep_days.") }}

    from rep_days

    inner join chain
        on
            rep_days.rep_id = chain.rep_id
            and rep_days.issued_on between chain.valid_from
            and chain.valid_to

    union all

    select
        'company' as level,
        'all' as entity_id,
        issued_on,
        {{ measures | join(",\n        ") }}

    from rep_days

    union all

    {# The sum of the reps' plans is held against the reps' revenue. #}
    select
        'all reps' as level,
        'all' as entity_id,
        issued_on,
        {{ measures | join(",\n        ") }}

    from rep_days

    where rep_id <> 'unassigned'

    union all

    select
        'client' as level,
        client_id as entity_id,
        issued_on,
        {{ measures | join(",\n        ") }}

    from client_days

    union all

    select
        'territory' as level,
        territory_id as entity_id,
        issued_on,
        {{ measures | join(",\n        ") }}

    from client_days

),

facts as (

    select
        plans.level,
        plans.entity_id,
        plans.period_type,
        plans.period_start,
        sum(entity_days.net_revenue) as fact,
        sum(entity_days.absolute_revenue) as absolute_revenue,
        sum(entity_days.flagged_revenue) as flagged_revenue,
        bit_or(entity_days.flag_mask) as flag_mask

    from plans

    inner join entity_days
        on
            plans.fact_level = entity_days.level
            and plans.entity_id = entity_days.entity_id
            and entity_days.issued_on between plans.period_start
            and plans.period_end

    group by
        plans.level,
        plans.entity_id,
        plans.period_type,
        plans.period_start

),

joined as (

    select
        plans.*,
        coalesce(reps.rep_name, clients.client_name, plans.entity_id)
            as entity_name,
        {{ add_months(
            month_start("plans.middle_on"),
            "-cast(plans.months_into_year % 3 as integer)",
        ) }} as fiscal_quarter_start,
        {{ add_months(
            month_start("plans.middle_on"),
            "-cast(plans.months_into_year as integer)",
        ) }} as fiscal_year_start,
        cast(
            extract(year from {{ add_months(
                month_start("plans.middle_on"),
                "11 - cast(plans.months_into_year as integer)",
            ) }}) as integer
        ) as fiscal_year,
        {{ money("coalesce(facts.fact, 0)") }} as fact,
        facts.absolute_revenue,
        facts.flagged_revenue,
        facts.flag_mask

    from plans

    left join facts
        on
            plans.level = facts.level
            and plans.entity_id = facts.entity_id
            and plans.period_type = facts.period_type
            and plans.period_start = facts.period_start

    left join reps
        on
            plans.entity_id = reps.rep_id
            and plans.level in ('rep', 'manager')

    left join clients
        on
            plans.entity_id = clients.client_id
            and plans.level = 'client'

)

select
    level,
    entity_id,
    entity_name,
    period_type,
    period_start,
    period_end,
    middle_on,
    fiscal_quarter_start,
    fiscal_year_start,
    fiscal_year,
    period_end > {{ as_of_date() }} as is_partial,
    is_derived,
    {{ money("plan_low") }} as plan_low,
    {{ money("plan_high") }} as plan_high,
    fact,
    {{ attainment("fact", "plan_low", "plan_high") }} as attainment,
    {{ reliability_columns(
        period_end="period_end",
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {
                "when": "plan_low is null",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
            {"when": "plan_low = 0", "name": "no_plan"},
        ],
    ) }}

from joined
