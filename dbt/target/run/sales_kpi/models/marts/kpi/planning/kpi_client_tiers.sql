
    
      
    

    create  table
      "warehouse"."marts"."kpi_client_tiers__dbt_tmp"
  
  (
    client_id TEXT not null,
    client_name TEXT,
    segment TEXT,
    territory_id TEXT,
    rep_id TEXT,
    revenue_12_months decimal(18,4),
    revenue_rank bigint,
    cumulative_share double,
    tier TEXT,
    visits_owed integer,
    calls_owed integer,
    visits_made integer,
    calls_made integer,
    is_cadence_kept boolean,
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."kpi_client_tiers__dbt_tmp" 
  (
    
      
      
      client_id ,
    
      
      
      client_name ,
    
      
      
      segment ,
    
      
      
      territory_id ,
    
      
      
      rep_id ,
    
      
      
      revenue_12_months ,
    
      
      
      revenue_rank ,
    
      
      
      cumulative_share ,
    
      
      
      tier ,
    
      
      
      visits_owed ,
    
      
      
      calls_owed ,
    
      
      
      visits_made ,
    
      
      
      calls_made ,
    
      
      
      is_cadence_kept ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select client_id, client_name, segment, territory_id, rep_id, revenue_12_months, revenue_rank, cumulative_share, tier, visits_owed, calls_owed, visits_made, calls_made, is_cadence_kept, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

clients as (

    select * from "warehouse"."core"."dim_clients"

),

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

purchases as (

    select * from "warehouse"."intermediate"."int_client_purchases"

),

activities as (

    select * from "warehouse"."intermediate"."int_activities"

),

recency as (

    select
        client_id,
        rep_id,
        row_number() over (
            partition by client_id order by purchased_on desc
        ) as recency

    from purchases

),

revenue as (

    select
        client_id,
        sum(net_revenue) as revenue_12_months,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    where (issued_on > cast(

    (date '2014-06-30' + cast(-12 as bigint) * interval 1 month) as date) and issued_on <= date '2014-06-30')

    group by client_id

),


logging as (

    select count(*) > 0 as has_activities from activities

),

touches as (

    select
        client_id,
        sum(case when activity_type = 'visit' then 1 else 0 end)
            as visits_made,
        sum(case when activity_type like '%call' then 1 else 0 end)
            as calls_made

    from activities

    where
        client_id is not null
        and occurred_at >= cast(

    (date '2014-06-30' + cast(-27 as bigint) * interval 1 day) as date)

    group by client_id

),

client_revenue as (

    select
        clients.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        coalesce(clients.owner_rep_id, recency.rep_id, 'unassigned') as rep_id,
        coalesce(revenue.revenue_12_months, 0) as revenue_12_months,
        greatest(coalesce(revenue.revenue_12_months, 0), 0) as counted_revenue,
        revenue.absolute_revenue,
        revenue.flagged_revenue,
        revenue.flag_mask

    from clients

    left join revenue
        on clients.client_id = revenue.client_id

    left join recency
        on
            clients.client_id = recency.client_id
            and recency.recency = 1

),

ranked as (

    select
        *,
        row_number() over (
            order by counted_revenue desc, client_id
        ) as revenue_rank,
        sum(counted_revenue) over (
            order by counted_revenue desc, client_id
            rows between unbounded preceding and current row
        ) as revenue_up_to,
        sum(counted_revenue) over () as total_revenue

    from client_revenue

),


tiered as (

    select
        *,
        (cast(revenue_up_to as double) / nullif(cast(total_revenue as double), 0)) as cumulative_share,
        case
            when counted_revenue = 0 then 'to develop'
            when
                revenue_up_to - counted_revenue
                < 0.8 * total_revenue
                then 'tier 1'
            when
                revenue_up_to - counted_revenue
                < 0.9 * total_revenue
                then 'tier 2'
            when
                revenue_up_to - counted_revenue
                < 0.95 * total_revenue
                then 'tier 3'
            else 'to develop'
        end as tier

    from ranked

),

owed as (

    select
        tiered.*,
        case tiered.tier
            when 'tier 1'
                then floor(28 / 3.5)
            when 'tier 2'
                then floor(28 / 7.0)
            when 'tier 3'
                then floor(28 / 15.0)
        end as visits_owed,
        case tiered.tier
            when 'tier 1'
                then floor(28 / 3.0)
            when 'tier 2'
                then floor(28 / 7.0)
            when 'tier 3'
                then floor(28 / 10.0)
        end as calls_owed,
        case tiered.tier
            when 'tier 1' then True
            when 'tier 2' then False
            when 'tier 3' then False
        end as needs_both,
        case
            when logging.has_activities then coalesce(touches.visits_made, 0)
        end as visits_made,
        case
            when logging.has_activities then coalesce(touches.calls_made, 0)
        end as calls_made

    from tiered

    cross join logging

    left join touches
        on tiered.client_id = touches.client_id

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    rep_id,
    cast(revenue_12_months as decimal(18, 4)) as revenue_12_months,
    cast(revenue_rank as bigint) as revenue_rank,
    cumulative_share,
    tier,
    cast(visits_owed as integer) as visits_owed,
    cast(calls_owed as integer) as calls_owed,
    cast(visits_made as integer) as visits_made,
    cast(calls_made as integer) as calls_made,
    case
        when needs_both
            then visits_made >= visits_owed and calls_made >= calls_owed
        else visits_made >= visits_owed or calls_made >= calls_owed
    end as is_cadence_kept,
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
        where input_warnings.mart = 'kpi_client_tiers'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_tiers'
    )
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
        case when visits_made is null then 'no_activities' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_tiers'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_tiers'
    )
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from owed
    ) as model_subq
    );
  