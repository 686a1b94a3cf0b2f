with

clients as (

    select * from "warehouse"."core"."dim_clients"

),

daily as (

    select * from "warehouse"."intermediate"."int_revenue_daily"

),

months as (

    select * from "warehouse"."intermediate"."int_months"

),

rates as (

    select * from "warehouse"."intermediate"."int_exchange_rates_monthly"

    where month_start = cast(date_trunc('month', date '2014-06-30') as date)

),

shares as (

    select * from "warehouse"."intermediate"."int_attainable_shares"

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

    where month_start = cast(date_trunc('month', date '2014-06-30') as date)

),

known_wallets as (

    select
        clients.client_id,
        clients.segment,
        cast(round(cast(clients.wallet_amount as decimal(19, 4)) * rates.exchange_rate, 4) as decimal(18, 4))
            as wallet

    from clients

    inner join rates
        on clients.wallet_currency = rates.currency

    where clients.wallet_amount is not null

),

like_clients as (

    select
        segment,
        cast(round(quantile_cont(wallet, 0.5), 4) as decimal(18, 4)) as wallet

    from known_wallets

    group by segment

    having count(wallet) >= 5

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
                1.0
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
        (cast(revenue as double) / nullif(cast(wallet as double), 0)) as our_share,
        cast(round(cast(wallet as decimal(19, 4)) * attainable_share, 4) as decimal(18, 4)) as potential

    from joined

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    fiscal_year,
    year_start,
    year_end > date '2014-06-30' as is_partial,
    cast(revenue as decimal(18, 4)) as revenue,
    cast(wallet as decimal(18, 4)) as wallet,
    is_wallet_estimated,
    our_share,
    cast(attainable_share as double) as attainable_share,
    potential,
    case
        when potential is not null
            then cast(greatest(potential - revenue, 0) as decimal(18, 4))
    end as headroom,
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
        where input_warnings.mart = 'kpi_client_potential'
    ),
                case
                    when year_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_potential'
    )
                end
            ),
            ''
        ) is not null
            or is_wallet_estimated
            or our_share > 1
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
        case when wallet is null then 'wallet_unknown' end,
        case when is_wallet_estimated then 'wallet_estimated' end,
        case when our_share > 1 then 'share_above_1' end,
        case when is_default_share then 'default_attainable_share' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_potential'
    ),
                case
                    when year_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_client_potential'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from valued