{#-
    Rules about inputs that are counted all the same. Each has a bit, so that a
    line carries its flags as one number and a sum over lines as another.
-#}
{% macro input_rules() -%}
    {{ return([
        {"name": "invoice_without_lines", "bit": 1},
        {"name": "lines_do_not_tie", "bit": 2},
        {"name": "unmatched_client", "bit": 4},
        {"name": "missing_exchange_rate", "bit": 8},
        {"name": "unknown_rep", "bit": 16},
        {"name": "unknown_product", "bit": 32},
        {"name": "negative_mrr", "bit": 64},
    ]) }}
{%- endmacro %}

{% macro rule_bit(name) -%}
    {%- for rule in input_rules() if rule.name == name -%}{{ rule.bit }}{%- endfor -%}
{%- endmacro %}

{#- The names of the rules set in a flag mask, joined by commas; '' with none. -#}
{% macro rule_names(flag_mask) -%}
    concat_ws(
        ', '
        {%- for rule in input_rules() %},
        case when ({{ flag_mask }} & {{ rule.bit }}) <> 0 then '{{ rule.name }}' end
        {%- endfor %}
    )
{%- endmacro %}

{#-
    The three reliability columns of a mart row, and its run.

    flagged, total: the money (or count) that rests on flagged inputs, and all of it.
    flag_mask: which input rules; notes: conditions of the row itself, each
    {"when": sql, "name": reason, "is_caution": whether it lowers the row};
    period_end: the last day the row speaks of, where it is not the run's own.
-#}
{% macro reliability_columns(flagged="0", total="0", flag_mask="0", notes=[], period_end=none) -%}
    {%- set share -%}
        coalesce({{ ratio(flagged, total) }}, 0)
    {%- endset -%}
    {%- set warnings -%}
        nullif(
            concat_ws(
                ', ',
                {{ mart_warnings("warnings") }},
                {%- if period_end is none %}
                {{ mart_warnings("newest_warnings") }}
                {%- else %}
                case
                    when {{ period_end }} >= {{ month_start(as_of_date()) }}
                        then {{ mart_warnings("newest_warnings") }}
                end
                {%- endif %}
            ),
            ''
        )
    {%- endset -%}
    case
        when {{ share }} > {{ var("reliability").unreliable_above_share }}
            then 'unreliable'
        when
            {{ share }} > 0
            or coalesce({{ flag_mask }}, 0) <> 0
            or {{ warnings }} is not null
            {%- for note in notes if note.is_caution %}
            or {{ note.when }}
            {%- endfor %}
            then 'caution'
        else 'reliable'
    end as reliability,
    {{ share }} as unreliable_share,
    concat_ws(
        ', ',
        nullif({{ rule_names("coalesce(" ~ flag_mask ~ ", 0)") }}, ''),
        {%- for note in notes %}
        case when {{ note.when }} then '{{ note.name }}' end,
        {%- endfor %}
        {{ warnings }}
    ) as reliability_reasons,
    {{ run_id() }} as run_id
{%- endmacro %}

{#- One kind of what the input checks warned of for the mart being built. -#}
{% macro mart_warnings(column) -%}
    (
        select input_warnings.{{ column }}
        from {{ ref("int_input_warnings") }} as input_warnings
        where input_warnings.mart = '{{ this.name }}'
    )
{%- endmacro %}
