{#-
    A returned row is a combination of the key's columns that stands twice. Of a
    model built by client and month a night looks only at what it built: the rest was
    tested when it was.
-#}
{% test unique_key(model, columns, touched=none) %}
select
    {{ columns | join(",\n    ") }},
    count(*) as occurrences

from {{ model }}

{% if touched %}
where
    (select is_full_build from {{ source("run", "context") }})
    or (client_id, month_start) in (
        select
            touched.client_id,
            touched.month_start
        from {{ ref(touched) }} as touched
    )
{% endif %}

group by {{ columns | join(", ") }}

having count(*) > 1
{% endtest %}
