
    

    create  table
      "warehouse"."intermediate"."int_document_reps__dbt_tmp"
  
    
    as (
      with

documents as (

    select
        invoice_id,
        client_id,
        rep_id,
        issued_on

    from "warehouse"."intermediate"."int_documents"

),

assignments as (

    select
        survivors.client_id,
        assignments.rep_id,
        coalesce(assignments.credit_share, 1) as credit_share,
        assignments.valid_from,
        coalesce(assignments.valid_to, cast('9999-12-31' as date)) as valid_to

    from "warehouse"."staging"."stg_crm__account_assignments" as assignments

    inner join "warehouse"."intermediate"."int_accounts_survived" as survivors
        on assignments.account_id = survivors.account_id

    where coalesce(assignments.credit_share, 1) > 0

),

owners as (

    select
        account_id as client_id,
        owner_rep_id

    from "warehouse"."staging"."stg_crm__accounts"

),

named as (

    select
        invoice_id,
        rep_id,
        cast(1 as decimal(18, 8)) as credit_share

    from documents

    where rep_id is not null

),

assigned as (

    select
        documents.invoice_id,
        assignments.rep_id,
        sum(assignments.credit_share) as credit_share

    from documents

    inner join assignments
        on
            documents.client_id = assignments.client_id
            and documents.issued_on >= assignments.valid_from
            and documents.issued_on <= assignments.valid_to

    where documents.rep_id is null

    group by documents.invoice_id, assignments.rep_id

),

assigned_documents as (

    select distinct invoice_id from assigned

),

owned as (

    select
        documents.invoice_id,
        coalesce(owners.owner_rep_id, 'unassigned') as rep_id,
        cast(1 as decimal(18, 8)) as credit_share

    from documents

    left join owners
        on documents.client_id = owners.client_id

    left join assigned_documents
        on documents.invoice_id = assigned_documents.invoice_id

    where
        documents.rep_id is null
        and assigned_documents.invoice_id is null

),

shared as (

    select
        invoice_id,
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
    rep_id,
    cast(0 as decimal(9, 8)) as share_from,
    cast(1 as decimal(9, 8)) as share_to,
    true as is_primary

from named

union all

select
    invoice_id,
    rep_id,
    cast(0 as decimal(9, 8)) as share_from,
    cast(1 as decimal(9, 8)) as share_to,
    true as is_primary

from owned

union all

select
    invoice_id,
    rep_id,
    cast((share_up_to - credit_share) / total_share as decimal(9, 8))
        as share_from,
    cast(share_up_to / total_share as decimal(9, 8)) as share_to,
    share_rank = 1 as is_primary

from shared
    );
    
  