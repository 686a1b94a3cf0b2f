with

clients as (

    select * from {{ ref("dim_clients") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

months as (

    select * from {{ ref("int_months") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

    where month_start = {{ month_start(as_of_date()) }}

),

shares as (

    select * from {{ ref("int_attainable_shares") }}

),

segment_shares as (

    select * from shares

    where scope = 'segment'

),

company_share as (

    select max(attainable_share) as attainable_share from shares

    where scope = 'company'

),

running_year as (

    select
        year_start,
        year_end,
        fiscal_year

    from months

    where month_start = {{ month_start(as_of_date()) }}

),

known_wallets as (

    select
        clients.client_id,
        clients.segment,
        {{ money_times("clients.wallet_amount", "rates.exchange_rate") }}
            as wallet

    from clients

    inner join rates
        on clients.wallet_currency = rates.currency

    where clients.wallet_amount is not null

),

like_clients as (

    select
        segment,
        {{ median_money("wallet") }} as wallet

    from known_wallets

    group by segment

    having count(wallet) >= {{ var("potential").minimum_like_clients }}

),

revenue as (

    select
        daily.client_id,
        months.year_start,
        sum(daily.net_revenue) as revenue,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from daily

    inner join months
        on daily.month_start = months.month_start

    group by daily.client_id, months.year_start

),

client_years as (

    select
        client_id,
        year_start

    from revenue

    union

    select
        clients.client_id,
        running_year.year_start

    from clients

    cross join running_year

),

fiscal_years as (

    select distinct
        year_start,
        year_end,
        fiscal_year

    from months

),

joined as (

    select
        client_years.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        fiscal_years.fiscal_year,
        fiscal_years.year_start,
        fiscal_years.year_end,
        coalesce(known_wallets.wallet, like_clients.wallet) as wallet,
        known_wallets.wallet is null and like_clients.wallet is not null
            as is_wallet_estimated,
        coalesce(revenue.revenue, 0) as revenue,
        cast(
            coalesce(
                segment_shares.attainable_share,
                company_share.attainable_share,
                {{ var("potential").default_attainable_share }}
            ) as decimal(9, 8)
        ) as attainable_share,
        coalesce(
            segment_shares.attainable_share,
            company_share.attainable_share
        ) is null as is_default_share,
        revenue.absolute_revenue,
        revenue.flagged_revenue,
        revenue.flag_mask

    from client_years

    inner join clients
        on client_years.client_id = clients.client_id

    inner join fiscal_years
        on client_years.year_start = fiscal_years.year_start

    left join known_wallets
        on client_years.client_id = known_wallets.client_id

    left join like_clients
        on clients.segment = like_clients.segment

    left join segment_shares
        on clients.segment = segment_shares.scope_id

    cross join company_share

    left join revenue
        on
            client_years.client_id = revenue.client_id
            and client_years.year_start = revenue.year_start

),

valued as (

    select
        *,
        {{ ratio("revenue", "wallet") }} as our_share,
        {{ money_times("wallet", "attainable_share") }} as potential

    from joined

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    fiscal_year,
    year_start,
    year_end > {{ as_of_date() }} as is_partial,
    {{ money("revenue") }} as revenue,
    {{ money("wallet") }} as wallet,
    is_wallet_estimated,
    our_share,
    cast(attainable_share as double) as attainable_share,
    potential,
    case
        when potential is not null
            then {{ money("greatest(potential - revenue, 0)") }}
    end as headroom,
    {{ reliability_columns(
        period_end="year_end",
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {"when": "wallet is null", "name": "wallet_unknown"},
            {
                "when": "is_wallet_estimated",
                "name": "wallet_estimated",
                "is_caution": true,
            },
            {
                "when": "our_share > 1",
                "name": "share_above_1",
                "is_caution": true,
            },
            {"when": "is_default_share", "name": "default_attainable_share"},
        ],
    ) }}

from valued
