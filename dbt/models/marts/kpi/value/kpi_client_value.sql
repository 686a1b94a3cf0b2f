with

clients as (

    select * from {{ ref("dim_clients") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

client_values as (

    select * from {{ ref("int_client_values") }}

    where period_label = 'trailing_12_months'

),

segment_churn as (

    select * from {{ ref("int_segment_churn") }}

    where period_label = 'trailing_12_months'

),

purchases as (

    select * from {{ ref("int_repeat_purchases") }}

),

contract_values as (

    select * from {{ ref("int_client_contract_values") }}

),

history as (

    select
        client_id,
        sum(net_revenue) as historic_revenue,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(revenue_with_cost - cost) as historic_margin,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    group by client_id

),

joined as (

    select
        clients.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        clients.acquisition_channel,
        client_values.rep_id,
        purchases.first_purchase_on,
        purchases.last_purchase_on,
        coalesce(purchases.repeat_purchases + 1, 0) as purchase_days,
        purchases.has_contract,
        purchases.mean_repeat_purchase,
        client_values.is_lost,
        coalesce(history.historic_revenue, 0) as historic_revenue,
        history.historic_margin,
        {{ ratio("history.revenue_with_cost", "history.historic_revenue") }}
            as cost_known_share,
        {{ ratio("history.historic_margin", "history.revenue_with_cost") }}
            as margin_rate,
        coalesce(client_values.revenue_12_months, 0) as revenue_12_months,
        client_values.margin_12_months,
        segment_churn.churn_rate as segment_churn_rate,
        client_values.expected_ltv,
        contract_values.total_contract_value,
        contract_values.contract_value_to_come,
        coalesce(contract_values.has_open_end, false) as has_open_end,
        coalesce(contract_values.is_rate_missing, false) as is_rate_missing,
        coalesce(client_values.has_zero_churn, false) as has_zero_churn,
        history.absolute_revenue,
        history.flagged_revenue,
        history.flag_mask

    from clients

    left join purchases
        on clients.client_id = purchases.client_id

    left join history
        on clients.client_id = history.client_id

    left join client_values
        on clients.client_id = client_values.client_id

    left join contract_values
        on clients.client_id = contract_values.client_id

    left join segment_churn
        on clients.segment = segment_churn.segment

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    acquisition_channel,
    rep_id,
    first_purchase_on,
    last_purchase_on,
    cast(purchase_days as bigint) as purchase_days,
    is_lost,
    {{ money("historic_revenue") }} as historic_revenue,
    {{ money("historic_margin") }} as historic_margin,
    cost_known_share,
    {{ money("revenue_12_months") }} as revenue_12_months,
    {{ money("margin_12_months") }} as margin_12_months,
    segment_churn_rate,
    expected_ltv,
    has_contract,
    mean_repeat_purchase,
    margin_rate,
    {{ expected_after_the_build("string") }} as purchase_model,
    {{ expected_after_the_build("double") }} as probability_active,
    {{ expected_after_the_build("double") }} as expected_purchases_12_months,
    {{ expected_after_the_build("decimal(18, 4)") }} as expected_purchase_value,
    {{ expected_after_the_build("decimal(18, 4)") }}
        as expected_revenue_12_months,
    {{ expected_after_the_build("decimal(18, 4)") }}
        as expected_margin_12_months,
    total_contract_value,
    contract_value_to_come,
    {{ reliability_columns(
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {"when": "has_zero_churn", "name": "zero_churn"},
            {"when": "purchase_days = 0", "name": "no_purchase"},
            {"when": "has_open_end", "name": "contract_without_end"},
            {
                "when": "is_rate_missing",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
            {
                "when": "purchase_days > 0 and historic_margin is null",
                "name": "unknown_cost",
                "is_caution": true,
            },
        ],
    ) }}

from joined
