{#- A text from the project's descriptions as a SQL literal on one line. -#}
{% macro sql_text(text) -%}
    '{{ (text or "") | replace("\n", " ") | trim | replace("'", "''") }}'
{%- endmacro %}

{#- Texts of a setting as an SQL list in brackets; a quote in one is doubled. -#}
{% macro text_list(texts) -%}
    (
    {%- for text in texts -%}
        '{{ text | replace("'", "''") }}'{% if not loop.last %}, {% endif %}
    {%- endfor -%}
    )
{%- endmacro %}

{#- A setting as SQL: a column, a number, a yes or no; NULL without one. -#}
{% macro sql_or_null(setting) -%}
    {{ "null" if setting is none else setting | lower }}
{%- endmacro %}
