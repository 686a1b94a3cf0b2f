{{ config(**by_client_month()) }}

with

documents as (

    select
        invoice_id,
        client_id,
        rep_id,
        issued_on,
        month_start

    from {{ ref("int_documents") }}

    {{ only_touched() }}

),

assignments as (

    select * from {{ ref("int_client_assignments") }}

),

owners as (

    select * from {{ ref("int_account_owners") }}

),

named as (

    select
        invoice_id,
        client_id,
        month_start,
        rep_id

    from documents

    where rep_id is not null

),

assigned as (

    select
        documents.invoice_id,
        documents.client_id,
        documents.month_start,
        assignments.rep_id,
        sum(assignments.credit_share) as credit_share

    from documents

    inner join assignments
        on
            documents.client_id = assignments.client_id
            and documents.issued_on >= assignments.valid_from
            and documents.issued_on <= assignments.valid_to

    where documents.rep_id is null

    group by
        documents.invoice_id,
        documents.client_id,
        documents.month_start,
        assignments.rep_id

),

assigned_documents as (

    select distinct invoice_id from assigned

),

owned as (

    select
        documents.invoice_id,
        documents.client_id,
        documents.month_start,
        coalesce(owners.owner_rep_id, 'unassigned') as rep_id

    from documents

    left join owners
        on
            documents.client_id = owners.account_id
            and documents.issued_on >= owners.valid_from
            and documents.issued_on <= owners.valid_to

    left join assigned_documents
        on documents.invoice_id = assigned_documents.invoice_id

    where
        documents.rep_id is null
        and assigned_documents.invoice_id is null

),

shared as (

    select
        invoice_id,
        client_id,
        month_start,
        rep_id,
        credit_share,
        sum(credit_share) over (partition by invoice_id) as total_share,
        sum(credit_share) over (
            partition by invoice_id
            order by credit_share desc, rep_id
            rows between unbounded preceding and current row
        ) as share_up_to,
        row_number() over (
            partition by invoice_id order by credit_share desc, rep_id
        ) as share_rank

    from assigned

)

select
    invoice_id,
    client_id,
    rep_id,
    cast(0 as decimal(9, 8)) as share_from,
    cast(1 as decimal(9, 8)) as share_to,
    true as is_primary,
    month_start

from named

union all

select
    invoice_id,
    client_id,
    rep_id,
    cast(0 as decimal(9, 8)) as share_from,
    cast(1 as decimal(9, 8)) as share_to,
    true as is_primary,
    month_start

from owned

union all

select
    invoice_id,
    client_id,
    rep_id,
    cast(
        {{ exact_quotient("share_up_to - credit_share", "total_share") }}
        as decimal(9, 8)
    ) as share_from,
    cast(
        {{ exact_quotient("share_up_to", "total_share") }} as decimal(9, 8)
    ) as share_to,
    share_rank = 1 as is_primary,
    month_start

from shared
