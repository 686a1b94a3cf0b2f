{#
    A night looks only at the invoices that it brought or took, or a line of which it
    did: what was found of all others stands in what the last complete build left.
-#}
{%- set is_full = execute and is_full_build() -%}

with

invoices as (

    select invoice_id from {{ ref("stg_accounting__invoices") }}

),

lines as (

    select invoice_id from {{ ref("stg_accounting__invoice_lines") }}

),

{% if not is_full -%}
changed as (

    select invoice_id from {{ source("changes", "invoices") }}
    union
    select invoice_id from {{ source("changes", "invoice_lines") }}

),

found_then as (

    select invoice_id from {{ as_left("built", "orphan_invoices") }}

),

{% endif -%}
looked_at as (

    select distinct lines.invoice_id

    from lines

    {% if not is_full -%}
    inner join changed
        on lines.invoice_id = changed.invoice_id
    {%- endif %}

)

select looked_at.invoice_id

from looked_at

left join invoices
    on looked_at.invoice_id = invoices.invoice_id

where invoices.invoice_id is null
{%- if not is_full %}

union all

select found_then.invoice_id

from found_then

left join changed
    on found_then.invoice_id = changed.invoice_id

where changed.invoice_id is null
{%- endif %}
