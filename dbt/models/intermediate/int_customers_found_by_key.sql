{#
    Every rule is a join by equal keys, so that a million customers find their accounts in
    seconds. A key that more than `most_sharers` accounts share tells nothing.
-#}
with

customers as (

    select * from {{ ref("int_customer_names") }}

),

accounts as (

    select * from {{ ref("int_account_names") }}

),

{# Rows without a key are counted together and join nothing. #}
accounts_by_key as (

    select
        *,
        count(*) over (partition by tax_id) as tax_id_count,
        count(*) over (partition by domain) as domain_count,
        count(*) over (partition by normalised_name) as name_count

    from accounts

),

decisions as (

    select * from {{ source("lake", "matching_decisions") }}

),

found as (

    select
        decisions.customer_id,
        accounts.client_id,
        'decision' as match_rule,
        true as is_allowed

    from decisions

    inner join accounts
        on decisions.account_id = accounts.account_id

    union all

    select
        customers.customer_id,
        accounts.client_id,
        'given_link' as match_rule,
        true as is_allowed

    from customers

    inner join accounts
        on customers.crm_account_id = accounts.account_id

    {% for rule, key, is_allowed in [
        ("tax_id", "tax_id", "true"),
        ("domain", "domain", "true"),
        ("name", "normalised_name", same_country("customers", "keyed")),
    ] %}
    union all

    select
        customers.customer_id,
        keyed.client_id,
        '{{ rule }}' as match_rule,
        {{ is_allowed }} as is_allowed

    from customers

    inner join accounts_by_key as keyed
        on
            customers.{{ key }} = keyed.{{ key }}
            and keyed.{{ rule }}_count <= {{ most_sharers() }}
    {% endfor %}

)

select
    customer_id,
    client_id,
    match_rule,
    max(case when is_allowed then 1 else 0 end) = 1 as is_allowed

from found

group by customer_id, client_id, match_rule
