with

monthly_yoy as (

    select * from {{ ref("kpi_revenue_yoy") }}

    where cut = 'rep' and period_type in ('month', 'quarter', 'year')

),

plans as (

    select * from {{ ref("kpi_plan_fact") }}

    where level = 'rep' and period_type in ('month', 'quarter', 'year')

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

),

documents as (

    select
        documents.invoice_id,
        documents.month_start,
        documents.net_revenue,
        primary_reps.rep_id

    from {{ ref("int_documents") }} as documents

    inner join {{ ref("int_document_reps") }} as primary_reps
        on
            documents.invoice_id = primary_reps.invoice_id
            and primary_reps.is_primary

    where documents.document_type = 'invoice'

),

opportunities as (

    select * from {{ ref("stg_crm__opportunities") }}

    where
        owner_rep_id is not null
        and is_won is not null
        and closed_at < {{ add_days(as_of_date(), 1) }}

),

activities as (

    select * from {{ ref("stg_crm__activities") }}

    where occurred_at < {{ add_days(as_of_date(), 1) }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter', 'year')

),

years as (

    select distinct
        fiscal_year,
        year_start

    from {{ ref("int_months") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

{# Every measure as events of a rep in a month, to be summed to each period. #}
events as (

    select
        month_start,
        rep_id,
        1 as deals,
        net_revenue as deal_revenue,
        0 as new_clients,
        0 as churned_clients,
        0 as won,
        0 as lost,
        0 as won_amount,
        0 as lost_amount,
        0 as cycle_days,
        0 as activities

    from documents

    union all

    select
        {{ month_start("purchased_on") }},
        rep_id,
        0, 0, 1, 0, 0, 0, 0, 0, 0, 0

    from purchases

    where is_first

    union all

    select
        {{ month_start("lost_on") }},
        rep_id,
        0, 0, 0, 1, 0, 0, 0, 0, 0, 0

    from purchases

    where is_lost

    union all

    select
        {{ month_start("closed_at") }},
        owner_rep_id,
        0,
        0,
        0,
        0,
        case when is_won then 1 else 0 end,
        case when is_won then 0 else 1 end,
        case when is_won then coalesce(amount, 0) else 0 end,
        case when is_won then 0 else coalesce(amount, 0) end,
        case
            when is_won then {{ days_between("created_at", "closed_at") }}
            else 0
        end,
        0

    from opportunities

    union all

    select
        {{ month_start("occurred_at") }},
        rep_id,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 1

    from activities

),

event_sums as (

    select
        period_months.period_type,
        period_months.period_start,
        events.rep_id,
        sum(events.deals) as deals,
        sum(events.deal_revenue) as deal_revenue,
        sum(events.new_clients) as new_clients,
        sum(events.churned_clients) as churned_clients,
        sum(events.won) as won,
        sum(events.lost) as lost,
        sum(events.won_amount) as won_amount,
        sum(events.lost_amount) as lost_amount,
        sum(events.cycle_days) as cycle_days,
        sum(events.activities) as activities

    from events

    inner join period_months
        on events.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        events.rep_id

),

{# A plan stands in the fiscal period that holds its middle day. #}
plan_sums as (

    select
        'year' as period_type,
        years.year_start as period_start,
        plans.entity_id as rep_id,
        sum(plans.plan_low) as plan_low,
        sum(plans.plan_high) as plan_high,
        sum(plans.fact) as plan_fact

    from plans

    inner join years
        on plans.fiscal_year = years.fiscal_year

    group by years.year_start, plans.entity_id

    union all

    select
        'quarter' as period_type,
        fiscal_quarter_start as period_start,
        entity_id as rep_id,
        sum(plan_low) as plan_low,
        sum(plan_high) as plan_high,
        sum(fact) as plan_fact

    from plans

    where period_type in ('month', 'quarter')

    group by fiscal_quarter_start, entity_id

    union all

    select
        'month' as period_type,
        {{ month_start("period_start") }} as period_start,
        entity_id as rep_id,
        sum(plan_low) as plan_low,
        sum(plan_high) as plan_high,
        sum(fact) as plan_fact

    from plans

    where period_type = 'month'

    group by {{ month_start("period_start") }}, entity_id

),

rep_periods as (

    select
        period_type,
        period_start,
        cut_id as rep_id

    from monthly_yoy

    union

    select
        period_type,
        period_start,
        rep_id

    from event_sums

    union

    select
        period_type,
        period_start,
        rep_id

    from plan_sums

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end,
        is_partial

    from period_months

),

{# Whether the company logs deals and activities at all: else NULL, not 0. #}
logging as (

    select
        (select count(*) from opportunities) > 0 as has_opportunities,
        (select count(*) from activities) > 0 as has_activities

),

joined as (

    select
        rep_periods.period_type,
        rep_periods.period_start,
        periods.period_end,
        periods.is_partial,
        reps.rep_id,
        reps.rep_name,
        reps.role,
        reps.manager_rep_id,
        coalesce(monthly_yoy.net_revenue, 0) as net_revenue,
        monthly_yoy.prior_revenue,
        monthly_yoy.growth_rate,
        plan_sums.plan_low,
        plan_sums.plan_high,
        plan_sums.plan_fact,
        coalesce(event_sums.deals, 0) as deals,
        {{ ratio("event_sums.deal_revenue", "event_sums.deals") }}
            as average_deal,
        coalesce(event_sums.new_clients, 0) as new_clients,
        coalesce(event_sums.churned_clients, 0) as churned_clients,
        case
            when logging.has_opportunities
                then coalesce(event_sums.won + event_sums.lost, 0)
        end as closed_deals,
        {{ ratio("event_sums.won", "(event_sums.won + event_sums.lost)") }}
            as win_rate,
        {{ ratio(
            "event_sums.won_amount",
            "(event_sums.won_amount + event_sums.lost_amount)",
        ) }} as win_rate_by_value,
        {{ ratio("event_sums.cycle_days", "event_sums.won") }}
            as sales_cycle_days,
        case
            when logging.has_activities
                then coalesce(event_sums.activities, 0)
        end as activities,
        monthly_yoy.unreliable_share,
        monthly_yoy.reliability as revenue_reliability,
        monthly_yoy.reliability_reasons as revenue_reasons

    from rep_periods

    inner join periods
        on
            rep_periods.period_type = periods.period_type
            and rep_periods.period_start = periods.period_start

    inner join reps
        on rep_periods.rep_id = reps.rep_id

    cross join logging

    left join monthly_yoy
        on
            rep_periods.period_type = monthly_yoy.period_type
            and rep_periods.period_start = monthly_yoy.period_start
            and rep_periods.rep_id = monthly_yoy.cut_id

    left join event_sums
        on
            rep_periods.period_type = event_sums.period_type
            and rep_periods.period_start = event_sums.period_start
            and rep_periods.rep_id = event_sums.rep_id

    left join plan_sums
        on
            rep_periods.period_type = plan_sums.period_type
            and rep_periods.period_start = plan_sums.period_start
            and rep_periods.rep_id = plan_sums.rep_id

)

select
    period_type,
    period_start,
    period_end,
    is_partial,
    rep_id,
    rep_name,
    role,
    manager_rep_id,
    {{ money("net_revenue") }} as net_revenue,
    prior_revenue,
    growth_rate,
    {{ money("plan_low") }} as plan_low,
    {{ money("plan_high") }} as plan_high,
    {{ money("plan_fact") }} as plan_fact,
    {{ attainment("plan_fact", "plan_low", "plan_high") }} as attainment,
    cast(deals as bigint) as deals,
    {{ rounded_money("average_deal") }} as average_deal,
    cast(new_clients as bigint) as new_clients,
    cast(churned_clients as bigint) as churned_clients,
    cast(closed_deals as bigint) as closed_deals,
    win_rate,
    win_rate_by_value,
    sales_cycle_days,
    cast(activities as bigint) as activities,
    cast(
        case
            when rep_id <> 'unassigned' then
                rank() over (
                    partition by
                        period_type,
                        period_start,
                        case when rep_id = 'unassigned' then 1 else 0 end
                    order by net_revenue desc
                )
        end as integer
    ) as revenue_rank,
    cast(
        case
            when activities is not null and rep_id <> 'unassigned' then
                rank() over (
                    partition by
                        period_type,
                        period_start,
                        case when rep_id = 'unassigned' then 1 else 0 end
                    order by activities desc
                )
        end as integer
    ) as activity_rank,
    coalesce(revenue_reliability, 'reliable') as reliability,
    coalesce(unreliable_share, 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(revenue_reasons, ''),
        case when plan_low is null then 'no_plan' end,
        case when closed_deals is null then 'no_opportunities' end,
        case when activities is null then 'no_activities' end
    ) as reliability_reasons,
    {{ run_id() }} as run_id

from joined
