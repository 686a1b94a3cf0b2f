{# One row a client with a purchase and a day as of which its value is told. #}
with

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

),

value_dates as (

    select * from {{ ref("int_value_dates") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

segment_churn as (

    select * from {{ ref("int_segment_churn") }}

),

latest_purchases as (

    select
        value_dates.period_label,
        value_dates.period_end,
        purchases.client_id,
        purchases.rep_id,
        purchases.lost_on

    from value_dates

    inner join purchases
        on
            purchases.purchased_on <= value_dates.period_end
            and (
                purchases.next_purchased_on is null
                or purchases.next_purchased_on > value_dates.period_end
            )

),

revenue_by_date as (

    select
        value_dates.period_label,
        daily.client_id,
        sum(daily.net_revenue) as revenue_12_months,
        sum(daily.revenue_with_cost - daily.cost) as margin_12_months,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from value_dates

    inner join daily
        on {{ is_in_trailing_year(
            "daily.issued_on", "value_dates.period_end"
        ) }}

    group by value_dates.period_label, daily.client_id

),

valued as (

    select
        latest_purchases.period_label,
        latest_purchases.period_end,
        latest_purchases.client_id,
        latest_purchases.rep_id,
        clients.segment,
        segment_churn.churn_rate as segment_churn_rate,
        segment_churn.clients_lost as segment_lost,
        segment_churn.clients_at_start as segment_at_start,
        revenue_by_date.revenue_12_months,
        revenue_by_date.margin_12_months,
        revenue_by_date.absolute_revenue,
        revenue_by_date.flagged_revenue,
        revenue_by_date.flag_mask,
        coalesce(
            latest_purchases.lost_on < latest_purchases.period_end, false
        ) as is_lost

    from latest_purchases

    inner join clients
        on latest_purchases.client_id = clients.client_id

    left join segment_churn
        on
            latest_purchases.period_label = segment_churn.period_label
            and clients.segment = segment_churn.segment

    left join revenue_by_date
        on
            latest_purchases.period_label = revenue_by_date.period_label
            and latest_purchases.client_id = revenue_by_date.client_id

)

select
    period_label,
    period_end,
    client_id,
    rep_id,
    segment,
    segment_churn_rate,
    is_lost,
    {{ money("coalesce(revenue_12_months, 0)") }} as revenue_12_months,
    {{ money("margin_12_months") }} as margin_12_months,
    case
        when is_lost then {{ money("0") }}
        else {{ rounded_money(exact_quotient(
            "margin_12_months * segment_at_start", "12 * segment_lost"
        )) }}
    end as expected_ltv,
    coalesce(segment_churn_rate, 0) = 0 and not is_lost as has_zero_churn,
    {{ money("coalesce(absolute_revenue, 0)") }} as absolute_revenue,
    {{ money("coalesce(flagged_revenue, 0)") }} as flagged_revenue,
    coalesce(flag_mask, 0) as flag_mask

from valued
