with

accounts as (

    select * from {{ ref("stg_crm__accounts") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

customers as (

    select * from {{ ref("int_customers_matched") }}

),

territories as (

    select * from {{ ref("stg_crm__territories") }}

),

parents as (

    select
        accounts.account_id,
        parent_survivors.client_id as parent_client_id

    from accounts

    inner join survivors as parent_survivors
        on accounts.parent_account_id = parent_survivors.account_id

),

surviving_accounts as (

    select
        accounts.*,
        parents.parent_client_id

    from accounts

    inner join survivors
        on
            accounts.account_id = survivors.account_id
            and accounts.account_id = survivors.client_id

    left join parents
        on accounts.account_id = parents.account_id

),

with_ultimate_parent as (

    select
        surviving_accounts.*,
        coalesce(
            {%- for step in range(var("chain_depth"), 0, -1) %}
            parent_{{ step }}.parent_client_id,
            {%- endfor %}
            surviving_accounts.parent_client_id,
            surviving_accounts.account_id
        ) as ultimate_parent_id

    from surviving_accounts

    {% for step in range(1, var("chain_depth") + 1) %}
    left join parents as parent_{{ step }}
        on
            parent_{{ step }}.account_id
            = {% if loop.first %}surviving_accounts.parent_client_id{% else -%}
            parent_{{ step - 1 }}.parent_client_id{% endif %}
    {% endfor %}

),

unmatched as (

    select
        client_id,
        min(coalesce(customer_name, 'Customer ' || customer_id)) as client_name

    from customers

    where not is_matched

    group by client_id

),

clients as (

    select
        account_id as client_id,
        account_name as client_name,
        ultimate_parent_id,
        segment,
        size_band,
        territory_id,
        country,
        acquisition_channel,
        owner_rep_id,
        wallet_amount,
        wallet_currency,
        true as is_matched

    from with_ultimate_parent

    union all

    select
        client_id,
        client_name,
        client_id as ultimate_parent_id,
        null as segment,
        null as size_band,
        null as territory_id,
        null as country,
        null as acquisition_channel,
        null as owner_rep_id,
        null as wallet_amount,
        null as wallet_currency,
        false as is_matched

    from unmatched

)

select
    clients.client_id,
    clients.ultimate_parent_id,
    coalesce(clients.territory_id, 'unknown') as territory_id,
    clients.owner_rep_id,
    clients.client_name,
    coalesce(clients.segment, 'unknown') as segment,
    clients.size_band,
    coalesce(territories.territory_name, clients.territory_id, 'unknown')
        as territory_name,
    clients.country,
    coalesce(clients.acquisition_channel, 'unknown') as acquisition_channel,
    clients.wallet_currency,
    {{ money("clients.wallet_amount") }} as wallet_amount,
    clients.is_matched,
    {{ run_id() }} as run_id

from clients

left join territories
    on clients.territory_id = territories.territory_id
