{#-
    A returned row is a combination of the key's columns that stands twice. Of a
    model built by month only the months that were built are looked at: what a
    night did not touch was tested when it was.
-#}
{% test unique_key(model, columns, touched=none) %}
select
    {{ columns | join(",\n    ") }},
    count(*) as occurrences

from {{ model }}

{% if touched %}
where month_start in (select month_start from {{ ref(touched) }})
{% endif %}

group by {{ columns | join(", ") }}

having count(*) > 1
{% endtest %}
