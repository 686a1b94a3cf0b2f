-- One client in three has contracts: one a year and a half, with a larger or smaller
-- amount; after one in six the client is away for a while, and the last may be
-- cancelled.
select
    'K' || lpad(cast(number as varchar), 8, '0') as contract_id,
    account_id(number // 8) as account_id,
    product_id(7 + 20 * draw(number // 8, 'contract product', product_count() // 20)) as product_id,
    starts_on,
    cast(starts_on + to_months(months) - to_days(1) as date) as ends_on,
    case
        when draw(number, 'cancelled', 6) = 0 then cast(starts_on + to_months(months // 2) as date)
    end as cancelled_on,
    money(
        (5000 + 100 * draw(number // 8, 'contract amount', 900))
        * (70 + draw(number, 'contract growth', 90)) // 100
    ) as amount,
    currency_of(country_of(number // 8)) as currency,
    ['week', 'month', 'month', 'quarter', 'year'][draw(number // 8, 'interval', 5) + 1]
        as billing_interval,
    cast(1 as integer) as interval_count,
    cast(1 + draw(number, 'contract quantity', 20) as decimal(9, 0)) as quantity
from (
    select
        client * 8 + nth as number,
        cast(
            date '2021-01-01' + to_months(cast(draw(client, 'first contract', 24) + 14 * nth as integer))
            as date
        ) as starts_on,
        case when draw(client * 8 + nth, 'away', 6) = 0 then 10 else 14 end as months
    from (
        select client, unnest(range(4)) as nth
        from clients
        where joined_on = 0 and draw(client, 'has contracts', 3) = 0
    )
)
where starts_on <= as_of_date()
order by number
