
    
      
    

    create  table
      "warehouse"."marts"."kpi_plan_fact__dbt_tmp"
  
  (
    level TEXT not null,
    entity_id TEXT not null,
    entity_name TEXT,
    period_type TEXT not null,
    period_start date not null,
    period_end date,
    middle_on date,
    fiscal_quarter_start date,
    fiscal_year_start date,
    fiscal_year integer,
    is_partial boolean,
    is_derived boolean,
    plan_low decimal(18,4),
    plan_high decimal(18,4),
    fact decimal(18,4),
    attainment double,
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."kpi_plan_fact__dbt_tmp" 
  (
    
      
      
      level ,
    
      
      
      entity_id ,
    
      
      
      entity_name ,
    
      
      
      period_type ,
    
      
      
      period_start ,
    
      
      
      period_end ,
    
      
      
      middle_on ,
    
      
      
      fiscal_quarter_start ,
    
      
      
      fiscal_year_start ,
    
      
      
      fiscal_year ,
    
      
      
      is_partial ,
    
      
      
      is_derived ,
    
      
      
      plan_low ,
    
      
      
      plan_high ,
    
      
      
      fact ,
    
      
      
      attainment ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select level, entity_id, entity_name, period_type, period_start, period_end, middle_on, fiscal_quarter_start, fiscal_year_start, fiscal_year, is_partial, is_derived, plan_low, plan_high, fact, attainment, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

plans as (

    select
        *,
        case
            when level = 'company' and is_derived then 'all reps'
            else level
        end as fact_level,
        ((extract(month from middle_on) - 6 + 12) % 12)
            as months_into_year

    from "warehouse"."intermediate"."int_plans_by_level"

),

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

chain as (

    select * from "warehouse"."intermediate"."int_rep_chain"

),

clients as (

    select * from "warehouse"."core"."dim_clients"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

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



entity_days as (

    select
        'rep' as level,
        rep_id as entity_id,
        issued_on,
        net_revenue,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from rep_days

    union all

    
    select
        'manager' as level,
        chain.above_rep_id as entity_id,
        rep_days.issued_on,
        rep_days.net_revenue,
        rep_days.absolute_revenue,
        rep_days.flagged_revenue,
        rep_days.flag_mask

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
        net_revenue,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from rep_days

    union all

    
    select
        'all reps' as level,
        'all' as entity_id,
        issued_on,
        net_revenue,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from rep_days

    where rep_id <> 'unassigned'

    union all

    select
        'client' as level,
        client_id as entity_id,
        issued_on,
        net_revenue,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from client_days

    union all

    select
        'territory' as level,
        territory_id as entity_id,
        issued_on,
        net_revenue,
        absolute_revenue,
        flagged_revenue,
        flag_mask

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
        cast(

    (cast(date_trunc('month', plans.middle_on) as date) + cast(-cast(plans.months_into_year % 3 as integer) as bigint) * interval 1 month) as date) as fiscal_quarter_start,
        cast(

    (cast(date_trunc('month', plans.middle_on) as date) + cast(-cast(plans.months_into_year as integer) as bigint) * interval 1 month) as date) as fiscal_year_start,
        cast(
            extract(year from cast(

    (cast(date_trunc('month', plans.middle_on) as date) + cast(11 - cast(plans.months_into_year as integer) as bigint) * interval 1 month) as date)) as integer
        ) as fiscal_year,
        cast(coalesce(facts.fact, 0) as decimal(18, 4)) as fact,
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
    period_end > date '2014-06-30' as is_partial,
    is_derived,
    cast(plan_low as decimal(18, 4)) as plan_low,
    cast(plan_high as decimal(18, 4)) as plan_high,
    fact,
    case
        when fact < plan_low then (cast(fact as double) / nullif(cast(plan_low as double), 0))
        when fact > plan_high then (cast(fact as double) / nullif(cast(plan_high as double), 0))
        when plan_low <> 0 then cast(1 as double)
    end as attainment,
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
        where input_warnings.mart = 'kpi_plan_fact'
    ),
                case
                    when period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_plan_fact'
    )
                end
            ),
            ''
        ) is not null
            or plan_low is null
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
        case when plan_low is null then 'missing_exchange_rate' end,
        case when plan_low = 0 then 'no_plan' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_plan_fact'
    ),
                case
                    when period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_plan_fact'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from joined
    ) as model_subq
    );
  