with

revenue_yoy as (

    select * from "warehouse"."marts"."kpi_revenue_yoy"

    where cut = 'rep' and period_type in ('month', 'quarter', 'year')

),

plans as (

    select * from "warehouse"."intermediate"."int_rep_plans_by_period"

),

results as (

    select * from "warehouse"."intermediate"."int_rep_results_monthly"

),

period_months as (

    select * from "warehouse"."intermediate"."int_period_months"

    where period_type in ('month', 'quarter', 'year')

),

reps as (

    select * from "warehouse"."core"."dim_reps"

),


logging as (

    select
        coalesce(sum(won + lost), 0) > 0 as has_opportunities,
        coalesce(sum(activities), 0) > 0 as has_activities

    from results

),

result_sums as (

    select
        period_months.period_type,
        period_months.period_start,
        results.rep_id,
        sum(results.absolute_revenue) as absolute_revenue,
        sum(results.flagged_revenue) as flagged_revenue,
        bit_or(results.flag_mask) as flag_mask,
        sum(results.deals) as deals,
        sum(results.deal_revenue) as deal_revenue,
        sum(results.new_clients) as new_clients,
        sum(results.churned_clients) as churned_clients,
        sum(results.won) as won,
        sum(results.lost) as lost,
        sum(results.won_amount) as won_amount,
        sum(results.lost_amount) as lost_amount,
        sum(results.cycle_days) as cycle_days,
        sum(results.activities) as activities

    from results

    inner join period_months
        on results.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        results.rep_id

),

rep_periods as (

    select
        period_type,
        period_start,
        cut_id as rep_id

    from revenue_yoy

    union

    select
        period_type,
        period_start,
        rep_id

    from result_sums

    union

    select
        period_type,
        period_start,
        rep_id

    from plans

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end,
        is_partial

    from period_months

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
        reps.rep_id = 'unassigned' as is_unassigned,
        coalesce(revenue_yoy.net_revenue, 0) as net_revenue,
        revenue_yoy.prior_revenue,
        revenue_yoy.growth_rate,
        plans.plan_low,
        plans.plan_high,
        plans.plan_fact,
        coalesce(result_sums.deals, 0) as deals,
        (cast(result_sums.deal_revenue as double) / nullif(cast(result_sums.deals as double), 0))
            as average_deal,
        coalesce(result_sums.new_clients, 0) as new_clients,
        coalesce(result_sums.churned_clients, 0) as churned_clients,
        case
            when logging.has_opportunities
                then coalesce(result_sums.won + result_sums.lost, 0)
        end as closed_deals,
        (cast(result_sums.won as double) / nullif(cast((result_sums.won + result_sums.lost) as double), 0))
            as win_rate,
        (cast(result_sums.won_amount as double) / nullif(cast((result_sums.won_amount + result_sums.lost_amount) as double), 0)) as win_rate_by_value,
        (cast(result_sums.cycle_days as double) / nullif(cast(result_sums.won as double), 0))
            as sales_cycle_days,
        case
            when logging.has_activities
                then coalesce(result_sums.activities, 0)
        end as activities,
        result_sums.absolute_revenue,
        result_sums.flagged_revenue,
        result_sums.flag_mask

    from rep_periods

    inner join periods
        on
            rep_periods.period_type = periods.period_type
            and rep_periods.period_start = periods.period_start

    inner join reps
        on rep_periods.rep_id = reps.rep_id

    cross join logging

    
    left join revenue_yoy
        on
            rep_periods.period_type = revenue_yoy.period_type
            and rep_periods.period_start = revenue_yoy.period_start
            and
            rep_periods.rep_id
            = revenue_yoy.cut_id
    
    left join result_sums
        on
            rep_periods.period_type = result_sums.period_type
            and rep_periods.period_start = result_sums.period_start
            and
            rep_periods.rep_id
            = result_sums.rep_id
    
    left join plans
        on
            rep_periods.period_type = plans.period_type
            and rep_periods.period_start = plans.period_start
            and
            rep_periods.rep_id
            = plans.rep_id
    

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
    cast(net_revenue as decimal(18, 4)) as net_revenue,
    prior_revenue,
    growth_rate,
    cast(plan_low as decimal(18, 4)) as plan_low,
    cast(plan_high as decimal(18, 4)) as plan_high,
    cast(plan_fact as decimal(18, 4)) as plan_fact,
    case
        when plan_fact < plan_low then (cast(plan_fact as double) / nullif(cast(plan_low as double), 0))
        when plan_fact > plan_high then (cast(plan_fact as double) / nullif(cast(plan_high as double), 0))
        when plan_low <> 0 then cast(1 as double)
    end as attainment,
    cast(deals as bigint) as deals,
    cast(round(average_deal, 4) as decimal(18, 4)) as average_deal,
    cast(new_clients as bigint) as new_clients,
    cast(churned_clients as bigint) as churned_clients,
    cast(closed_deals as bigint) as closed_deals,
    win_rate,
    win_rate_by_value,
    sales_cycle_days,
    cast(activities as bigint) as activities,
    cast(
        case
            when not is_unassigned then
                rank() over (
                    partition by period_type, period_start, is_unassigned
                    order by net_revenue desc
                )
        end as integer
    ) as revenue_rank,
    cast(
        case
            when activities is not null and not is_unassigned then
                rank() over (
                    partition by period_type, period_start, is_unassigned
                    order by activities desc
                )
        end as integer
    ) as activity_rank,
    case
        when coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) > 0.1
            then 'unreliable'
        when
            coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) > 0
            or coalesce(flag_mask, 0) <> 0
            or nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_performance'
    ),
                case
                    when period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_performance'
    )
                end
            ),
            ''
        ) is not null
            then 'caution'
        else 'reliable'
    end as reliability,
    coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(concat_ws(
        ', ',
        case when (coalesce(flag_mask, 0) & 1) <> 0 then 'invoice_without_lines' end,
        case when (coalesce(flag_mask, 0) & 2) <> 0 then 'lines_do_not_tie' end,
        case when (coalesce(flag_mask, 0) & 4) <> 0 then 'unmatched_client' end,
        case when (coalesce(flag_mask, 0) & 8) <> 0 then 'missing_exchange_rate' end,
        case when (coalesce(flag_mask, 0) & 16) <> 0 then 'unknown_rep' end,
        case when (coalesce(flag_mask, 0) & 32) <> 0 then 'unknown_product' end
    ), ''),
        case when plan_low is null then 'no_plan' end,
        case when closed_deals is null then 'no_opportunities' end,
        case when activities is null then 'no_activities' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_performance'
    ),
                case
                    when period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_rep_performance'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from joined