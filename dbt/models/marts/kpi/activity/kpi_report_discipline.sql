{%- set signs = {
    "bulk_entry": "bulk_entries",
    "repeated_entry": "repeated_entries",
    "call_without_length": "calls_without_length",
    "outside_employment": "entries_outside_employment",
    "round_counts": "round_count_entries",
} -%}

with

reports_due as (

    select * from {{ ref("int_rep_reports_due") }}

),

activity_signs as (

    select * from {{ ref("int_activity_signs") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

signs_by_day as (

    select
        rep_id,
        day_on,
        {% for sign, column in signs.items() %}
        sum(case when sign = '{{ sign }}' then 1 else 0 end) as {{ column }},
        {% endfor %}
        count(distinct activity_id) as flagged_entries

    from activity_signs

    group by rep_id, day_on

),

{# Entries at weekends or outside the employment have a day of their own. #}
rep_days as (

    select
        rep_id,
        day_on

    from reports_due

    union

    select
        rep_id,
        day_on

    from signs_by_day

),

joined as (

    select
        rep_days.rep_id,
        rep_days.day_on,
        reports_due.rep_id is not null as is_employed_working_day,
        coalesce(reports_due.report_due, false) as report_due,
        reports_due.due_by,
        reports_due.submitted_at,
        coalesce(reports_due.state, 'not_due') as state,
        reports_due.manual_entries,
        reports_due.system_entries,
        {% for column in signs.values() %}
        coalesce(signs_by_day.{{ column }}, 0) as {{ column }},
        {% endfor %}
        coalesce(signs_by_day.flagged_entries, 0) as flagged_entries

    from rep_days

    left join reports_due
        on
            rep_days.rep_id = reports_due.rep_id
            and rep_days.day_on = reports_due.day_on

    left join signs_by_day
        on
            rep_days.rep_id = signs_by_day.rep_id
            and rep_days.day_on = signs_by_day.day_on

)

select
    joined.rep_id,
    coalesce(reps.rep_name, 'Unknown rep ' || joined.rep_id) as rep_name,
    joined.day_on as report_date,
    joined.is_employed_working_day,
    joined.report_due,
    joined.due_by,
    {{ utc_time("joined.submitted_at") }} as submitted_at,
    joined.state,
    cast(coalesce(joined.manual_entries, 0) as bigint) as manual_entries,
    cast(coalesce(joined.system_entries, 0) as bigint) as system_entries,
    {% for column in signs.values() %}
    cast(joined.{{ column }} as bigint) as {{ column }},
    {% endfor %}
    {{ reliability_columns(
        period_end="joined.day_on",
        notes=[
            {
                "when": "joined.flagged_entries > 0",
                "name": "signs_of_padding",
                "is_caution": true,
            },
        ],
    ) }}

from joined

left join reps
    on joined.rep_id = reps.rep_id
