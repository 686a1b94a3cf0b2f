select
    account_id(client) as account_id,
    account_name(client) as account_name,
    case
        when draw(client, 'parent', 100) < 8 and client > 20
            then account_id(draw(client, 'which parent', 20))
    end as parent_account_id,
    case when draw(client, 'tax id', 100) < 95 then tax_id(client) end as tax_id,
    case
        when link_of(client) <> 'domain' and draw(client, 'mail too', 50) = 0 then 'gmail.com'
        else domain(client)
    end as domain,
    segment_of(client) as segment,
    territory_id(
        team_at(slot, workday_count() - 1), slot % 4
    ) as territory_id,
    country_code(country_of(client)) as country,
    ['web', 'referral', 'fair', 'campaign', 'cold call'][draw(client, 'channel', 5) + 1]
        as acquisition_channel,
    rep_id_at(slot, workday_count() - 1) as owner_rep_id,
    case
        when known_on = 0
            then date '2021-01-01' - cast(1 + draw(client, 'since', 3000) as integer)
        else day_of(known_on)
    end as customer_since,
    ['small', 'medium', 'large'][draw(client, 'band', 3) + 1] as size_band,
    case
        when draw(client, 'channel', 5) = 1 and client > 0
            then account_id(account_known_on(client, 0))
    end as referred_by_account_id,
    case
        when draw(client, 'wallet', 100) < 60
            then money(
                size_of(client) * (200 + draw(client, 'wallet too', 400)) * 10000
                * price_in_currency(country_of(client)) // 1000
            )
    end as wallet_amount,
    case when draw(client, 'wallet', 100) < 60 then currency_of(country_of(client)) end
        as wallet_currency,
    cast(terms_of(client) as integer) as payment_terms_days,
    cast(day_of(known_on) as timestamp) as updated_at,
    false as is_deleted
from known_clients
