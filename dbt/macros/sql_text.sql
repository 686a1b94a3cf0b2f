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

{#-
    Rows of texts, each in the order of the columns. An engine reads a list of values as
    it is; a union of as many selects of one row each Spark plans for half a minute.
-#}
{% macro text_rows(columns, rows) -%}
    select
        {% for column in columns -%}
        cast({{ column }} as {{ dbt.type_string() }}) as {{ column }}
        {%- if not loop.last %},
        {% endif -%}
        {%- endfor %}

    from (
        values
        {% for row in rows or [columns] -%}
        (
            {%- for text in row -%}
                {{ sql_text(text) }}{% if not loop.last %}, {% endif %}
            {%- endfor -%}
        )
        {%- if not loop.last %},
        {% endif -%}
        {%- endfor %}
    ) as texts ({{ columns | join(", ") }})
    {%- if not rows %}

    where 1 = 0
    {%- endif %}
{%- endmacro %}
