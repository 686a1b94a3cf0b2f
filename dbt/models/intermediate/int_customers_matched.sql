with

customers as (

    select * from {{ ref("stg_accounting__customers") }}

),

invoices as (

    select * from {{ ref("stg_accounting__invoices") }}

),

accounts as (

    select * from {{ ref("stg_crm__accounts") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

{# A merge into an account the CRM does not have, or in a circle, has none. #}
surviving_accounts as (

    select
        survivors.account_id,
        survivors.client_id

    from survivors

    inner join accounts as client_accounts
        on survivors.client_id = client_accounts.account_id

    inner join survivors as client_survivors
        on
            survivors.client_id = client_survivors.account_id
            and client_survivors.client_id = client_survivors.account_id

),

{# A document may name a customer that the ledger's list does not have. #}
customer_ids as (

    select customer_id from customers
    union
    select customer_id from invoices

),

candidates as (

    select
        customers.customer_id,
        surviving_accounts.client_id,
        'given_link' as match_rule,
        1 as preference

    from customers

    inner join surviving_accounts
        on customers.crm_account_id = surviving_accounts.account_id

    {% for rule, customer_value, account_value in [
        ("tax_id", "customers.tax_id", "accounts.tax_id"),
        ("domain", "lower(customers.domain)", "lower(accounts.domain)"),
        (
            "name",
            "lower(trim(customers.customer_name))",
            "lower(trim(accounts.account_name))",
        ),
    ] %}
    union all

    select
        customers.customer_id,
        surviving_accounts.client_id,
        '{{ rule }}' as match_rule,
        {{ loop.index + 1 }} as preference

    from customers

    inner join accounts
        on {{ customer_value }} = {{ account_value }}

    inner join surviving_accounts
        on accounts.account_id = surviving_accounts.account_id
    {% endfor %}

),

{# A rule that points to two clients points to none. #}
decisions as (

    select
        customer_id,
        match_rule,
        preference,
        min(client_id) as client_id

    from candidates

    group by customer_id, match_rule, preference

    having count(distinct client_id) = 1

),

ranked as (

    select
        customer_id,
        client_id,
        match_rule,
        row_number() over (
            partition by customer_id order by preference
        ) as choice

    from decisions

)

select
    customer_ids.customer_id,
    coalesce(ranked.client_id, 'unmatched-' || customer_ids.customer_id)
        as client_id,
    customers.customer_name,
    coalesce(ranked.match_rule, 'none') as match_rule,
    ranked.client_id is not null as is_matched

from customer_ids

left join customers
    on customer_ids.customer_id = customers.customer_id

left join ranked
    on
        customer_ids.customer_id = ranked.customer_id
        and ranked.choice = 1
