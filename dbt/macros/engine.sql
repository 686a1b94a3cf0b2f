{#-
    What DuckDB and Spark spell differently, each once. Nothing outside macros/
    uses syntax that only one of them has.
-#}

{#- The median of a group; the mean of the middle two of an even count. -#}
{% macro median(value) -%}
    {{ return(adapter.dispatch("median", "sales_kpi")(value)) }}
{%- endmacro %}

{% macro duckdb__median(value) -%}
    quantile_cont({{ value }}, 0.5)
{%- endmacro %}

{% macro spark__median(value) -%}
    percentile({{ value }}, 0.5)
{%- endmacro %}

{#- A group's distinct texts in one, sorted; NULL with none. -#}
{% macro join_distinct(value) -%}
    {{ return(adapter.dispatch("join_distinct", "sales_kpi")(value)) }}
{%- endmacro %}

{% macro duckdb__join_distinct(value) -%}
    string_agg(distinct {{ value }}, ', ' order by {{ value }})
{%- endmacro %}

{% macro spark__join_distinct(value) -%}
    nullif(array_join(sort_array(collect_set({{ value }})), ', '), '')
{%- endmacro %}

{#- One row for each of the texts that a joined text holds. -#}
{% macro split_rows(value) -%}
    {{ return(adapter.dispatch("split_rows", "sales_kpi")(value)) }}
{%- endmacro %}

{% macro duckdb__split_rows(value) -%}
    unnest(string_split({{ value }}, ', '))
{%- endmacro %}

{% macro spark__split_rows(value) -%}
    explode(split({{ value }}, ', '))
{%- endmacro %}

{#-
    A text with every match of a pattern replaced, in the expressions that RE2 and Java
    have in common. The pattern holds no quote.
-#}
{% macro regex_replaced(value, pattern, replacement) -%}
    {{ return(adapter.dispatch("regex_replaced", "sales_kpi")(value, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__regex_replaced(value, pattern, replacement) -%}
    regexp_replace({{ value }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__regex_replaced(value, pattern, replacement) -%}
    regexp_replace({{ value }}, r'{{ pattern }}', '{{ replacement }}')
{%- endmacro %}
