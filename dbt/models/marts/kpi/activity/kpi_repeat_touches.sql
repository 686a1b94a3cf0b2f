with

touches as (

    select * from {{ ref("int_repeat_touches") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter', 'year')

),

by_client as (

    select
        month_start,
        campaign_id,
        campaign_name,
        client_id,
        count(*) as touches

    from touches

    group by month_start, campaign_id, campaign_name, client_id

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        by_client.campaign_id,
        by_client.campaign_name,
        sum(by_client.touches) as touches,
        count(distinct by_client.client_id) as clients_touched

    from by_client

    inner join period_months
        on by_client.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        by_client.campaign_id,
        by_client.campaign_name

)

select
    period_type,
    period_start,
    period_end,
    is_partial,
    campaign_id,
    campaign_name,
    cast(touches as bigint) as touches,
    cast(clients_touched as bigint) as clients_touched,
    {{ ratio("touches", "clients_touched") }} as touches_per_client,
    {{ reliability_columns(period_end="period_end") }}

from by_period
