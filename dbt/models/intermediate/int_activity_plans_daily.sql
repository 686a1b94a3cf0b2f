{#
    What a rep owed on a working day. A norm is laid out over the working days of
    its period by differences of rounded cumulated parts, so the days of a whole
    period add up to the norm exactly.
-#}
{%- set period_types = ["day", "week", "month", "quarter", "year"] -%}

with

norms as (

    select
        *,
        case
            {% for period_type in period_types %}
            when period_type = '{{ period_type }}' then {{ loop.index }}
            {% endfor %}
        end as coarseness

    from {{ ref("stg_planning__activity_norms") }}

),

rep_days as (

    select * from {{ ref("int_rep_working_days") }}

),

days as (

    select * from {{ ref("int_days") }}

),

{# Of norms that begin on one day, that of the finest period holds. #}
ranked as (

    select
        *,
        row_number() over (
            partition by scope, scope_id, activity_type, valid_from
            order by coarseness
        ) as choice

    from norms

    where coarseness is not null

),

dated as (

    select
        scope,
        scope_id,
        activity_type,
        period_type,
        planned_count,
        valid_from,
        coalesce(
            {{ add_days(
                "lead(valid_from) over ("
                ~ "partition by scope, scope_id, activity_type "
                ~ "order by valid_from)",
                -1
            ) }},
            cast('9999-12-31' as date)
        ) as valid_to

    from ranked

    where choice = 1

),

{# A rep's own norm comes before that of the role. #}
candidates as (

    select
        rep_days.rep_id,
        rep_days.day_on,
        dated.activity_type,
        dated.period_type,
        dated.planned_count,
        1 as preference

    from rep_days

    inner join dated
        on
            rep_days.rep_id = dated.scope_id
            and rep_days.day_on between dated.valid_from and dated.valid_to

    where dated.scope = 'rep'

    union all

    select
        rep_days.rep_id,
        rep_days.day_on,
        dated.activity_type,
        dated.period_type,
        dated.planned_count,
        2 as preference

    from rep_days

    inner join dated
        on
            rep_days.role = dated.scope_id
            and rep_days.day_on between dated.valid_from and dated.valid_to

    where dated.scope = 'role'

),

chosen as (

    select
        *,
        row_number() over (
            partition by rep_id, day_on, activity_type order by preference
        ) as choice

    from candidates

),

placed as (

    select
        chosen.rep_id,
        chosen.day_on,
        chosen.activity_type,
        chosen.planned_count,
        case chosen.period_type
            {% for period_type in period_types %}
            when '{{ period_type }}' then days.{{ period_type }}_working_days
            {% endfor %}
        end as working_days,
        case chosen.period_type
            {% for period_type in period_types %}
            when '{{ period_type }}'
                then days.{{ period_type }}_working_days_so_far
            {% endfor %}
        end as working_days_so_far

    from chosen

    inner join days
        on chosen.day_on = days.day_on

    where chosen.choice = 1

)

select
    rep_id,
    day_on,
    activity_type,
    cast(
        {{ rounded_money(exact_quotient(
            "planned_count * working_days_so_far", "working_days"
        )) }}
        - {{ rounded_money(exact_quotient(
            "planned_count * (working_days_so_far - 1)", "working_days"
        )) }} as decimal(18, 4)
    ) as planned

from placed
