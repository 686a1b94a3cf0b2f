with

new_clients as (

    select * from {{ ref("int_new_clients") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter', 'year')

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        count(*) as new_clients,
        sum(case when new_clients.is_judged then 1 else 0 end)
            as new_clients_judged,
        sum(
            case
                when new_clients.is_followed_up and new_clients.is_judged then 1
                else 0
            end
        ) as followed_up,
        count(new_clients.referred_by_client_id) as referrals_won,
        count(distinct new_clients.referred_by_client_id) as referring_clients

    from new_clients

    inner join period_months
        on new_clients.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial

)

select
    by_period.period_type,
    by_period.period_start,
    by_period.period_end,
    by_period.is_partial,
    cast(by_period.new_clients as bigint) as new_clients,
    cast(by_period.new_clients_judged as bigint) as new_clients_judged,
    cast(by_period.followed_up as bigint) as followed_up,
    {{ ratio("by_period.followed_up", "by_period.new_clients_judged") }}
        as followed_up_share,
    cast(by_period.referrals_won as bigint) as referrals_won,
    cast(by_period.referring_clients as bigint) as referring_clients,
    {{ ratio("by_period.referrals_won", "by_period.referring_clients") }}
        as referrals_per_client,
    {{ reliability_columns(
        period_end="by_period.period_end",
        notes=[
            {
                "when": "by_period.period_start < "
                ~ add_months("horizon.first_data_on", 12),
                "name": "first_invoice_may_predate_data",
                "is_caution": true,
            },
            {
                "when": "by_period.new_clients_judged = 0",
                "name": "no_new_client_judged",
                "is_caution": false,
            },
            {
                "when": "by_period.referring_clients = 0",
                "name": "no_referrals",
                "is_caution": false,
            },
        ],
    ) }}

from by_period

cross join horizon
