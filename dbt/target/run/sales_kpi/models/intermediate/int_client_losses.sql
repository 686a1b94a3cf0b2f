
    

    create  table
      "warehouse"."intermediate"."int_client_losses__dbt_tmp"
  
    
    as (
      with

purchases as (

    select * from "warehouse"."intermediate"."int_client_purchases"

    where is_lost

),

daily as (

    select
        client_id,
        issued_on,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from "warehouse"."intermediate"."int_revenue_daily"

    group by client_id, issued_on

)

select
    purchases.client_id,
    purchases.rep_id,
    purchases.active_from,
    purchases.purchased_on as last_purchase_on,
    purchases.lost_on,
    purchases.next_purchased_on as won_back_on,
    cast(coalesce(sum(daily.net_revenue), 0) as decimal(18, 4)) as revenue_before_loss,
    cast(coalesce(sum(daily.absolute_revenue), 0) as decimal(18, 4))
        as absolute_revenue,
    cast(coalesce(sum(daily.flagged_revenue), 0) as decimal(18, 4)) as flagged_revenue,
    coalesce(bit_or(daily.flag_mask), 0) as flag_mask

from purchases

left join daily
    on
        purchases.client_id = daily.client_id
        and (daily.issued_on > cast(

    (purchases.purchased_on + cast(-12 as bigint) * interval 1 month) as date) and daily.issued_on <= purchases.purchased_on)

group by
    purchases.client_id,
    purchases.rep_id,
    purchases.active_from,
    purchases.purchased_on,
    purchases.lost_on,
    purchases.next_purchased_on
    );
    
  