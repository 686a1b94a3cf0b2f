{#-
    A returned row is a combination of the key's columns that stands twice. Of a
    model built by client and month a night looks only at what it built: the rest was
    tested when it was.
-#}
{% test unique_key(model, columns, touched=none, starts="month_start") %}
select
    {{ columns | join(",\n    ") }},
    count(*) as occurrences

from {{ model }}

{% if touched and not (execute and is_full_build()) %}
where (client_id, {{ starts }}) in (
    select
        touched.client_id,
        touched.{{ starts }}
    from {{ ref(touched) }} as touched
)
{% endif %}

group by {{ columns | join(", ") }}

having count(*) > 1
{% endtest %}
