
    
      
    

    create  table
      "warehouse"."marts"."kpi_new_business__dbt_tmp"
  
  (
    period_type TEXT not null,
    period_start date not null,
    period_end date,
    cut TEXT not null,
    cut_id TEXT not null,
    cut_name TEXT,
    is_partial boolean,
    new_revenue decimal(18,4),
    standing_revenue decimal(18,4),
    new_revenue_share double,
    new_clients bigint,
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."kpi_new_business__dbt_tmp" 
  (
    
      
      
      period_type ,
    
      
      
      period_start ,
    
      
      
      period_end ,
    
      
      
      cut ,
    
      
      
      cut_id ,
    
      
      
      cut_name ,
    
      
      
      is_partial ,
    
      
      
      new_revenue ,
    
      
      
      standing_revenue ,
    
      
      
      new_revenue_share ,
    
      
      
      new_clients ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select period_type, period_start, period_end, cut, cut_id, cut_name, is_partial, new_revenue, standing_revenue, new_revenue_share, new_clients, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

purchases as (

    select * from "warehouse"."intermediate"."int_client_purchases"

    where is_first

),

clients as (

    select * from "warehouse"."core"."dim_clients"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

),

period_months as (

    select * from "warehouse"."intermediate"."int_period_months"

    where period_type in ('month', 'quarter')

),

horizon as (

    select * from "warehouse"."intermediate"."int_data_horizon"

),

revenue as (

    select
        daily.month_start,
        daily.client_id,
        daily.rep_id,
        coalesce(
            daily.issued_on
            < cast(

    (purchases.purchased_on + cast(12 as bigint) * interval 1 month) as date),
            false
        ) as is_new,
        daily.net_revenue,
        daily.absolute_revenue,
        daily.flagged_revenue,
        daily.flag_mask

    from daily

    left join purchases
        on daily.client_id = purchases.client_id

),

revenue_and_clients as (

    select
        month_start,
        client_id,
        rep_id,
        case when is_new then net_revenue else 0 end as new_revenue,
        case when is_new then 0 else net_revenue end as standing_revenue,
        0 as new_clients,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from revenue

    union all

    select
        cast(date_trunc('month', purchased_on) as date) as month_start,
        client_id,
        rep_id,
        0 as new_revenue,
        0 as standing_revenue,
        1 as new_clients,
        0 as absolute_revenue,
        0 as flagged_revenue,
        0 as flag_mask

    from purchases

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_id,
        reps.rep_name,
        sum(revenue_and_clients.new_revenue) as new_revenue,
        sum(revenue_and_clients.standing_revenue) as standing_revenue,
        sum(revenue_and_clients.new_clients) as new_clients,
        sum(revenue_and_clients.absolute_revenue) as absolute_revenue,
        sum(revenue_and_clients.flagged_revenue) as flagged_revenue,
        bit_or(revenue_and_clients.flag_mask) as flag_mask

    from revenue_and_clients

    inner join period_months
        on revenue_and_clients.month_start = period_months.month_start

    inner join clients
        on revenue_and_clients.client_id = clients.client_id

    inner join reps
        on revenue_and_clients.rep_id = reps.rep_id

    group by
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_id,
        reps.rep_name

),

by_cut as (

    
    select
        period_type,
        period_start,
        period_end,
        is_partial,
        'company' as cut,
        'all' as cut_id,
        'Company' as cut_name,
        sum(new_revenue) as new_revenue,
        sum(standing_revenue) as standing_revenue,
        sum(new_clients) as new_clients,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_period

    group by
        period_type,
        period_start,
        period_end,
        
        is_partial
    union all
    
    select
        period_type,
        period_start,
        period_end,
        is_partial,
        'segment' as cut,
        segment as cut_id,
        segment as cut_name,
        sum(new_revenue) as new_revenue,
        sum(standing_revenue) as standing_revenue,
        sum(new_clients) as new_clients,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_period

    group by
        period_type,
        period_start,
        period_end,
        
        segment,
        
        
        is_partial
    union all
    
    select
        period_type,
        period_start,
        period_end,
        is_partial,
        'territory' as cut,
        territory_id as cut_id,
        territory_name as cut_name,
        sum(new_revenue) as new_revenue,
        sum(standing_revenue) as standing_revenue,
        sum(new_clients) as new_clients,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_period

    group by
        period_type,
        period_start,
        period_end,
        
        territory_id,
        territory_name,
        
        is_partial
    union all
    
    select
        period_type,
        period_start,
        period_end,
        is_partial,
        'rep' as cut,
        rep_id as cut_id,
        rep_name as cut_name,
        sum(new_revenue) as new_revenue,
        sum(standing_revenue) as standing_revenue,
        sum(new_clients) as new_clients,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_period

    group by
        period_type,
        period_start,
        period_end,
        
        rep_id,
        rep_name,
        
        is_partial
    
    

)

select
    by_cut.period_type,
    by_cut.period_start,
    by_cut.period_end,
    by_cut.cut,
    by_cut.cut_id,
    by_cut.cut_name,
    by_cut.is_partial,
    cast(by_cut.new_revenue as decimal(18, 4)) as new_revenue,
    cast(by_cut.standing_revenue as decimal(18, 4)) as standing_revenue,
    (cast(by_cut.new_revenue as double) / nullif(cast((by_cut.new_revenue + by_cut.standing_revenue) as double), 0)) as new_revenue_share,
    cast(by_cut.new_clients as bigint) as new_clients,
    case
        when coalesce((cast(by_cut.flagged_revenue as double) / nullif(cast(by_cut.absolute_revenue as double), 0)), 0) > 0.1
            then 'unreliable'
        when
            coalesce((cast(by_cut.flagged_revenue as double) / nullif(cast(by_cut.absolute_revenue as double), 0)), 0) > 0
            or coalesce(by_cut.flag_mask, 0) <> 0
            or nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_new_business'
    ),
                case
                    when by_cut.period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_new_business'
    )
                end
            ),
            ''
        ) is not null
            or by_cut.period_start < cast(

    (horizon.first_data_on + cast(12 as bigint) * interval 1 month) as date)
            then 'caution'
        else 'reliable'
    end as reliability,
    coalesce((cast(by_cut.flagged_revenue as double) / nullif(cast(by_cut.absolute_revenue as double), 0)), 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(concat_ws(
        ', ',
        case when (coalesce(by_cut.flag_mask, 0) & 1) <> 0 then 'invoice_without_lines' end,
        case when (coalesce(by_cut.flag_mask, 0) & 2) <> 0 then 'lines_do_not_tie' end,
        case when (coalesce(by_cut.flag_mask, 0) & 4) <> 0 then 'unmatched_client' end,
        case when (coalesce(by_cut.flag_mask, 0) & 8) <> 0 then 'missing_exchange_rate' end,
        case when (coalesce(by_cut.flag_mask, 0) & 16) <> 0 then 'unknown_rep' end,
        case when (coalesce(by_cut.flag_mask, 0) & 32) <> 0 then 'unknown_product' end
    ), ''),
        case when by_cut.period_start < cast(

    (horizon.first_data_on + cast(12 as bigint) * interval 1 month) as date) then 'first_invoice_may_predate_data' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_new_business'
    ),
                case
                    when by_cut.period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_new_business'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from by_cut

cross join horizon
    ) as model_subq
    );
  