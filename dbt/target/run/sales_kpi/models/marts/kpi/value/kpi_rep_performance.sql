
    
      
    

    create  table
      "warehouse"."kpi"."kpi_rep_performance__dbt_tmp"
  
  (
    period_type TEXT,
    period_start date,
    period_end date,
    is_partial boolean,
    rep_id TEXT,
    rep_name TEXT,
    role TEXT,
    manager_rep_id TEXT,
    net_revenue decimal(18,4),
    prior_revenue decimal(18,4),
    growth_rate double,
    plan_low decimal(18,4),
    plan_high decimal(18,4),
    plan_fact decimal(18,4),
    attainment double,
    deals bigint,
    average_deal decimal(18,4),
    new_clients bigint,
    churned_clients bigint,
    closed_deals bigint,
    win_rate double,
    win_rate_by_value double,
    sales_cycle_days double,
    activities bigint,
    revenue_rank integer,
    activity_rank integer,
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."kpi"."kpi_rep_performance__dbt_tmp" 
  (
    
      
      
      period_type ,
    
      
      
      period_start ,
    
      
      
      period_end ,
    
      
      
      is_partial ,
    
      
      
      rep_id ,
    
      
      
      rep_name ,
    
      
      
      role ,
    
      
      
      manager_rep_id ,
    
      
      
      net_revenue ,
    
      
      
      prior_revenue ,
    
      
      
      growth_rate ,
    
      
      
      plan_low ,
    
      
      
      plan_high ,
    
      
      
      plan_fact ,
    
      
      
      attainment ,
    
      
      
      deals ,
    
      
      
      average_deal ,
    
      
      
      new_clients ,
    
      
      
      churned_clients ,
    
      
      
      closed_deals ,
    
      
      
      win_rate ,
    
      
      
      win_rate_by_value ,
    
      
      
      sales_cycle_days ,
    
      
      
      activities ,
    
      
      
      revenue_rank ,
    
      
      
      activity_rank ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select period_type, period_start, period_end, is_partial, rep_id, rep_name, role, manager_rep_id, net_revenue, prior_revenue, growth_rate, plan_low, plan_high, plan_fact, attainment, deals, average_deal, new_clients, churned_clients, closed_deals, win_rate, win_rate_by_value, sales_cycle_days, activities, revenue_rank, activity_rank, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

monthly_yoy as (

    select * from "warehouse"."kpi"."kpi_revenue_yoy"

    where cut = 'rep' and period_type in ('month', 'quarter', 'year')

),

plans as (

    select * from "warehouse"."kpi"."kpi_plan_fact"

    where level = 'rep' and period_type in ('month', 'quarter', 'year')

),

purchases as (

    select * from "warehouse"."intermediate"."int_client_purchases"

),

documents as (

    select
        documents.invoice_id,
        documents.month_start,
        documents.net_revenue,
        primary_reps.rep_id

    from "warehouse"."intermediate"."int_documents" as documents

    inner join "warehouse"."intermediate"."int_document_reps" as primary_reps
        on
            documents.invoice_id = primary_reps.invoice_id
            and primary_reps.is_primary

    where documents.document_type = 'invoice'

),

opportunities as (

    select * from "warehouse"."staging"."stg_crm__opportunities"

    where
        owner_rep_id is not null
        and is_won is not null
        and closed_at < cast(

    (date '2014-06-30' + cast(1 as bigint) * interval 1 day) as date)

),

activities as (

    select * from "warehouse"."staging"."stg_crm__activities"

    where occurred_at < cast(

    (date '2014-06-30' + cast(1 as bigint) * interval 1 day) as date)

),

period_months as (

    select * from "warehouse"."intermediate"."int_period_months"

    where period_type in ('month', 'quarter', 'year')

),

months as (

    select * from "warehouse"."intermediate"."int_months"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

),


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
        cast(date_trunc('month', purchased_on) as date),
        rep_id,
        0, 0, 1, 0, 0, 0, 0, 0, 0, 0

    from purchases

    where is_first

    union all

    select
        cast(date_trunc('month', lost_on) as date),
        rep_id,
        0, 0, 0, 1, 0, 0, 0, 0, 0, 0

    from purchases

    where is_lost

    union all

    select
        cast(date_trunc('month', closed_at) as date),
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
            when is_won then 
        (date_diff('day', created_at::timestamp, closed_at::timestamp ))
    
            else 0
        end,
        0

    from opportunities

    union all

    select
        cast(date_trunc('month', occurred_at) as date),
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


plan_sums as (

    select
        'year' as period_type,
        months.year_start as period_start,
        plans.entity_id as rep_id,
        sum(plans.plan_low) as plan_low,
        sum(plans.plan_high) as plan_high,
        sum(plans.fact) as plan_fact

    from plans

    inner join months
        on plans.fiscal_quarter_start = months.month_start

    group by months.year_start, plans.entity_id

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
        cast(date_trunc('month', period_start) as date) as period_start,
        entity_id as rep_id,
        sum(plan_low) as plan_low,
        sum(plan_high) as plan_high,
        sum(fact) as plan_fact

    from plans

    where period_type = 'month'

    group by cast(date_trunc('month', period_start) as date), entity_id

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
        (cast(event_sums.deal_revenue as double) / nullif(cast(event_sums.deals as double), 0))
            as average_deal,
        coalesce(event_sums.new_clients, 0) as new_clients,
        coalesce(event_sums.churned_clients, 0) as churned_clients,
        case
            when logging.has_opportunities
                then coalesce(event_sums.won + event_sums.lost, 0)
        end as closed_deals,
        (cast(event_sums.won as double) / nullif(cast((event_sums.won + event_sums.lost) as double), 0))
            as win_rate,
        (cast(event_sums.won_amount as double) / nullif(cast((event_sums.won_amount + event_sums.lost_amount) as double), 0)) as win_rate_by_value,
        (cast(event_sums.cycle_days as double) / nullif(cast(event_sums.won as double), 0))
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
            when rep_id <> 'unassigned' then
                rank() over (
                    partition by period_type, period_start,
                    case when rep_id = 'unassigned' then 1 else 0 end
                    order by net_revenue desc
                )
        end as integer
    ) as revenue_rank,
    cast(
        case
            when activities is not null and rep_id <> 'unassigned' then
                rank() over (
                    partition by period_type, period_start,
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
    'r1' as run_id

from joined
    ) as model_subq
    );
  