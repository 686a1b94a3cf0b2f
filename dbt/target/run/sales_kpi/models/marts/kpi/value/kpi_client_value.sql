
    
      
    

    create  table
      "warehouse"."marts"."kpi_client_value__dbt_tmp"
  
  (
    client_id TEXT not null,
    client_name TEXT,
    segment TEXT,
    territory_id TEXT,
    acquisition_channel TEXT,
    rep_id TEXT,
    first_purchase_on date,
    last_purchase_on date,
    purchase_days bigint,
    is_lost boolean,
    historic_revenue decimal(18,4),
    historic_margin decimal(18,4),
    cost_known_share double,
    revenue_12_months decimal(18,4),
    margin_12_months decimal(18,4),
    segment_churn_rate double,
    expected_ltv decimal(18,4),
    reliability TEXT,
    unreliable_share double,
    reliability_reasons TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."marts"."kpi_client_value__dbt_tmp" 
  (
    
      
      
      client_id ,
    
      
      
      client_name ,
    
      
      
      segment ,
    
      
      
      territory_id ,
    
      
      
      acquisition_channel ,
    
      
      
      rep_id ,
    
      
      
      first_purchase_on ,
    
      
      
      last_purchase_on ,
    
      
      
      purchase_days ,
    
      
      
      is_lost ,
    
      
      
      historic_revenue ,
    
      
      
      historic_margin ,
    
      
      
      cost_known_share ,
    
      
      
      revenue_12_months ,
    
      
      
      margin_12_months ,
    
      
      
      segment_churn_rate ,
    
      
      
      expected_ltv ,
    
      
      
      reliability ,
    
      
      
      unreliable_share ,
    
      
      
      reliability_reasons ,
    
      
      
      run_id 
    
  )
 (
      
    select client_id, client_name, segment, territory_id, acquisition_channel, rep_id, first_purchase_on, last_purchase_on, purchase_days, is_lost, historic_revenue, historic_margin, cost_known_share, revenue_12_months, margin_12_months, segment_churn_rate, expected_ltv, reliability, unreliable_share, reliability_reasons, run_id
    from (
        with

clients as (

    select * from "warehouse"."core"."dim_clients"

),

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

client_values as (

    select * from "warehouse"."intermediate"."int_client_values"

    where period_label = 'trailing_12_months'

),

segment_churn as (

    select * from "warehouse"."intermediate"."int_segment_churn"

    where period_label = 'trailing_12_months'

),

purchases as (

    select
        client_id,
        min(purchased_on) as first_purchase_on,
        max(purchased_on) as last_purchase_on,
        count(*) as purchase_days

    from "warehouse"."intermediate"."int_client_purchases"

    group by client_id

),

history as (

    select
        client_id,
        sum(net_revenue) as historic_revenue,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(revenue_with_cost - cost) as historic_margin,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by client_id

),

joined as (

    select
        clients.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        clients.acquisition_channel,
        client_values.rep_id,
        purchases.first_purchase_on,
        purchases.last_purchase_on,
        coalesce(purchases.purchase_days, 0) as purchase_days,
        client_values.is_lost,
        coalesce(history.historic_revenue, 0) as historic_revenue,
        history.historic_margin,
        (cast(history.revenue_with_cost as double) / nullif(cast(history.historic_revenue as double), 0))
            as cost_known_share,
        coalesce(client_values.revenue_12_months, 0) as revenue_12_months,
        client_values.margin_12_months,
        segment_churn.churn_rate as segment_churn_rate,
        client_values.expected_ltv,
        coalesce(client_values.has_zero_churn, false) as has_zero_churn,
        history.absolute_revenue,
        history.flagged_revenue,
        history.flag_mask

    from clients

    left join purchases
        on clients.client_id = purchases.client_id

    left join history
        on clients.client_id = history.client_id

    left join client_values
        on clients.client_id = client_values.client_id

    left join segment_churn
        on clients.segment = segment_churn.segment

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    acquisition_channel,
    rep_id,
    first_purchase_on,
    last_purchase_on,
    cast(purchase_days as bigint) as purchase_days,
    is_lost,
    cast(historic_revenue as decimal(18, 4)) as historic_revenue,
    cast(historic_margin as decimal(18, 4)) as historic_margin,
    cost_known_share,
    cast(revenue_12_months as decimal(18, 4)) as revenue_12_months,
    cast(margin_12_months as decimal(18, 4)) as margin_12_months,
    segment_churn_rate,
    expected_ltv,
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
        where input_warnings.mart = 'kpi_client_value'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_value'
    )
            ),
            ''
        ) is not null
            or purchase_days > 0 and historic_margin is null
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
        case when has_zero_churn then 'zero_churn' end,
        case when purchase_days = 0 then 'no_purchase' end,
        case when purchase_days > 0 and historic_margin is null then 'unknown_cost' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_value'
    ),
                (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_value'
    )
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from joined
    ) as model_subq
    );
  