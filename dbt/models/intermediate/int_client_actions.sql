with

actions as (

    select
        actions.action_id,
        actions.rep_id,
        actions.account_id,
        actions.action_type,
        actions.aim,
        actions.planned_on,
        actions.currency,
        actions.budget_amount,
        actions.expected_amount,
        survivors.client_id,
        {# The newest rate known is what lies ahead is worth. #}
        {{ month_start("least(actions.planned_on, " ~ as_of_date() ~ ")") }}
            as rate_month,
        case
            when actions.done_on <= {{ as_of_date() }} then actions.done_on
        end as done_on

    from {{ ref("stg_planning__client_actions") }} as actions

    left join {{ ref("int_accounts_survived") }} as survivors
        on actions.account_id = survivors.account_id

),

windows as (

    select
        *,
        {{ add_days("done_on", var("client_actions").result_window_days) }}
            as window_end

    from actions

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

received as (

    select
        windows.action_id,
        sum(daily.net_revenue) as received,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from windows

    inner join daily
        on
            windows.client_id = daily.client_id
            and daily.issued_on > windows.done_on
            and daily.issued_on <= windows.window_end

    group by windows.action_id

)

select
    windows.action_id,
    windows.rep_id,
    windows.account_id,
    windows.client_id,
    windows.action_type,
    windows.aim,
    windows.planned_on,
    windows.done_on,
    windows.window_end,
    {{ money_times("windows.budget_amount", "rates.exchange_rate") }} as budget,
    {{ money_times("windows.expected_amount", "rates.exchange_rate") }}
        as expected,
    case
        when windows.done_on is not null
            then {{ money("coalesce(received.received, 0)") }}
    end as received,
    (
        coalesce(windows.budget_amount, windows.expected_amount) is not null
        and rates.exchange_rate is null
    ) as is_rate_missing,
    received.absolute_revenue,
    received.flagged_revenue,
    received.flag_mask

from windows

left join rates
    on
        windows.currency = rates.currency
        and windows.rate_month = rates.month_start

left join received
    on windows.action_id = received.action_id
