{#-
    The run's parameters as SQL literals. They are read while a model runs and
    not while it is parsed, so that a new date does not make dbt parse the whole
    project again.
-#}
{% macro as_of_date() -%}
    date '{{ env_var("KPI_AS_OF_DATE") if execute else "1970-01-01" }}'
{%- endmacro %}

{% macro run_id() -%}
    '{{ env_var("KPI_RUN_ID") if execute else "" }}'
{%- endmacro %}
