{#
    The months whose documents may have changed since the last complete build:
    those of documents and lines that a load brought or took, of documents that
    would be resolved otherwise today, and those between the two as-of dates. A
    month too many costs time, a month too few would be a wrong figure.

    The documents as they were are read from the table that the build before left;
    that table is built anew after this one.
#}
{%- set is_full = is_full_build() if execute else true -%}
{%- set documents = as_left("intermediate", "int_documents") -%}
{%- set document_reps = as_left("intermediate", "int_document_reps") -%}
{%- set revenue_monthly = as_left("intermediate", "int_revenue_monthly") -%}

with

months as (

    select * from {{ ref("int_months") }}

),

invoices as (

    select * from {{ ref("stg_accounting__invoices") }}

),

unfinished_months as (

    select * from {{ source("run", "unfinished_months") }}

),

changed_invoices as (

    select * from {{ source("changes", "invoices") }}

),

changed_lines as (

    select * from {{ source("changes", "invoice_lines") }}

),

{% for name, table in resolved_with().items() -%}
{{ name }}_now as (

    select distinct {{ table.columns | join(", ") }} from {{ ref(table.model) }}

),

{% endfor -%}

{% if is_full %}
touched as (

    select month_start from months

)
{% else %}
{% for name, table in resolved_with().items() -%}
{%- set columns = table.columns | join(", ") -%}
{{ name }}_then as (

    select {{ columns }} from {{ as_left("built", name) }}

),

{{ name }}_changed as (

    (
        select {{ columns }} from {{ name }}_now
        except
        select {{ columns }} from {{ name }}_then
    )
    union
    (
        select {{ columns }} from {{ name }}_then
        except
        select {{ columns }} from {{ name }}_now
    )

),

{% endfor -%}
documents_then as (

    select * from {{ documents }}

),

document_reps_then as (

    select * from {{ document_reps }}

),

revenue_then as (

    select * from {{ revenue_monthly }}

),

context_then as (

    select * from {{ as_left("built", "context") }}

),

changed_documents as (

    select invoice_id from changed_invoices
    union
    select invoice_id from changed_lines

),

touched as (

    select month_start from documents_then

    where invoice_id in (select invoice_id from changed_documents)

    union

    select {{ month_start("issued_on") }} as month_start from invoices

    where invoice_id in (select invoice_id from changed_documents)

    union

    select month_start from documents_then

    where customer_id in (select customer_id from customers_changed)

    union

    {# A month's rate also stands beside next year's, as the prior year's. #}
    select documents_then.month_start

    from documents_then

    inner join exchange_rates_changed
        on
            documents_then.currency = exchange_rates_changed.currency
            and (
                documents_then.month_start = exchange_rates_changed.month_start
                or documents_then.month_start
                = {{ add_months("exchange_rates_changed.month_start", 12) }}
            )

    union

    select month_start from documents_then

    where
        rep_id is null
        and client_id in (select client_id from assignments_changed)

    union

    select documents_then.month_start

    from documents_then

    cross join inputs_changed

    union

    select month_start from revenue_then

    where product_id in (select product_id from products_changed)

    union

    select month_start from document_reps_then

    where rep_id in (select rep_id from reps_changed)

    union

    select month_start from unfinished_months

    union

    select months.month_start

    from months

    cross join context_then

    where
        months.month_start between {{ month_start(
            "least(context_then.as_of_date, " ~ as_of_date() ~ ")"
        ) }}
        and greatest(context_then.as_of_date, {{ as_of_date() }})

)
{% endif %}

select distinct month_start

from touched

where month_start is not null
