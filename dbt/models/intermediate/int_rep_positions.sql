{#
    Where a system overwrites a rep's row, its stretch of time is cut at the day on
    which the change was known. A row whose time was over by then was corrected,
    and the correction holds for all of it.
#}
with

reps as (

    select
        rep_id,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to

    from {{ ref("stg_crm__reps") }}

),

versions as (

    select
        *,
        {{ known_until(["rep_id", "valid_from"]) }} as known_until,
        row_number() over (
            partition by rep_id, valid_from order by version desc
        ) as recency

    from {{ ref("history_rep_positions") }}

),

corrections as (

    select
        reps.rep_id,
        reps.valid_from

    from reps

    inner join versions
        on
            reps.rep_id = versions.rep_id
            and reps.valid_from = versions.valid_from
            and versions.recency = 1
            and versions.version > 1
            and versions.known_from > reps.valid_to

),

stretches as (

    select
        reps.rep_id,
        versions.manager_rep_id,
        versions.role,
        versions.territory_id,
        case
            when
                versions.version = 1
                or corrections.rep_id is not null
                or versions.known_from < reps.valid_from
                then reps.valid_from
            else versions.known_from
        end as valid_from,
        case
            when corrections.rep_id is not null then reps.valid_to
            else least(reps.valid_to, versions.known_until)
        end as valid_to

    from reps

    inner join versions
        on
            reps.rep_id = versions.rep_id
            and reps.valid_from = versions.valid_from

    left join corrections
        on
            reps.rep_id = corrections.rep_id
            and reps.valid_from = corrections.valid_from

    where corrections.rep_id is null or versions.recency = 1

)

select
    rep_id,
    manager_rep_id,
    role,
    territory_id,
    valid_from,
    valid_to

from stretches

where valid_from <= valid_to
