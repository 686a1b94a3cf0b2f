{#-
    A contract's NOT NULL on Spark, whose Parquet tables hold no constraints: the
    table is read once, and a model with a NULL where none may be fails like one
    that could not be built. Replaces dbt-spark's own, which is for Delta tables.
-#}
{% macro spark__persist_constraints(relation, model) -%}
    {%- set required = [] -%}
    {%- for column in model.columns.values() -%}
        {%- if column.constraints | selectattr("type", "equalto", "not_null") | list -%}
            {%- do required.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if required -%}
        {%- set counts -%}
            select
                {%- for column in required %}
                count_if({{ column }} is null) as {{ column }}{{ "," if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        {%- endset -%}
        {%- set found = run_query(counts).rows[0] -%}
        {%- for column in required if found[column] -%}
            {%- do exceptions.raise_compiler_error(
                relation ~ "." ~ column ~ " is NULL in " ~ found[column]
                ~ " rows, and its contract says not_null."
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
