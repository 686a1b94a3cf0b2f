{%- set period_types = ["day", "week", "month", "quarter", "year"] -%}

with

plans as (

    select * from {{ ref("int_activity_plans_daily") }}

),

counts as (

    select * from {{ ref("int_activity_counts_daily") }}

),

rep_days as (

    select * from {{ ref("int_rep_working_days") }}

),

days as (

    select * from {{ ref("int_days") }}

),

chain as (

    select * from {{ ref("int_rep_chain") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

plans_and_counts as (

    select
        rep_id,
        day_on,
        activity_type,
        planned,
        0 as fact,
        0 as flagged,
        0 as flag_mask

    from plans

    union all

    select
        rep_id,
        day_on,
        activity_type,
        0 as planned,
        fact,
        flagged,
        flag_mask

    from counts

),

own as (

    select
        rep_id,
        day_on,
        activity_type,
        sum(planned) as planned,
        sum(fact) as fact,
        sum(flagged) as flagged,
        bit_or(flag_mask) as flag_mask

    from plans_and_counts

    group by rep_id, day_on, activity_type

),

leaders as (

    select distinct above_rep_id from chain

    where depth > 0

),

{# A leader is part of the team; whoever never led anybody has none. #}
team_chain as (

    select
        chain.rep_id,
        chain.above_rep_id,
        chain.valid_from,
        chain.valid_to

    from chain

    inner join leaders
        on chain.above_rep_id = leaders.above_rep_id

),

team as (

    select
        team_chain.above_rep_id as rep_id,
        own.day_on,
        own.activity_type,
        sum(own.planned) as planned,
        sum(own.fact) as fact,
        sum(own.flagged) as flagged,
        bit_or(own.flag_mask) as flag_mask

    from own

    inner join team_chain
        on
            own.rep_id = team_chain.rep_id
            and own.day_on between team_chain.valid_from
            and team_chain.valid_to

    group by team_chain.above_rep_id, own.day_on, own.activity_type

),

employed_days as (

    select
        'own' as chain_role,
        rep_id,
        day_on,
        1 as employed_working_days

    from rep_days

    union all

    select
        'team' as chain_role,
        team_chain.above_rep_id as rep_id,
        rep_days.day_on,
        count(*) as employed_working_days

    from rep_days

    inner join team_chain
        on
            rep_days.rep_id = team_chain.rep_id
            and rep_days.day_on between team_chain.valid_from
            and team_chain.valid_to

    group by team_chain.above_rep_id, rep_days.day_on

),

both_roles as (

    {% for chain_role in ["own", "team"] %}
    select
        '{{ chain_role }}' as chain_role,
        rep_id,
        day_on,
        activity_type,
        planned,
        fact,
        flagged,
        flag_mask

    from {{ chain_role }}

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

by_period as (

    {% for period_type in period_types %}
    select
        '{{ period_type }}' as period_type,
        days.{{ period_type }}_start as period_start,
        days.{{ period_type }}_end as period_end,
        both_roles.chain_role,
        both_roles.rep_id,
        both_roles.activity_type,
        sum(both_roles.planned) as planned,
        sum(both_roles.fact) as fact,
        sum(both_roles.flagged) as flagged,
        bit_or(both_roles.flag_mask) as flag_mask

    from both_roles

    inner join days
        on both_roles.day_on = days.day_on

    group by
        days.{{ period_type }}_start,
        days.{{ period_type }}_end,
        both_roles.chain_role,
        both_roles.rep_id,
        both_roles.activity_type

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

employed_by_period as (

    {% for period_type in period_types %}
    select
        '{{ period_type }}' as period_type,
        days.{{ period_type }}_start as period_start,
        employed_days.chain_role,
        employed_days.rep_id,
        sum(employed_days.employed_working_days) as employed_working_days

    from employed_days

    inner join days
        on employed_days.day_on = days.day_on

    group by
        days.{{ period_type }}_start,
        employed_days.chain_role,
        employed_days.rep_id

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    by_period.rep_id,
    coalesce(reps.rep_name, 'Unknown rep ' || by_period.rep_id) as rep_name,
    by_period.chain_role,
    by_period.period_type,
    by_period.period_start,
    by_period.period_end,
    by_period.activity_type,
    by_period.period_end > {{ as_of_date() }} as is_partial,
    cast(
        coalesce(employed_by_period.employed_working_days, 0) as bigint
    ) as employed_working_days,
    cast(by_period.planned as decimal(18, 4)) as planned,
    cast(by_period.fact as bigint) as fact,
    {{ ratio("by_period.fact", "by_period.planned") }} as completion,
    {{ reliability_columns(
        period_end="by_period.period_end",
        flagged="by_period.flagged",
        total="by_period.fact",
        flag_mask="by_period.flag_mask",
        notes=[
            {
                "when": "by_period.planned = 0",
                "name": "nothing_planned",
                "is_caution": false,
            },
        ],
    ) }}

from by_period

left join employed_by_period
    on
        by_period.period_type = employed_by_period.period_type
        and by_period.period_start = employed_by_period.period_start
        and by_period.chain_role = employed_by_period.chain_role
        and by_period.rep_id = employed_by_period.rep_id

left join reps
    on by_period.rep_id = reps.rep_id
