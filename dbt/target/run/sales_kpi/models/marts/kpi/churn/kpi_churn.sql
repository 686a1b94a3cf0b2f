
    
      
    

    create  table
      "warehouse"."marts"."kpi_churn__dbt_tmp"
  
  (
    month_start date not null,
    cut TEXT not null,
    cut_id TEXT not null,
    cut_name TEXT,
    is_partial boolean,
    clients_at_start bigint,
    clients_joined bigint,
    clients_lost bigint,
    clients_won_back bigint,
    logo_churn_rate double,
    lost_revenue decimal(18,4),
    trailing_revenue decimal(18,4),
    revenue_churn_rate double,
    churn_alert boolean,
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."kpi_churn__dbt_tmp" 
  (
    
      
      
      month_start ,
    
      
      
      cut ,
    
      
      
      cut_id ,
    
      
      
      cut_name ,
    
      
      
      is_partial ,
    
      
      
      clients_at_start ,
    
      
      
      clients_joined ,
    
      
      
      clients_lost ,
    
      
      
      clients_won_back ,
    
      
      
      logo_churn_rate ,
    
      
      
      lost_revenue ,
    
      
      
      trailing_revenue ,
    
      
      
      revenue_churn_rate ,
    
      
      
      churn_alert ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select month_start, cut, cut_id, cut_name, is_partial, clients_at_start, clients_joined, clients_lost, clients_won_back, logo_churn_rate, lost_revenue, trailing_revenue, revenue_churn_rate, churn_alert, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

purchases as (

    select
        *,
        coalesce(
            cast(date_trunc('month', spell_lost_on) as date)
            = cast(date_trunc('month', purchased_on) as date),
            false
        ) as is_lost_at_once

    from "warehouse"."intermediate"."int_client_purchases"

),

losses as (

    select * from "warehouse"."intermediate"."int_client_losses"

),

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

clients as (

    select * from "warehouse"."core"."dim_clients"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

),

months as (

    select months.*

    from "warehouse"."intermediate"."int_months" as months

    cross join "warehouse"."intermediate"."int_data_horizon" as horizon

    where months.month_start >= horizon.first_data_month

),


arrivals as (

    select
        cast(date_trunc('month', purchased_on) as date) as month_start,
        client_id,
        rep_id,
        1 as change,
        cast(is_first and not is_lost_at_once as integer) as joined,
        0 as lost,
        cast(
            is_win_back
            and won_back_after < cast(date_trunc('month', purchased_on) as date)
            and not is_lost_at_once as integer
        ) as won_back,
        cast(0 as decimal(18, 4)) as lost_revenue,
        cast(0 as decimal(18, 4)) as trailing_revenue,
        cast(0 as decimal(18, 4)) as absolute_revenue,
        cast(0 as decimal(18, 4)) as flagged_revenue,
        0 as flag_mask

    from purchases

),

departures as (

    select
        cast(date_trunc('month', coalesce(lost_on, next_purchased_on)) as date)
            as month_start,
        client_id,
        rep_id,
        -1 as change,
        0 as joined,
        0 as lost,
        0 as won_back,
        cast(0 as decimal(18, 4)) as lost_revenue,
        cast(0 as decimal(18, 4)) as trailing_revenue,
        cast(0 as decimal(18, 4)) as absolute_revenue,
        cast(0 as decimal(18, 4)) as flagged_revenue,
        0 as flag_mask

    from purchases

    where coalesce(lost_on, next_purchased_on) is not null

),


lost_clients as (

    select
        cast(date_trunc('month', lost_on) as date) as month_start,
        client_id,
        rep_id,
        0 as change,
        0 as joined,
        1 as lost,
        0 as won_back,
        revenue_before_loss as lost_revenue,
        cast(0 as decimal(18, 4)) as trailing_revenue,
        cast(0 as decimal(18, 4)) as absolute_revenue,
        cast(0 as decimal(18, 4)) as flagged_revenue,
        0 as flag_mask

    from losses

    where
        active_from < cast(date_trunc('month', lost_on) as date)
        and (
            won_back_on is null
            or cast(date_trunc('month', won_back_on) as date) > cast(date_trunc('month', lost_on) as date)
        )

),

revenue as (

    select
        month_start,
        client_id,
        rep_id,
        0 as change,
        0 as joined,
        0 as lost,
        0 as won_back,
        cast(0 as decimal(18, 4)) as lost_revenue,
        sum(net_revenue) as trailing_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by month_start, client_id, rep_id

),

events as (

    select * from arrivals
    union all
    select * from departures
    union all
    select * from lost_clients
    union all
    select * from revenue

),

described as (

    select
        events.*,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        reps.rep_name

    from events

    inner join clients
        on events.client_id = clients.client_id

    inner join reps
        on events.rep_id = reps.rep_id

),

by_cut as (

    
    select
        'company' as cut,
        'all' as cut_id,
        'Company' as cut_name,
        month_start,
        sum(change) as change,
        sum(joined) as clients_joined,
        sum(lost) as clients_lost,
        sum(won_back) as clients_won_back,
        sum(lost_revenue) as lost_revenue,
        sum(trailing_revenue) as revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from described

    group by
        
        month_start
    union all
    
    select
        'segment' as cut,
        segment as cut_id,
        segment as cut_name,
        month_start,
        sum(change) as change,
        sum(joined) as clients_joined,
        sum(lost) as clients_lost,
        sum(won_back) as clients_won_back,
        sum(lost_revenue) as lost_revenue,
        sum(trailing_revenue) as revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from described

    group by
        
        segment,
        
        
        month_start
    union all
    
    select
        'territory' as cut,
        territory_id as cut_id,
        territory_name as cut_name,
        month_start,
        sum(change) as change,
        sum(joined) as clients_joined,
        sum(lost) as clients_lost,
        sum(won_back) as clients_won_back,
        sum(lost_revenue) as lost_revenue,
        sum(trailing_revenue) as revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from described

    group by
        
        territory_id,
        territory_name,
        
        month_start
    union all
    
    select
        'rep' as cut,
        rep_id as cut_id,
        rep_name as cut_name,
        month_start,
        sum(change) as change,
        sum(joined) as clients_joined,
        sum(lost) as clients_lost,
        sum(won_back) as clients_won_back,
        sum(lost_revenue) as lost_revenue,
        sum(trailing_revenue) as revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from described

    group by
        
        rep_id,
        rep_name,
        
        month_start
    
    

),

cut_ids as (

    select distinct
        cut,
        cut_id,
        cut_name

    from by_cut

),

filled as (

    select
        cut_ids.cut,
        cut_ids.cut_id,
        cut_ids.cut_name,
        months.month_start,
        months.month_end,
        coalesce(by_cut.change, 0) as change,
        coalesce(by_cut.clients_joined, 0) as clients_joined,
        coalesce(by_cut.clients_lost, 0) as clients_lost,
        coalesce(by_cut.clients_won_back, 0) as clients_won_back,
        coalesce(by_cut.lost_revenue, 0) as lost_revenue,
        coalesce(by_cut.revenue, 0) as revenue,
        coalesce(by_cut.absolute_revenue, 0) as absolute_revenue,
        coalesce(by_cut.flagged_revenue, 0) as flagged_revenue,
        coalesce(by_cut.flag_mask, 0) as flag_mask

    from cut_ids

    cross join months

    left join by_cut
        on
            cut_ids.cut = by_cut.cut
            and cut_ids.cut_id = by_cut.cut_id
            and months.month_start = by_cut.month_start

),

accumulated as (

    select
        *,
        coalesce(
            sum(change) over (
                partition by cut, cut_id order by month_start
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as clients_at_start,
        
        coalesce(
            sum(revenue) over (
                partition by cut, cut_id order by month_start
                rows between 12 preceding and 1 preceding
            ),
            0
        ) as trailing_revenue,
        
        coalesce(
            sum(absolute_revenue) over (
                partition by cut, cut_id order by month_start
                rows between 12 preceding and 1 preceding
            ),
            0
        ) as trailing_absolute_revenue,
        
        coalesce(
            sum(flagged_revenue) over (
                partition by cut, cut_id order by month_start
                rows between 12 preceding and 1 preceding
            ),
            0
        ) as trailing_flagged_revenue,
        
        coalesce(
            bit_or(flag_mask) over (
                partition by cut, cut_id order by month_start
                rows between 12 preceding and 1 preceding
            ),
            0
        ) as trailing_flag_mask

    from filled

),

rated as (

    select
        *,
        (cast(clients_lost as double) / nullif(cast(clients_at_start as double), 0)) as logo_churn_rate,
        (cast(lost_revenue as double) / nullif(cast(trailing_revenue as double), 0)) as revenue_churn_rate,
        sum(clients_lost) over (
            partition by cut, cut_id order by month_start
            rows between 6 preceding and 1 preceding
        ) as usual_lost,
        sum(clients_at_start) over (
            partition by cut, cut_id order by month_start
            rows between 6 preceding and 1 preceding
        ) as usual_at_start

    from accumulated

)

select
    month_start,
    cut,
    cut_id,
    cut_name,
    month_end > date '2014-06-30' as is_partial,
    cast(clients_at_start as bigint) as clients_at_start,
    cast(clients_joined as bigint) as clients_joined,
    cast(clients_lost as bigint) as clients_lost,
    cast(clients_won_back as bigint) as clients_won_back,
    logo_churn_rate,
    cast(lost_revenue as decimal(18, 4)) as lost_revenue,
    cast(trailing_revenue as decimal(18, 4)) as trailing_revenue,
    revenue_churn_rate,
    logo_churn_rate > 1.5
    * (cast(usual_lost as double) / nullif(cast(usual_at_start as double), 0)) as churn_alert,
    case
        when coalesce((cast(trailing_flagged_revenue as double) / nullif(cast(trailing_absolute_revenue as double), 0)), 0) > 0.1
            then 'unreliable'
        when
            coalesce((cast(trailing_flagged_revenue as double) / nullif(cast(trailing_absolute_revenue as double), 0)), 0) > 0
            or coalesce(trailing_flag_mask, 0) <> 0
            or nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_churn'
    ),
                case
                    when month_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_churn'
    )
                end
            ),
            ''
        ) is not null
            then 'caution'
        else 'reliable'
    end as reliability,
    coalesce((cast(trailing_flagged_revenue as double) / nullif(cast(trailing_absolute_revenue as double), 0)), 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(concat_ws(
        ', ',
        case when (coalesce(trailing_flag_mask, 0) & 1) <> 0 then 'invoice_without_lines' end,
        case when (coalesce(trailing_flag_mask, 0) & 2) <> 0 then 'lines_do_not_tie' end,
        case when (coalesce(trailing_flag_mask, 0) & 4) <> 0 then 'unmatched_client' end,
        case when (coalesce(trailing_flag_mask, 0) & 8) <> 0 then 'missing_exchange_rate' end,
        case when (coalesce(trailing_flag_mask, 0) & 16) <> 0 then 'unknown_rep' end,
        case when (coalesce(trailing_flag_mask, 0) & 32) <> 0 then 'unknown_product' end
    ), ''),
        case when clients_at_start = 0 then 'no_clients_at_start' end,
        case when trailing_revenue = 0 then 'no_trailing_revenue' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_churn'
    ),
                case
                    when month_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_churn'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from rated

where
    clients_at_start <> 0
    or clients_joined <> 0
    or clients_lost <> 0
    or clients_won_back <> 0
    or trailing_revenue <> 0
    ) as model_subq
    );
  