{#-
    What the extracts say of today only is kept as versions: a row is added on the
    first night and on each night that finds it otherwise, and none is ever changed
    or removed. dbt's snapshots would close the version before, by a merge that a
    plain Parquet table does not have.
-#}

{#-
    Tonight's rows that differ from the latest version of their key, as the next one.

    rows: a CTE with one row a key; key, values: its columns; starts_when: what must
    hold for a key to be kept at all.
-#}
{% macro new_versions(rows, key, values, starts_when="true") -%}
select
    {%- for column in key + values %}
    {{ rows }}.{{ column }},
    {%- endfor %}
    {%- if is_incremental() %}
    cast(coalesce(latest.version, 0) + 1 as integer) as version,
    {%- else %}
    cast(1 as integer) as version,
    {%- endif %}
    {{ as_of_date() }} as known_from

from {{ rows }}
{% if is_incremental() %}
left join (
    select
        *,
        row_number() over (
            partition by {{ key | join(", ") }} order by version desc
        ) as recency
    from {{ this }}
) as latest
    on
        latest.recency = 1
        {%- for column in key %}
        and {{ rows }}.{{ column }} = latest.{{ column }}
        {%- endfor %}

where
    (latest.version is null and {{ starts_when }})
    or (
        latest.version is not null
        and (
            {%- for column in values %}
            {% if not loop.first %}or {% endif -%}
            coalesce({{ rows }}.{{ column }}, '') <> coalesce(latest.{{ column }}, '')
            {%- endfor %}
        )
    )
{% else %}
where {{ starts_when }}
{% endif %}
{%- endmacro %}

{#- The day before a later version of the same key is known; the last day of all. -#}
{% macro known_until(key) -%}
    coalesce(
        {{ add_days("min(known_from) over (
            partition by " ~ key | join(", ") ~ " order by version
            rows between 1 following and unbounded following
        )", -1) }},
        cast('9999-12-31' as date)
    )
{%- endmacro %}
