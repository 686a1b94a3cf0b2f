{#-
    What a client may order next, and what it ordered of what was offered: open
    opportunities, and those closed in the trailing year by type.
-#}
{%- set types = ["new", "expansion", "renewal"] -%}

with

opportunities as (

    select * from {{ ref("stg_crm__opportunities") }}

    where created_at < {{ add_days(as_of_date(), 1) }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

    where month_start = {{ month_start(as_of_date()) }}

),

{# What will close after the run's day is still open on it. #}
deals as (

    select
        survivors.client_id,
        opportunities.opportunity_type,
        opportunities.closed_at < {{ add_days(as_of_date(), 1) }}
        and opportunities.is_won is not null as is_closed,
        cast(opportunities.closed_at as date) as closed_on,
        opportunities.is_won,
        opportunities.amount is not null
        and rates.exchange_rate is null as is_rate_missing,
        {{ money_times("opportunities.amount", "rates.exchange_rate") }}
            as amount

    from opportunities

    inner join survivors
        on opportunities.account_id = survivors.account_id

    left join rates
        on
            coalesce(
                opportunities.currency, '{{ var("reporting_currency") }}'
            ) = rates.currency

),

stated as (

    select
        client_id,
        opportunity_type,
        coalesce(is_closed, false) as is_closed,
        coalesce(is_closed, false)
        and {{ is_in_trailing_year("closed_on", as_of_date()) }} as is_recent,
        is_won,
        is_rate_missing,
        amount

    from deals

),

counted as (

    select
        client_id,
        sum(case when is_closed then 0 else 1 end) as open_deals,
        sum(case when is_closed then 0 else amount end) as open_amount,
        max(case when not is_closed and is_rate_missing then 1 else 0 end) = 1
            as is_rate_missing,
    {% for type in types %}
    sum(
        case
            when is_recent and opportunity_type = '{{ type }}' then 1
            else 0
        end
    ) as {{ type }}_closed,
    sum(
        case
            when is_recent and opportunity_type = '{{ type }}' and is_won
                then 1
            else 0
        end
    ) as {{ type }}_won{% if not loop.last %},{% endif %}
    {% endfor %}

    from stated

    group by client_id

)

select
    client_id,
    open_deals,
    {{ money("open_amount") }} as open_amount,
    is_rate_missing,
    nullif(
        concat_ws(
            ', ',
            {% for type in types %}
            case
                when {{ type }}_closed > 0
                    then concat(
                        '{{ type }} ',
                        cast({{ type }}_won as {{ dbt.type_string() }}),
                        ' of ',
                        cast({{ type }}_closed as {{ dbt.type_string() }}),
                        ' won'
                    )
            end{% if not loop.last %},{% endif %}
            {% endfor %}
        ),
        ''
    ) as deal_mix

from counted
