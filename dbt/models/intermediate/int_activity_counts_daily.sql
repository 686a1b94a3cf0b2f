{#
    What a rep did on a day, by kind of activity. An invoice issued is counted once,
    for its primary rep, from the documents themselves.
-#}
with

activities as (

    select * from {{ ref("int_activities") }}

    where activity_type <> 'invoice issued'

),

documents as (

    select * from {{ ref("int_documents") }}

    where document_type = 'invoice'

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

    where is_primary

),

reps as (

    select * from {{ ref("dim_reps") }}

),

activity_counts as (

    select
        rep_id,
        activity_type,
        cast(occurred_at as date) as day_on,
        count(*) as fact

    from activities

    group by rep_id, activity_type, cast(occurred_at as date)

),

invoice_counts as (

    select
        document_reps.rep_id,
        documents.issued_on as day_on,
        count(*) as fact,
        sum(case when documents.flag_mask <> 0 then 1 else 0 end) as flagged,
        bit_or(documents.flag_mask) as flag_mask

    from documents

    inner join document_reps
        on documents.invoice_id = document_reps.invoice_id

    group by document_reps.rep_id, documents.issued_on

)

select
    activity_counts.rep_id,
    activity_counts.activity_type,
    activity_counts.day_on,
    cast(activity_counts.fact as bigint) as fact,
    cast(
        case when reps.is_known then 0 else activity_counts.fact end as bigint
    ) as flagged,
    case when reps.is_known then 0 else {{ rule_bit("unknown_rep") }} end
        as flag_mask

from activity_counts

left join reps
    on activity_counts.rep_id = reps.rep_id

union all

select
    invoice_counts.rep_id,
    'invoice issued' as activity_type,
    invoice_counts.day_on,
    cast(invoice_counts.fact as bigint) as fact,
    cast(
        case
            when reps.is_known or invoice_counts.rep_id = 'unassigned'
                then invoice_counts.flagged
            else invoice_counts.fact
        end as bigint
    ) as flagged,
    invoice_counts.flag_mask
    + case
        when reps.is_known or invoice_counts.rep_id = 'unassigned' then 0
        else {{ rule_bit("unknown_rep") }}
    end as flag_mask

from invoice_counts

left join reps
    on invoice_counts.rep_id = reps.rep_id
