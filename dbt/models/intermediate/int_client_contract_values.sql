{#-
    What is signed with each client: contracts in force on the run's day and those that
    begin later. A month counts if the contract is in force on its last day, as MRR has
    it. A contract without an end is counted for the configured months ahead.
-#}
{%- set this_month = month_start(add_days(as_of_date(), 1)) -%}

with

contracts as (

    select * from {{ ref("int_contracts") }}

    where
        (last_day is null or last_day > {{ as_of_date() }})
        and (last_day is null or last_day >= starts_on)

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

    where month_start = {{ month_start(as_of_date()) }}

),

in_months as (

    select
        contracts.client_id,
        contracts.monthly_amount,
        contracts.last_day is null as is_open_ended,
        rates.exchange_rate,
        {{ month_start("contracts.starts_on") }} as first_month,
        case
            when contracts.last_day is null
                then {{ add_months(
                    this_month, var("client_value").open_ended_months
                ) }}
            else {{ month_start(add_days("contracts.last_day", 1)) }}
        end as end_month

    from contracts

    left join rates
        on contracts.currency = rates.currency

),

counted as (

    select
        *,
        greatest({{ months_apart("first_month", "end_month") }}, 0)
            as all_months,
        greatest(
            {{ months_apart(
                "greatest(first_month, " ~ this_month ~ ")", "end_month"
            ) }},
            0
        ) as months_to_come

    from in_months

),

valued as (

    select
        *,
        {{ money_times("monthly_amount * all_months", "exchange_rate") }}
            as total_contract_value,
        {{ money_times("monthly_amount * months_to_come", "exchange_rate") }}
            as contract_value_to_come

    from counted

)

select
    client_id,
    count(*) as contracts,
    {{ money("sum(total_contract_value)") }} as total_contract_value,
    {{ money("sum(contract_value_to_come)") }} as contract_value_to_come,
    max(case when is_open_ended then 1 else 0 end) = 1 as has_open_end,
    max(case when exchange_rate is null then 1 else 0 end) = 1
        as is_rate_missing

from valued

group by client_id
