{#
    Every metric, from the descriptions beside the marts: a column whose meta
    has a formula is a metric, and nowhere else is it described.
#}
with

metrics as (

    select
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as mart,
        cast(null as {{ dbt.type_string() }}) as description,
        cast(null as {{ dbt.type_string() }}) as formula,
        cast(null as {{ dbt.type_string() }}) as unit,
        cast(null as {{ dbt.type_string() }}) as cases,
        cast(null as {{ dbt.type_string() }}) as grain,
        cast(null as {{ dbt.type_string() }}) as owner,
        cast(null as {{ dbt.type_string() }}) as inputs

    where 1 = 0

    {% if execute %}
    {% for mart in kpi_marts() %}
    {% for column in mart.columns.values() if column.config.meta.get("formula") %}
    {%- set meta = column.config.meta %}
    union all

    select
        {{ sql_text(column.name) }} as metric,
        {{ sql_text(mart.name) }} as mart,
        {{ sql_text(column.description) }} as description,
        {{ sql_text(meta.formula) }} as formula,
        {{ sql_text(meta.unit) }} as unit,
        {{ sql_text(meta.get("n")) }} as cases,
        {{ sql_text(mart.config.meta.grain) }} as grain,
        {{ sql_text(mart.config.group) }} as owner,
        {{ sql_text(upstream_inputs(mart.unique_id) | join(", ")) }} as inputs
    {% endfor %}
    {% endfor %}
    {% endif %}

)

select
    metric,
    mart,
    description,
    formula,
    unit,
    nullif(cases, '') as cases,
    grain,
    owner,
    inputs,
    {{ run_id() }} as run_id

from metrics
