with

customers as (

    select * from "warehouse"."staging"."stg_accounting__customers"

),

invoices as (

    select * from "warehouse"."staging"."stg_accounting__invoices"

),

accounts as (

    select * from "warehouse"."staging"."stg_crm__accounts"

),

survivors as (

    select * from "warehouse"."intermediate"."int_accounts_survived"

),


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

    
    union all

    select
        customers.customer_id,
        surviving_accounts.client_id,
        'tax_id' as match_rule,
        2 as preference

    from customers

    inner join accounts
        on customers.tax_id = accounts.tax_id

    inner join surviving_accounts
        on accounts.account_id = surviving_accounts.account_id
    
    union all

    select
        customers.customer_id,
        surviving_accounts.client_id,
        'domain' as match_rule,
        3 as preference

    from customers

    inner join accounts
        on lower(customers.domain) = lower(accounts.domain)

    inner join surviving_accounts
        on accounts.account_id = surviving_accounts.account_id
    
    union all

    select
        customers.customer_id,
        surviving_accounts.client_id,
        'name' as match_rule,
        4 as preference

    from customers

    inner join accounts
        on lower(trim(customers.customer_name)) = lower(trim(accounts.account_name))

    inner join surviving_accounts
        on accounts.account_id = surviving_accounts.account_id
    

),


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