with

customers as (

    select * from {{ ref("int_customer_names") }}

),

invoices as (

    select * from {{ ref("stg_accounting__invoices") }}

),

candidates as (

    select * from {{ ref("int_customer_candidates") }}

),

decisions as (

    select * from {{ source("lake", "matching_decisions") }}

),

{# A document may name a customer that the ledger's list does not have. #}
customer_ids as (

    select customer_id from customers
    union
    select customer_id from invoices

),

{# A rule that points to two clients points to none. #}
pointed as (

    select
        customer_id,
        match_rule,
        preference,
        min(client_id) as client_id

    from candidates

    where is_allowed and not is_branch

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

    from pointed

),

matched as (

    select
        customer_ids.customer_id,
        customers.customer_name,
        case
            when decisions.account_id = 'none' then null
            else ranked.client_id
        end as client_id,
        case
            when decisions.account_id = 'none' then 'decision'
            else coalesce(ranked.match_rule, 'none')
        end as match_rule

    from customer_ids

    left join customers
        on customer_ids.customer_id = customers.customer_id

    left join decisions
        on customer_ids.customer_id = decisions.customer_id

    left join ranked
        on
            customer_ids.customer_id = ranked.customer_id
            and ranked.choice = 1

)

select
    customer_id,
    coalesce(client_id, 'unmatched-' || customer_id) as client_id,
    customer_name,
    match_rule,
    client_id is not null as is_matched

from matched
