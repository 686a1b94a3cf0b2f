{#-
    A column of a published table that no SQL makes: what a model of clients' purchases,
    fitted once all tables are built, expects (dagster_project/valuation). Until then
    NULL, and for good where the model could not be fitted.
-#}
{% macro expected_after_the_build(data_type) -%}
    cast(null as {{ data_type }})
{%- endmacro %}
