{#
    The months whose documents may have changed since the last complete build:
    those of documents and lines that a load brought or took, of documents that
    would be resolved otherwise today, and those between the two as-of dates. A
    month too many costs time, a month too few would be a wrong figure.

    The documents as they were are read from the table that the build before left;
    that table is built anew after this one.
#}
{#- The longer text names all that this is made of, so dbt parses that one. -#}
{%- set is_full = execute and is_full_build() -%}
{%- set documents = as_left("intermediate", "int_documents") -%}
{%- set document_reps = as_left("intermediate", "int_document_reps") -%}
{%- set revenue_monthly = as_left("intermediate", "int_revenue_monthly") -%}
{%- set month_builds = as_left("intermediate", "int_month_builds") -%}

with

months as (

    select * from {{ ref("int_months") }}

),

{% if is_full %}
touched as (

    select
        month_start,
        'full build' as reason

    from months

)
{% else %}
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

month_builds_then as (

    select * from {{ month_builds }}

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

    select
        month_start,
        'documents then' as reason

    from documents_then

    where
        invoice_id in (
            select changed_documents.invoice_id from changed_documents
        )

    union all

    select
        {{ month_start("issued_on") }} as month_start,
        'documents now' as reason

    from invoices

    where
        invoice_id in (
            select changed_documents.invoice_id from changed_documents
        )

    union all

    select
        month_start,
        'customers' as reason

    from documents_then

    where
        customer_id in (
            select customers_changed.customer_id from customers_changed
        )

    union all

    select
        documents_then.month_start,
        'exchange rates' as reason

    from documents_then

    inner join exchange_rates_changed
        on
            documents_then.currency = exchange_rates_changed.currency
            and documents_then.month_start = exchange_rates_changed.month_start

    union all

    {# A month's rate also stands beside next year's, as the prior year's. #}
    select
        documents_then.month_start,
        'exchange rates of the year before' as reason

    from documents_then

    inner join exchange_rates_changed
        on
            documents_then.currency = exchange_rates_changed.currency
            and documents_then.month_start
            = {{ add_months("exchange_rates_changed.month_start", 12) }}

    union all

    select
        month_start,
        'assignments' as reason

    from documents_then

    where
        rep_id is null
        and client_id in (
            select assignments_changed.client_id from assignments_changed
        )

    union all

    {# A first version holds for all time before, a later one from its day. #}
    select
        documents_then.month_start,
        'owners' as reason

    from documents_then

    inner join owners_changed
        on
            documents_then.client_id = owners_changed.account_id
            and (
                owners_changed.version = 1
                or documents_then.month_start
                >= {{ month_start("owners_changed.known_from") }}
            )

    where documents_then.rep_id is null

    union all

    select
        documents_then.month_start,
        'inputs' as reason

    from documents_then

    cross join inputs_changed

    union all

    select
        month_start,
        'products' as reason

    from revenue_then

    where
        product_id in (select products_changed.product_id from products_changed)

    union all

    select
        month_start,
        'reps' as reason

    from document_reps_then

    where rep_id in (select reps_changed.rep_id from reps_changed)

    union all

    select
        month_start,
        'unfinished build' as reason

    from unfinished_months

    union all

    select
        months.month_start,
        'as-of date' as reason

    from months

    cross join context_then

    where
        months.month_start between {{ month_start(
            "least(context_then.as_of_date, " ~ as_of_date() ~ ")"
        ) }}
        and greatest(context_then.as_of_date, {{ as_of_date() }})

    union all

    {# A run as of an earlier day has a calendar that ends before these. #}
    select
        month_start,
        'later than the as-of date' as reason

    from month_builds_then

    where month_start > {{ as_of_date() }}

)
{% endif %}

select
    month_start,
    {{ join_distinct("reason") }} as reasons

from touched

where month_start is not null

group by month_start
