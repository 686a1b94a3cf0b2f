with

customers as (

    select * from {{ ref("int_customers_matched") }}

    where match_rule = 'none'

),

names as (

    select * from {{ ref("int_customer_names") }}

),

accounts as (

    select * from {{ ref("int_account_names") }}

),

candidates as (

    select
        candidates.*,
        coalesce(accounts.account_name, '') as account_name,
        row_number() over (
            partition by candidates.customer_id
            order by
                candidates.preference,
                candidates.is_allowed desc,
                candidates.differences,
                candidates.client_id
        ) as place

    from {{ ref("int_customer_candidates") }} as candidates

    inner join customers
        on candidates.customer_id = customers.customer_id

    left join accounts
        on candidates.client_id = accounts.account_id

),

listed as (

    select
        customer_id,
        {{ join_distinct(
            "client_id || coalesce(' ' || nullif(account_name, ''), '')"
        ) }} as candidates,
        max(case when place = 1 then match_rule end) as match_rule,
        max(
            case when is_allowed and not is_branch then 1 else 0 end
        ) as is_tie,
        count(distinct client_id) as candidate_count

    from candidates

    where place <= 5

    group by customer_id

),

documents as (

    select
        customer_id,
        sum(net_revenue) as net_revenue,
        max(issued_on) as last_invoice_on,
        count(*) as document_count

    from {{ ref("int_documents") }}

    group by customer_id

)

select
    customers.customer_id,
    customers.customer_name,
    names.country,
    names.tax_id,
    names.domain,
    case
        when names.customer_id is null then 'not in the list of customers'
        when listed.customer_id is null then 'nothing alike'
        when listed.is_tie = 1 then 'more than one account'
        else 'only alike'
    end as reason,
    listed.match_rule,
    cast(coalesce(listed.candidate_count, 0) as integer) as candidate_count,
    coalesce(listed.candidates, '') as candidates,
    cast(coalesce(documents.document_count, 0) as bigint) as document_count,
    documents.last_invoice_on,
    {{ money("coalesce(documents.net_revenue, 0)") }} as net_revenue,
    {{ run_id() }} as run_id

from customers

left join names
    on customers.customer_id = names.customer_id

left join listed
    on customers.customer_id = listed.customer_id

left join documents
    on customers.customer_id = documents.customer_id
