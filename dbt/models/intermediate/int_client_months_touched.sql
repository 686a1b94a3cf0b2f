{#
    The clients' months whose documents may have changed since the last complete build:
    those of documents and lines that a load brought or took, of documents that would be
    resolved otherwise today, and those between the two as-of dates. One too many costs
    time, one too few would be a wrong figure.

    The documents as they were are read from the table that the build before left;
    that table is built anew after this one. A build that starts from nothing builds
    all of them, and none has to be named.
#}
{#- The longer text names all that this is made of, so dbt parses that one. -#}
{%- set is_full = execute and is_full_build() -%}
{%- set documents = as_left("intermediate", "int_documents") -%}
{%- set document_reps = as_left("intermediate", "int_document_reps") -%}
{%- set revenue_monthly = as_left("intermediate", "int_revenue_monthly") -%}

with

{% if is_full %}
touched as (

    select
        cast(null as {{ dbt.type_string() }}) as client_id,
        cast(null as date) as month_start,
        cast(null as {{ dbt.type_string() }}) as reason

    where false

)
{% else %}
invoices as (

    select
        *,
        {{ month_start("issued_on") }} as month_start

    from {{ ref("stg_accounting__invoices") }}

),

unfinished as (

    select * from {{ source("run", "unfinished_client_months") }}

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

context_then as (

    select * from {{ as_left("built", "context") }}

),

{#
    A record is delivered again for much that no document is made of: when it is paid,
    for one. So records are compared by what counts of them.
#}
records_now as (

    select
        invoices.invoice_id,
        invoices.customer_id,
        invoices.rep_id,
        invoices.document_type,
        invoices.currency,
        invoices.issued_on,
        {{ signed_amount("invoices") }} as net_amount

    from invoices

    inner join changed_invoices
        on invoices.invoice_id = changed_invoices.invoice_id

    where {{ is_counted("invoices") }}

),

records_then as (

    select
        documents_then.invoice_id,
        documents_then.customer_id,
        documents_then.rep_id,
        documents_then.document_type,
        documents_then.currency,
        documents_then.issued_on,
        documents_then.net_amount

    from documents_then

    inner join changed_invoices
        on documents_then.invoice_id = changed_invoices.invoice_id

),

changed_records as (

    (
        select * from records_now
        except
        select * from records_then
    )
    union
    (
        select * from records_then
        except
        select * from records_now
    )

),

changed_documents as (

    select invoice_id from changed_records
    union
    select invoice_id from changed_lines

),

{# Between the two as-of dates documents begin to count, or cease to. #}
days_passed as (

    select
        least(context_then.as_of_date, {{ as_of_date() }}) as after_day,
        greatest(context_then.as_of_date, {{ as_of_date() }}) as last_day

    from context_then

),

documents_now as (

    select
        invoices.invoice_id,
        invoices.issued_on,
        invoices.month_start,
        customers_now.client_id

    from invoices

    inner join customers_now
        on invoices.customer_id = customers_now.customer_id

),

{#
    An assignment that now ends on another day differs from where the earlier of the
    two ends it has; any other one for all of its time.
#}
assignment_changes as (

    select
        client_id,
        case
            when count(*) = 1 then min(valid_from)
            else {{ add_days("min(valid_to)", 1) }}
        end as differs_from,
        max(valid_to) as differs_to

    from assignments_changed

    group by client_id, rep_id, credit_share, valid_from

),

touched as (

    select
        client_id,
        month_start,
        'documents then' as reason

    from documents_then

    where
        invoice_id in (
            select changed_documents.invoice_id from changed_documents
        )

    union all

    select
        client_id,
        month_start,
        'documents now' as reason

    from documents_now

    where
        invoice_id in (
            select changed_documents.invoice_id from changed_documents
        )

    union all

    select
        client_id,
        month_start,
        'customers' as reason

    from documents_then

    where
        customer_id in (
            select customers_changed.customer_id from customers_changed
        )

    union all

    {# The client that a customer's documents come to is another one now. #}
    select
        customers_now.client_id,
        documents_then.month_start,
        'customers' as reason

    from documents_then

    inner join customers_now
        on documents_then.customer_id = customers_now.customer_id

    where
        documents_then.customer_id in (
            select customers_changed.customer_id from customers_changed
        )

    union all

    select
        documents_then.client_id,
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
        documents_then.client_id,
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
        documents_then.client_id,
        documents_then.month_start,
        'assignments' as reason

    from documents_then

    inner join assignment_changes
        on
            documents_then.client_id = assignment_changes.client_id
            and documents_then.issued_on >= assignment_changes.differs_from
            and documents_then.issued_on <= assignment_changes.differs_to

    where documents_then.rep_id is null

    union all

    {# A first version holds for all time before, a later one from its day. #}
    select
        documents_then.client_id,
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
        documents_then.client_id,
        documents_then.month_start,
        'inputs' as reason

    from documents_then

    cross join inputs_changed

    union all

    select
        client_id,
        month_start,
        'products' as reason

    from revenue_then

    where
        product_id in (select products_changed.product_id from products_changed)

    union all

    select
        client_id,
        month_start,
        'reps' as reason

    from document_reps_then

    where rep_id in (select reps_changed.rep_id from reps_changed)

    union all

    select
        client_id,
        month_start,
        'unfinished build' as reason

    from unfinished

    union all

    select
        documents_then.client_id,
        documents_then.month_start,
        'as-of date' as reason

    from documents_then

    inner join days_passed
        on
            documents_then.issued_on > days_passed.after_day
            and documents_then.issued_on <= days_passed.last_day

    union all

    select
        documents_now.client_id,
        documents_now.month_start,
        'as-of date' as reason

    from documents_now

    inner join days_passed
        on
            documents_now.issued_on > days_passed.after_day
            and documents_now.issued_on <= days_passed.last_day

)
{% endif %}

select
    client_id,
    month_start,
    {{ join_distinct("reason") }} as reasons

from touched

where month_start is not null

group by client_id, month_start
