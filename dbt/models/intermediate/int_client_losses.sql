with

purchases as (

    select * from {{ ref("int_client_purchases") }}

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

    from {{ ref("int_revenue_daily") }}

    group by client_id, issued_on

)

select
    purchases.client_id,
    purchases.rep_id,
    purchases.active_from,
    purchases.purchased_on as last_purchase_on,
    purchases.lost_on,
    purchases.next_purchased_on as won_back_on,
    {{ money("coalesce(sum(daily.net_revenue), 0)") }} as revenue_before_loss,
    {{ money("coalesce(sum(daily.absolute_revenue), 0)") }}
        as absolute_revenue,
    {{ money("coalesce(sum(daily.flagged_revenue), 0)") }} as flagged_revenue,
    coalesce(bit_or(daily.flag_mask), 0) as flag_mask

from purchases

left join daily
    on
        purchases.client_id = daily.client_id
        and {{ is_in_trailing_year(
            "daily.issued_on", "purchases.purchased_on"
        ) }}

group by
    purchases.client_id,
    purchases.rep_id,
    purchases.active_from,
    purchases.purchased_on,
    purchases.lost_on,
    purchases.next_purchased_on
