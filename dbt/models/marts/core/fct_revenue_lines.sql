{#
    Without run_id: rows of many nights stand in it. The publication gives every
    row the id of the run that it is published with.
#}
{{ config(**by_client_month()) }}

with

documents as (

    select * from {{ ref("int_documents") }}

    {{ only_touched() }}

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

    {{ only_touched() }}

),

lines as (

    select * from {{ ref("stg_accounting__invoice_lines") }}

),

products as (

    select product_id from {{ ref("stg_accounting__products") }}

),

reps as (

    select distinct rep_id from {{ ref("stg_crm__reps") }}

),

credited_documents as (

    select
        documents.*,
        document_reps.rep_id as credited_rep_id,
        document_reps.share_from,
        document_reps.share_to,
        document_reps.is_primary,
        documents.flag_mask + case
            when
                reps.rep_id is null and document_reps.rep_id <> 'unassigned'
                then {{ rule_bit("unknown_rep") }}
            else 0
        end as credited_flag_mask

    from documents

    inner join document_reps
        on documents.invoice_id = document_reps.invoice_id

    left join reps
        on document_reps.rep_id = reps.rep_id

),

detail as (

    select
        credited_documents.*,
        lines.line_number,
        'line' as line_kind,
        lines.product_id,
        credited_documents.document_sign * lines.quantity as quantity,
        credited_documents.document_sign * lines.net_amount as line_amount,
        credited_documents.document_sign * lines.cost_amount as cost_amount,
        case
            when lines.product_id is not null and products.product_id is null
                then {{ rule_bit("unknown_product") }}
            else 0
        end as line_flag_mask

    from lines

    inner join credited_documents
        on lines.invoice_id = credited_documents.invoice_id

    left join products
        on lines.product_id = products.product_id

),

{# The header is the money: what its lines leave open is a row of its own. #}
balance as (

    select
        credited_documents.*,
        0 as line_number,
        case
            when credited_documents.line_count = 0
                then 'document without lines'
            else 'difference to header'
        end as line_kind,
        cast(null as {{ dbt.type_string() }}) as product_id,
        cast(null as decimal(18, 4)) as quantity,
        credited_documents.difference_amount as line_amount,
        cast(null as decimal(18, 4)) as cost_amount,
        0 as line_flag_mask

    from credited_documents

    where
        credited_documents.difference_amount <> 0
        or credited_documents.line_count = 0

),

all_rows as (

    select * from detail
    union all
    select * from balance

),

converted as (

    select
        invoice_id,
        line_number,
        credited_rep_id as rep_id,
        client_id,
        product_id,
        line_kind,
        document_type,
        currency,
        share_from,
        share_to,
        is_primary,
        issued_on,
        month_start,
        credited_flag_mask + line_flag_mask as flag_mask,
        quantity,
        line_amount as net_amount,
        {{ money_times("line_amount", "exchange_rate") }} as net_revenue,
        {{ money_times("line_amount", "prior_year_exchange_rate") }}
            as revenue_at_prior_year_rate,
        {{ money_times("cost_amount", "exchange_rate") }} as cost

    from all_rows

)

select
    invoice_id,
    cast(line_number as integer) as line_number,
    rep_id,
    client_id,
    product_id,
    line_kind,
    document_type,
    currency,
    {% for amount in [
        "quantity",
        "net_amount",
        "net_revenue",
        "revenue_at_prior_year_rate",
        "cost",
    ] %}
    {{ money(share_of(amount, "share_from", "share_to")) }} as {{ amount }},
    {% endfor %}
    cast(flag_mask as integer) as flag_mask,
    is_primary,
    issued_on,
    month_start,
    {{ rule_names("flag_mask") }} as reliability_reasons

from converted
