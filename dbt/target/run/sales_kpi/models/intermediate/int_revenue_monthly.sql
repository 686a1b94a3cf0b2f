
    

    create  table
      "warehouse"."intermediate"."int_revenue_monthly__dbt_tmp"
  
    
    as (
      with

revenue_lines as (

    select * from "warehouse"."core"."fct_revenue_lines"

)

select
    month_start,
    client_id,
    rep_id,
    product_id,
    product_id is not null and quantity is not null as has_quantity,
    cast(sum(quantity) as decimal(18, 4)) as quantity,
    cast(sum(net_revenue) as decimal(18, 4)) as net_revenue,
    cast(sum(revenue_at_prior_year_rate) as decimal(18, 4))
        as revenue_at_prior_year_rate,
    cast(sum(abs(net_revenue)) as decimal(18, 4)) as absolute_revenue,
    cast(sum(case when flag_mask <> 0 then abs(net_revenue) end) as decimal(18, 4))
        as flagged_revenue,
    bit_or(flag_mask) as flag_mask

from revenue_lines

group by
    month_start,
    client_id,
    rep_id,
    product_id,
    product_id is not null and quantity is not null
    );
    
  