{#- A returned row is a combination of the key's columns that stands twice. -#}
{% test unique_key(model, columns) %}
select
    {{ columns | join(",\n    ") }},
    count(*) as occurrences

from {{ model }}

group by {{ columns | join(", ") }}

having count(*) > 1
{% endtest %}
