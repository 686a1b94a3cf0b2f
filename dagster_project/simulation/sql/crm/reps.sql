with
slots as (
    select range as slot from range(rep_count())
),
holders as (
    select
        slot,
        0 as holder,
        -1000000 as first_workday,
        holder_changes_on(slot) as end_workday
    from slots
    union all
    select slot, 1, holder_changes_on(slot), 1000000
    from slots
    where holder_changes_on(slot) < workday_count()
),
-- One row up to the move and one from it on.
stretches as (
    select
        *,
        first_workday as from_workday,
        case
            when moves_on(slot) > first_workday and moves_on(slot) < end_workday
                then moves_on(slot)
            else end_workday
        end as to_workday
    from holders
    union all
    select *, moves_on(slot), end_workday
    from holders
    where moves_on(slot) > first_workday and moves_on(slot) < end_workday
),
reps as (
    select
        rep_id_of(slot, holder) as rep_id,
        person_name(rep_id_of(slot, holder)) as rep_name,
        'rep' as role,
        manager_id(team_at(slot, from_workday)) as manager_rep_id,
        territory_id(team_at(slot, from_workday), slot % 4) as territory_id,
        case
            when first_workday < 0
                then date '2020-06-01' - cast(draw(slot, 'hired', 2000) as integer)
            else day_of(first_workday)
        end as hired_on,
        case when end_workday < workday_count() then day_of(end_workday) - 1 end as left_on,
        case
            when from_workday < 0
                then date '2020-06-01' - cast(draw(slot, 'hired', 2000) as integer)
            else day_of(from_workday)
        end as valid_from,
        case when to_workday < workday_count() then day_of(to_workday) - 1 end as valid_to
    from stretches
    where from_workday < workday_count()
    union all
    select
        manager_id(range),
        person_name(manager_id(range)),
        'line_manager',
        director_id(range),
        territory_id(range, 0),
        date '2015-01-01',
        null,
        date '2015-01-01',
        null
    from range(team_count())
    union all
    select distinct
        director_id(range),
        person_name(director_id(range)),
        'commercial_director',
        cast(null as bigint),
        cast(null as varchar),
        date '2012-01-01',
        cast(null as date),
        date '2012-01-01',
        cast(null as date)
    from range(team_count())
)
select *, 'rep' || rep_id || '@example.com' as email
from reps
-- What begins and ends within one heavy night was never in force.
where valid_to is null or valid_to >= valid_from
order by rep_id, valid_from
