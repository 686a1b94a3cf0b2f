{#
    For each mart the input checks that warned about a table it is made of. The
    tables come from the graph, which dbt knows only when it runs. A check of the
    newest rows alone says nothing of the periods before.
#}
{%- set speaks_of_newest -%}
    (
        checks.check_name like 'newest_month_%'
        or checks.check_name like '%_are_fresh'
    )
{%- endset -%}
{%- set mart_inputs = [] -%}
{%- if execute -%}
    {%- for mart in kpi_marts() -%}
        {%- for table_name in upstream_inputs(mart.unique_id) -%}
            {%- do mart_inputs.append([mart.name, table_name]) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}

with

checks as (

    select * from {{ source("quality", "check_results") }}

    where not has_passed

),

mart_inputs as (

    {{ text_rows(["mart", "table_name"], mart_inputs) }}

)

select
    mart_inputs.mart,
    {{ join_distinct(
        "case when not " ~ speaks_of_newest ~ " then checks.check_name end"
    ) }} as warnings,
    {{ join_distinct(
        "case when " ~ speaks_of_newest ~ " then checks.check_name end"
    ) }} as newest_warnings

from mart_inputs

inner join checks
    on mart_inputs.table_name = checks.table_name

group by mart_inputs.mart
