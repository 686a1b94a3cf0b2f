{#-
    What is counted of selling, by rep and month and over the months that rates are told
    of, under the same names.
-#}
{% macro selling_counts() -%}
    {{ return([
        "deals",
        "deal_revenue",
        "absolute_revenue",
        "flagged_revenue",
        "proposals",
        "meetings",
        "calls",
        "leads",
        "first_touches",
    ]) }}
{%- endmacro %}
