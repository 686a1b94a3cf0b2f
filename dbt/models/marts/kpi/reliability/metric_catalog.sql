{#
    Every metric, from the descriptions beside the marts: a column whose meta
    has a formula is a metric, and nowhere else is it described.
#}
{%- set rows = [] -%}
{%- if execute -%}
    {%- for mart in kpi_marts() -%}
        {%- set inputs = upstream_inputs(mart.unique_id) | join(", ") -%}
        {%- for column in mart.columns.values() -%}
            {%- set meta = column.config.meta -%}
            {%- if meta.get("formula") -%}
                {%- do rows.append([
                    column.name, mart.name, column.description, meta.formula,
                    meta.unit, meta.get("n"), mart.config.meta.grain,
                    mart.config.group, inputs,
                ]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}

with

metrics as (

    {{ text_rows(
        [
            "metric", "mart", "description", "formula", "unit", "cases", "grain",
            "owner", "inputs",
        ],
        rows,
    ) }}

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
