-- Of a large company both take all the memory there is: one after the other.
-- depends_on: {{ ref("int_client_purchases") }}
with

documents as (

    select
        *,
        abs(net_revenue) as absolute_revenue

    from {{ ref("int_documents") }}

    where document_type = 'invoice'

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

    where is_primary

),

reps as (

    select * from {{ ref("dim_reps") }}

),

by_day as (

    select
        document_reps.rep_id,
        documents.issued_on as day_on,
        count(*) as invoices,
        sum(case when documents.flag_mask <> 0 then 1 else 0 end)
            as flagged_invoices,
        count(documents.net_revenue) as priced_invoices,
        sum(documents.net_revenue) as net_revenue,
        sum(documents.absolute_revenue) as absolute_revenue,
        sum(
            case
                when documents.flag_mask <> 0 then documents.absolute_revenue
            end
        ) as flagged_revenue,
        bit_or(documents.flag_mask) as flag_mask

    from documents

    inner join document_reps
        on documents.invoice_id = document_reps.invoice_id

    group by document_reps.rep_id, documents.issued_on

),

known as (

    select
        by_day.*,
        coalesce(reps.is_known, false) or by_day.rep_id = 'unassigned'
            as is_known

    from by_day

    left join reps
        on by_day.rep_id = reps.rep_id

)

select
    rep_id,
    day_on,
    cast(invoices as bigint) as invoices,
    cast(
        case when is_known then flagged_invoices else invoices end as bigint
    ) as flagged_invoices,
    cast(priced_invoices as bigint) as priced_invoices,
    coalesce({{ money("net_revenue") }}, 0) as net_revenue,
    coalesce({{ money("absolute_revenue") }}, 0) as absolute_revenue,
    coalesce(
        {{ money(
            "case when is_known then flagged_revenue else absolute_revenue end"
        ) }},
        0
    ) as flagged_revenue,
    flag_mask
    + case when is_known then 0 else {{ rule_bit("unknown_rep") }} end
        as flag_mask

from known
