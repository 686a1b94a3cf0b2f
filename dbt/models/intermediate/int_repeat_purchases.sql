{#-
    What purchases are foretold from: how often each client came back, and what it
    brought then. A client under contract buys by the contract, not by its own rhythm.
-#}
with

purchases as (

    select * from {{ ref("int_client_purchases") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

contracts as (

    select distinct client_id

    from {{ ref("int_contract_spans") }}

),

days as (

    select
        client_id,
        issued_on,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by client_id, issued_on

),

clients as (

    select
        purchases.client_id,
        min(purchases.purchased_on) as first_purchase_on,
        max(purchases.purchased_on) as last_purchase_on,
        count(*) - 1 as repeat_purchases,
        sum(
            case when purchases.purchase_number > 1 then days.net_revenue end
        ) as repeat_revenue,
        sum(days.absolute_revenue) as absolute_revenue,
        sum(days.flagged_revenue) as flagged_revenue,
        bit_or(days.flag_mask) as flag_mask

    from purchases

    left join days
        on
            purchases.client_id = days.client_id
            and purchases.purchased_on = days.issued_on

    group by purchases.client_id

)

select
    clients.client_id,
    clients.first_purchase_on,
    clients.last_purchase_on,
    clients.repeat_purchases,
    clients.absolute_revenue,
    clients.flagged_revenue,
    clients.flag_mask,
    contracts.client_id is not null as has_contract,
    case
        when clients.repeat_purchases > 0
            then {{ rounded_money(exact_quotient(
                "clients.repeat_revenue", "clients.repeat_purchases"
            )) }}
    end as mean_repeat_purchase

from clients

left join contracts
    on clients.client_id = contracts.client_id
