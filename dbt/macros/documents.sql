{#- Whether a document is one that counts: sent, and not taken back. -#}
{% macro is_counted(invoices) -%}
    {{ invoices }}.status not in ('draft', 'voided')
{%- endmacro %}

{#- A credit note lowers revenue, whichever sign its amounts have in the ledger. -#}
{% macro document_sign(invoices) -%}
    case
        when
            {{ invoices }}.document_type = 'credit_note'
            and {{ invoices }}.net_amount > 0
            then -1
        else 1
    end
{%- endmacro %}

{% macro signed_amount(invoices) -%}
    {{ money(document_sign(invoices) ~ " * " ~ invoices ~ ".net_amount") }}
{%- endmacro %}
