{#- A text from the project's descriptions as a SQL literal on one line. -#}
{% macro sql_text(text) -%}
    '{{ (text or "") | replace("\n", " ") | trim | replace("'", "''") }}'
{%- endmacro %}
