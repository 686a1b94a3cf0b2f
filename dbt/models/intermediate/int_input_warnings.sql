{#
    For each mart the input checks that warned about a table it is made of. The
    tables come from the graph, which dbt knows only when it runs.
#}
with

checks as (

    select * from {{ source("quality", "check_results") }}

    where not has_passed

),

mart_inputs as (

    select
        cast(null as {{ dbt.type_string() }}) as mart,
        cast(null as {{ dbt.type_string() }}) as table_name

    where 1 = 0

    {% if execute %}
    {% for mart in kpi_marts() %}
    {% for table_name in upstream_inputs(mart.unique_id) %}
    union all

    select
        '{{ mart.name }}' as mart,
        '{{ table_name }}' as table_name
    {% endfor %}
    {% endfor %}
    {% endif %}

)

select
    mart_inputs.mart,
    {{ join_distinct("checks.check_name") }} as warnings

from mart_inputs

inner join checks
    on mart_inputs.table_name = checks.table_name

group by mart_inputs.mart
