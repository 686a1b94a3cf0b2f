{#-
    What a rep's revenue a month did after coaching: the three months after less the
    three before. Beside it, what it did in the same months for those who were employed
    all the time and not coached in it, since a good season lifts the others too.
-#}
{%- set months = 3 -%}

with

coachings as (

    select
        rep_id,
        {{ month_start("coached_on") }} as month_start,
        count(*) as coachings

    from {{ ref("stg_crm__coaching") }}

    where coached_on <= {{ as_of_date() }}

    group by rep_id, {{ month_start("coached_on") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

revenue as (

    select
        rep_id,
        month_start,
        sum(net_revenue) as net_revenue

    from {{ ref("int_revenue_daily") }}

    group by rep_id, month_start

),

employment as (

    select
        rep_id,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to

    from {{ ref("int_rep_employment") }}

    group by rep_id

),

{# Only what has all its months before and after can be judged. #}
windows as (

    select distinct
        coachings.month_start,
        {{ add_months("coachings.month_start", -months) }} as first_month,
        {{ add_months("coachings.month_start", months) }} as last_month,
        {{ add_days(
            add_months("coachings.month_start", months + 1), -1
        ) }} as last_day

    from coachings

    cross join horizon

    where
        {{ add_months("coachings.month_start", -months) }}
        >= horizon.first_data_month
        and {{ add_months("coachings.month_start", months + 1) }}
        <= {{ add_days(as_of_date(), 1) }}

),

employed as (

    select
        windows.*,
        employment.rep_id

    from windows

    inner join employment
        on
            windows.first_month >= employment.valid_from
            and windows.last_day <= employment.valid_to

),

changes as (

    select
        employed.month_start,
        employed.first_month,
        employed.last_month,
        employed.rep_id,
        coalesce(
            sum(
                case
                    when revenue.month_start > employed.month_start
                        then revenue.net_revenue
                    when revenue.month_start < employed.month_start
                        then -revenue.net_revenue
                    else 0
                end
            ),
            0
        ) as change

    from employed

    left join revenue
        on
            employed.rep_id = revenue.rep_id
            and revenue.month_start
            between employed.first_month and employed.last_month

    group by
        employed.month_start,
        employed.first_month,
        employed.last_month,
        employed.rep_id

),

coached_nearby as (

    select
        changes.month_start,
        changes.rep_id,
        max(
            case
                when coachings.month_start = changes.month_start then 1
                else 0
            end
        ) as is_coached

    from changes

    inner join coachings
        on
            changes.rep_id = coachings.rep_id
            and coachings.month_start
            between changes.first_month and changes.last_month

    group by changes.month_start, changes.rep_id

),

peers as (

    select
        changes.month_start,
        sum(changes.change) as peers_change,
        count(*) as peers

    from changes

    left join coached_nearby
        on
            changes.month_start = coached_nearby.month_start
            and changes.rep_id = coached_nearby.rep_id

    where coached_nearby.rep_id is null

    group by changes.month_start

),

judged as (

    select
        changes.month_start,
        changes.rep_id,
        changes.change

    from changes

    inner join coached_nearby
        on
            changes.month_start = coached_nearby.month_start
            and changes.rep_id = coached_nearby.rep_id
            and coached_nearby.is_coached = 1

)

select
    coachings.rep_id,
    coachings.month_start,
    coachings.coachings,
    case when judged.rep_id is not null then 1 else 0 end as judged_months,
    {{ money("judged.change") }} as change,
    {{ money(
        "case when judged.rep_id is not null then peers.peers_change end"
    ) }} as peers_change,
    case when judged.rep_id is not null then coalesce(peers.peers, 0) else 0 end
        as peers

from coachings

left join judged
    on
        coachings.rep_id = judged.rep_id
        and coachings.month_start = judged.month_start

left join peers
    on coachings.month_start = peers.month_start
