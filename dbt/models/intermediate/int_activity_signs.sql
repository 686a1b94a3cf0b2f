{#
    Entries that look like padding. A sign is something to ask about and no proof,
    so nothing is left out of any count for it.
-#}
{%- set rules = var("report_discipline") -%}

with

activities as (

    select
        *,
        coalesce(is_manual, true) as is_entered,
        cast(occurred_at as date) as day_on,
        {{ dbt.date_trunc("minute", "occurred_at") }} as minute_at

    from {{ ref("stg_crm__activities") }}

    where occurred_at < {{ add_days(as_of_date(), 1) }}

),

employment as (

    select * from {{ ref("int_rep_employment") }}

),

{# What a phone or mail system logged in one minute is no entry in bulk. #}
bulk_minutes as (

    select
        rep_id,
        minute_at

    from activities

    where is_entered

    group by rep_id, minute_at

    having count(*) >= {{ rules.bulk_entries_in_a_minute }}

),

day_counts as (

    select
        rep_id,
        day_on,
        activity_type,
        count(*) as entries

    from activities

    where is_entered

    group by rep_id, day_on, activity_type

),

round_days as (

    select
        rep_id,
        day_on

    from day_counts

    group by rep_id, day_on

    having max(entries % {{ rules.round_count_step }}) = 0

),

{# A copy says the same of the same lead, account or opportunity on one day. #}
copies as (

    select
        activity_id,
        row_number() over (
            partition by
                rep_id,
                day_on,
                activity_type,
                lead_id,
                account_id,
                opportunity_id,
                duration_seconds,
                outcome
            order by occurred_at, activity_id
        ) as copy_number

    from activities

    where coalesce(lead_id, account_id, opportunity_id) is not null

),

employed as (

    select distinct activities.activity_id

    from activities

    inner join employment
        on
            activities.rep_id = employment.rep_id
            and activities.day_on between employment.valid_from
            and employment.valid_to

),

signs as (

    select
        activities.activity_id,
        'bulk_entry' as sign

    from activities

    inner join bulk_minutes
        on
            activities.rep_id = bulk_minutes.rep_id
            and activities.minute_at = bulk_minutes.minute_at

    where activities.is_entered

    union all

    select
        activity_id,
        'repeated_entry' as sign

    from copies

    where copy_number > 1

    union all

    select
        activity_id,
        'call_without_length' as sign

    from activities

    where activity_type like '%call' and duration_seconds = 0

    union all

    select
        activities.activity_id,
        'outside_employment' as sign

    from activities

    left join employed
        on activities.activity_id = employed.activity_id

    where employed.activity_id is null

    union all

    select
        activities.activity_id,
        'round_counts' as sign

    from activities

    inner join round_days
        on
            activities.rep_id = round_days.rep_id
            and activities.day_on = round_days.day_on

    where activities.is_entered

)

select
    activities.activity_id,
    signs.sign,
    activities.rep_id,
    activities.activity_type,
    activities.account_id,
    activities.day_on,
    activities.occurred_at,
    activities.duration_seconds,
    activities.outcome,
    activities.is_entered

from signs

inner join activities
    on signs.activity_id = activities.activity_id
