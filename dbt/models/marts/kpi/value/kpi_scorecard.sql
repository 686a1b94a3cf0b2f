with

facts as (

    select * from {{ ref("int_scorecard_facts") }}

),

positions as (

    select * from {{ ref("int_rep_positions") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

person_periods as (

    select distinct
        rep_id,
        period_start,
        period_end

    from facts

),

{# Who moved within a period is where its end, or the run, found them. #}
placed as (

    select
        person_periods.rep_id,
        person_periods.period_start,
        person_periods.period_end,
        positions.role,
        positions.manager_rep_id,
        row_number() over (
            partition by
                person_periods.rep_id,
                person_periods.period_start,
                person_periods.period_end
            order by positions.valid_from desc
        ) as recency

    from person_periods

    inner join positions
        on
            person_periods.rep_id = positions.rep_id
            and positions.valid_from
            <= least(person_periods.period_end, {{ as_of_date() }})
            and positions.valid_to >= person_periods.period_start

),

of_the_role as (

    select
        facts.*,
        placed.manager_rep_id,
        case
            when not facts.is_lower_better
                then {{ attainment(
                    "facts.fact", "facts.plan_low", "facts.plan_high"
                ) }}
            when facts.fact <= facts.plan_high then cast(1 as double)
            else {{ ratio("facts.plan_high", "facts.fact") }}
        end as attainment,
        case when facts.is_lower_better then -facts.fact else facts.fact end
            as merit

    from facts

    inner join placed
        on
            facts.rep_id = placed.rep_id
            and facts.period_start = placed.period_start
            and facts.period_end = placed.period_end
            and facts.role = placed.role
            and placed.recency = 1

),

{# Who has no fact has no rank, and takes no one else's. #}
ranked as (

    select
        *,
        rank() over (
            partition by kpi, period_type, period_start, role, manager_rep_id
            order by case when merit is null then 1 else 0 end, merit desc
        ) as place,
        count(merit) over (
            partition by kpi, period_type, period_start, role, manager_rep_id
        ) as ranked_in_team

    from of_the_role

)

select
    ranked.rep_id,
    coalesce(reps.rep_name, ranked.rep_id) as rep_name,
    ranked.role,
    ranked.manager_rep_id,
    ranked.period_type,
    ranked.period_start,
    ranked.period_end,
    ranked.period_end > {{ as_of_date() }} as is_partial,
    ranked.kpi,
    cast(ranked.place_on_card as integer) as place_on_card,
    ranked.plan_low,
    ranked.plan_high,
    ranked.fact,
    ranked.n,
    ranked.attainment,
    cast(case when ranked.merit is not null then ranked.place end as integer)
        as rank_in_team,
    cast(ranked.ranked_in_team as integer) as ranked_in_team,
    ranked.is_lower_better,
    ranked.reliability,
    ranked.unreliable_share,
    ranked.reliability_reasons,
    {{ run_id() }} as run_id

from ranked

left join reps
    on ranked.rep_id = reps.rep_id
