{#-
    When each client was last spoken with and what is to follow: what a visit begins
    with. Visits' reports are of the account, which a merge gives to its survivor.
-#}
with

activities as (

    select
        *,
        cast(occurred_at as date) as day_on

    from {{ ref("int_activities") }}

    where client_id is not null

),

visit_reports as (

    select * from {{ ref("stg_crm__visit_reports") }}

),

contacts as (

    select
        activities.client_id,
        activities.rep_id,
        activities.activity_type,
        activities.outcome,
        activities.day_on,
        visit_reports.purpose,
        visit_reports.next_step,
        row_number() over (
            partition by
                activities.client_id,
                case
                    when activities.activity_type = 'visit' then 'visit'
                    when activities.activity_type like '%call' then 'call'
                    else 'other'
                end
            order by activities.occurred_at desc, activities.activity_id
        ) as place

    from activities

    left join visit_reports
        on activities.activity_id = visit_reports.activity_id

)

select
    client_id,
    {% for field in ["day_on", "rep_id", "purpose", "next_step"] %}
    max(case when activity_type = 'visit' and place = 1 then {{ field }} end)
        as last_visit_{{ field }},
    {% endfor %}
    {% for field in ["day_on", "outcome"] %}
    max(case when activity_type like '%call' and place = 1 then {{ field }} end)
        as last_call_{{ field }},
    {% endfor %}
    sum(
        case
            when
                activity_type = 'visit'
                and {{ is_in_trailing_year("day_on", as_of_date()) }}
                then 1
            else 0
        end
    ) as visits_12_months

from contacts

group by client_id
