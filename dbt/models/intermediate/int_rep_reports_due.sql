{#
    The last day on which the report of a working day is in time. What came before
    the first record of any report or entry nobody can be asked for.
-#}
{%- set within = var("report_discipline").due_within_working_days -%}

with

rep_days as (

    select * from {{ ref("int_rep_working_days") }}

),

schemes as (

    select * from {{ ref("int_bonus_schemes") }}

    where is_report_required

),

reports as (

    select
        rep_id,
        report_date,
        min(submitted_at) as submitted_at

    from {{ ref("stg_crm__rep_reports") }}

    where submitted_at < {{ add_days(as_of_date(), 1) }}

    group by rep_id, report_date

),

entries as (

    select
        rep_id,
        cast(occurred_at as date) as day_on,
        sum(case when coalesce(is_manual, true) then 1 else 0 end)
            as manual_entries,
        sum(case when coalesce(is_manual, true) then 0 else 1 end)
            as system_entries

    from {{ ref("stg_crm__activities") }}

    where occurred_at < {{ add_days(as_of_date(), 1) }}

    group by rep_id, cast(occurred_at as date)

),

first_records as (

    select min(day_on) as first_record_on

    from (
        select report_date as day_on from reports
        union all
        select day_on from entries
        where manual_entries > 0
    ) as records

),

working_days as (

    select
        day_on,
        row_number() over (order by day_on) as day_number

    from {{ ref("int_days") }}

    where is_working_day

),

due_days as (

    select
        working_days.day_on,
        later_days.day_on as due_by

    from working_days

    inner join working_days as later_days
        on working_days.day_number + {{ within }} = later_days.day_number

),

required as (

    select distinct
        rep_days.rep_id,
        rep_days.day_on

    from rep_days

    inner join schemes
        on
            rep_days.role = schemes.role
            and rep_days.day_on >= schemes.valid_from
            and rep_days.day_on <= schemes.valid_to

),

joined as (

    select
        rep_days.rep_id,
        rep_days.day_on,
        due_days.due_by,
        coalesce(entries.manual_entries, 0) as manual_entries,
        coalesce(entries.system_entries, 0) as system_entries,
        required.rep_id is not null
        or coalesce(entries.manual_entries, 0) > 0 as report_due,
        reports.submitted_at

    from rep_days

    cross join first_records

    inner join due_days
        on rep_days.day_on = due_days.day_on

    left join required
        on
            rep_days.rep_id = required.rep_id
            and rep_days.day_on = required.day_on

    left join entries
        on
            rep_days.rep_id = entries.rep_id
            and rep_days.day_on = entries.day_on

    left join reports
        on
            rep_days.rep_id = reports.rep_id
            and rep_days.day_on = reports.report_date

    where rep_days.day_on >= first_records.first_record_on

)

select
    *,
    case
        when not report_due then 'not_due'
        when submitted_at < {{ add_days("due_by", 1) }} then 'in_time'
        when submitted_at is not null then 'late'
        when due_by >= {{ as_of_date() }} then 'pending'
        else 'missing'
    end as state

from joined
