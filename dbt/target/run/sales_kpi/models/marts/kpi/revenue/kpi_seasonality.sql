
    
      
    

    create  table
      "warehouse"."marts"."kpi_seasonality__dbt_tmp"
  
  (
    segment TEXT not null,
    month_of_year integer not null,
    fiscal_years integer,
    net_revenue decimal(18,4),
    years_revenue decimal(18,4),
    seasonal_weight double,
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."kpi_seasonality__dbt_tmp" 
  (
    
      
      
      segment ,
    
      
      
      month_of_year ,
    
      
      
      fiscal_years ,
    
      
      
      net_revenue ,
    
      
      
      years_revenue ,
    
      
      
      seasonal_weight ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select segment, month_of_year, fiscal_years, net_revenue, years_revenue, seasonal_weight, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

clients as (

    select * from "warehouse"."core"."dim_clients"

),

months as (

    select * from "warehouse"."intermediate"."int_months"

),

horizon as (

    select * from "warehouse"."intermediate"."int_data_horizon"

),


whole_year_months as (

    select
        months.month_start,
        months.fiscal_year

    from months

    cross join horizon

    where
        months.year_start >= horizon.first_data_on
        and months.year_end <= date '2014-06-30'

),

by_segment as (

    select
        clients.segment,
        whole_year_months.fiscal_year,
        whole_year_months.month_start,
        sum(daily.net_revenue) as net_revenue,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from daily

    inner join whole_year_months
        on daily.month_start = whole_year_months.month_start

    inner join clients
        on daily.client_id = clients.client_id

    group by
        clients.segment,
        whole_year_months.fiscal_year,
        whole_year_months.month_start

),

with_all as (

    select * from by_segment

    union all

    select
        'all' as segment,
        fiscal_year,
        month_start,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_segment

    group by fiscal_year, month_start

),

segments as (

    select
        segment,
        sum(net_revenue) as years_revenue,
        count(distinct fiscal_year) as fiscal_years

    from with_all

    group by segment

),

calendar_months as (

    select distinct extract(month from month_start) as month_of_year

    from months

),

by_month as (

    select
        segment,
        cast(extract(month from month_start) as integer) as month_of_year,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from with_all

    group by segment, cast(extract(month from month_start) as integer)

),

joined as (

    select
        segments.segment,
        cast(calendar_months.month_of_year as integer) as month_of_year,
        segments.fiscal_years,
        segments.years_revenue,
        coalesce(by_month.net_revenue, 0) as net_revenue,
        by_month.absolute_revenue,
        by_month.flagged_revenue,
        by_month.flag_mask

    from segments

    cross join calendar_months

    left join by_month
        on
            segments.segment = by_month.segment
            and calendar_months.month_of_year = by_month.month_of_year

)

select
    segment,
    month_of_year,
    cast(fiscal_years as integer) as fiscal_years,
    cast(net_revenue as decimal(18, 4)) as net_revenue,
    cast(years_revenue as decimal(18, 4)) as years_revenue,
    (cast(net_revenue as double) / nullif(cast(years_revenue as double), 0)) as seasonal_weight,
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
        where input_warnings.mart = 'kpi_seasonality'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_seasonality'
    )
            ),
            ''
        ) is not null
            or fiscal_years < 2
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
        case when fiscal_years < 2 then 'one_year_only' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_seasonality'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_seasonality'
    )
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from joined
    ) as model_subq
    );
  