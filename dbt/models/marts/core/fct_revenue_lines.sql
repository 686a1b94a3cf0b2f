with

documents as (

    select * from {{ ref("int_documents") }}

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

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

detail as (

    select
        documents.invoice_id,
        lines.line_number,
        'line' as line_kind,
        lines.product_id,
        documents.document_sign * lines.quantity as quantity,
        documents.document_sign * lines.net_amount as net_amount,
        documents.document_sign * lines.cost_amount as cost_amount,
        case
            when lines.product_id is not null and products.product_id is null
                then {{ rule_bit("unknown_product") }}
            else 0
        end as line_flag_mask

    from documents

    inner join lines
        on documents.invoice_id = lines.invoice_id

    left join products
        on lines.product_id = products.product_id

),

{# The header is the money: what its lines leave open is a row of its own. #}
balance as (

    select
        invoice_id,
        0 as line_number,
        case
            when line_count = 0 then 'document without lines'
            else 'difference to header'
        end as line_kind,
        cast(null as {{ dbt.type_string() }}) as product_id,
        cast(null as decimal(18, 4)) as quantity,
        difference_amount as net_amount,
        cast(null as decimal(18, 4)) as cost_amount,
        0 as line_flag_mask

    from documents

    where difference_amount <> 0 or line_count = 0

),

all_rows as (

    select * from detail
    union all
    select * from balance

),

converted as (

    select
        all_rows.invoice_id,
        all_rows.line_number,
        all_rows.line_kind,
        all_rows.product_id,
        all_rows.quantity,
        all_rows.net_amount,
        documents.document_type,
        documents.client_id,
        documents.issued_on,
        documents.month_start,
        documents.currency,
        documents.flag_mask + all_rows.line_flag_mask as flag_mask,
        {{ money_times("all_rows.net_amount", "documents.exchange_rate") }}
            as net_revenue,
        {{ money_times(
            "all_rows.net_amount", "documents.prior_year_exchange_rate"
        ) }} as revenue_at_prior_year_rate,
        {{ money_times("all_rows.cost_amount", "documents.exchange_rate") }}
            as cost

    from all_rows

    inner join documents
        on all_rows.invoice_id = documents.invoice_id

),

credited as (

    select
        converted.invoice_id,
        converted.line_number,
        document_reps.rep_id,
        converted.client_id,
        converted.product_id,
        converted.line_kind,
        converted.document_type,
        converted.currency,
        document_reps.is_primary,
        converted.issued_on,
        converted.month_start,
        {% for amount in [
            "quantity",
            "net_amount",
            "net_revenue",
            "revenue_at_prior_year_rate",
            "cost",
        ] %}
        {{ share_of(
            "converted." ~ amount,
            "document_reps.share_from",
            "document_reps.share_to",
        ) }} as {{ amount }},
        {% endfor %}
        converted.flag_mask + case
            when
                reps.rep_id is null and document_reps.rep_id <> 'unassigned'
                then {{ rule_bit("unknown_rep") }}
            else 0
        end as flag_mask

    from converted

    inner join document_reps
        on converted.invoice_id = document_reps.invoice_id

    left join reps
        on document_reps.rep_id = reps.rep_id

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
    {{ money("quantity") }} as quantity,
    {{ money("net_amount") }} as net_amount,
    {{ money("net_revenue") }} as net_revenue,
    {{ money("revenue_at_prior_year_rate") }} as revenue_at_prior_year_rate,
    {{ money("cost") }} as cost,
    cast(flag_mask as integer) as flag_mask,
    is_primary,
    issued_on,
    month_start,
    {{ rule_names("flag_mask") }} as reliability_reasons,
    {{ run_id() }} as run_id

from credited
