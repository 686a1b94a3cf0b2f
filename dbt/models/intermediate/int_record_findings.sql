{# Records that count in the marts although a rule found something in them. #}
with

documents as (

    select * from {{ ref("int_documents") }}

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

),

reps as (

    select distinct rep_id from {{ ref("stg_crm__reps") }}

),

invoices as (

    select * from {{ ref("stg_accounting__invoices") }}

),

lines as (

    select * from {{ ref("stg_accounting__invoice_lines") }}

),

revenue_monthly as (

    select product_id from {{ ref("int_revenue_monthly") }}

),

orphan_invoices as (

    select * from {{ ref("int_orphan_invoices") }}

),

products as (

    select product_id from {{ ref("stg_accounting__products") }}

),

accounts as (

    select * from {{ ref("int_account_names") }}

),

customers as (

    select customer_id from {{ ref("int_customers_matched") }}

),

decisions as (

    select * from {{ source("lake", "matching_decisions") }}

),

flagged_documents as (

    select * from documents

    where flag_mask <> 0

),

found_of_documents as (

    {% for rule in [
        "invoice_without_lines",
        "lines_do_not_tie",
        "unmatched_client",
        "missing_exchange_rate",
    ] %}
    select
        invoice_id,
        {% if rule == "lines_do_not_tie" -%}
        'net_amount' as column_name,
        cast(difference_amount as {{ dbt.type_string() }}) as value,
        {%- elif rule == "missing_exchange_rate" -%}
        'currency' as column_name,
        currency as value,
        {%- elif rule == "unmatched_client" -%}
        'customer_id' as column_name,
        client_id as value,
        {%- else -%}
        cast(null as {{ dbt.type_string() }}) as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        {%- endif %}
        '{{ rule }}' as rule,
        net_amount as amount

    from flagged_documents

    where (flag_mask & {{ rule_bit(rule) }}) <> 0

    union all
    {% endfor %}

    select
        documents.invoice_id,
        'rep_id' as column_name,
        document_reps.rep_id as value,
        'unknown_rep' as rule,
        documents.net_amount as amount

    from documents

    inner join document_reps
        on documents.invoice_id = document_reps.invoice_id

    left join reps
        on document_reps.rep_id = reps.rep_id

    where reps.rep_id is null and document_reps.rep_id <> 'unassigned'

),

{# The records are looked through once for where all that was found stands. #}
document_findings as (

    select
        invoices._source,
        invoices._file,
        invoices._row,
        'accounting.invoices' as table_name,
        found_of_documents.invoice_id as record_key,
        found_of_documents.column_name,
        found_of_documents.value,
        found_of_documents.rule,
        found_of_documents.amount,
        'kept' as action

    from found_of_documents

    inner join invoices
        on found_of_documents.invoice_id = invoices.invoice_id

),

{# Months have every product that is on a line that counts, in fewer rows. #}
unknown_products as (

    select distinct revenue_monthly.product_id

    from revenue_monthly

    left join products
        on revenue_monthly.product_id = products.product_id

    where
        revenue_monthly.product_id is not null
        and products.product_id is null

),

line_findings as (

    select
        lines.*,
        'invoice_id' as column_name,
        lines.invoice_id as value,
        'orphan_invoice_line' as rule,
        'left out' as action

    from lines

    inner join orphan_invoices
        on lines.invoice_id = orphan_invoices.invoice_id

    union all

    select
        lines.*,
        'product_id' as column_name,
        lines.product_id as value,
        'unknown_product' as rule,
        'kept' as action

    from lines

    inner join unknown_products
        on lines.product_id = unknown_products.product_id

    inner join documents
        on lines.invoice_id = documents.invoice_id

),

{# What a person decided and nothing follows from. #}
decision_findings as (

    {% for rule, column in [
        ("unknown_account", "account_id"),
        ("unknown_customer", "customer_id"),
    ] %}
    select
        'matching' as _source,
        'config/matching/decisions.csv' as _file,
        decisions._row,
        'lake.matching_decisions' as table_name,
        decisions.customer_id as record_key,
        '{{ column }}' as column_name,
        decisions.{{ column }} as value,
        '{{ rule }}' as rule,
        {{ money("null") }} as amount,
        'left out' as action

    from decisions

    {% if rule == "unknown_account" -%}
    left join accounts
        on decisions.account_id = accounts.account_id

    where accounts.account_id is null and decisions.account_id <> 'none'
    {%- else -%}
    left join customers
        on decisions.customer_id = customers.customer_id

    where customers.customer_id is null
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from document_findings

union all

select * from decision_findings

union all

select
    _source,
    _file,
    _row,
    'accounting.invoice_lines' as table_name,
    invoice_id
    || ' | '
    || cast(line_number as {{ dbt.type_string() }}) as record_key,
    column_name,
    value,
    rule,
    net_amount as amount,
    action

from line_findings
