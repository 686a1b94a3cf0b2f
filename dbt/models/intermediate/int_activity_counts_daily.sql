{#
    What a rep did on a day, by kind of activity. An invoice issued is counted once,
    for its primary rep, from the documents themselves.
-#}
with

activities as (

    select * from {{ ref("int_activities") }}

    where activity_type <> 'invoice issued'

),

invoices as (

    select * from {{ ref("int_rep_invoices_daily") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

activity_counts as (

    select
        rep_id,
        activity_type,
        cast(occurred_at as date) as day_on,
        count(*) as fact

    from activities

    group by rep_id, activity_type, cast(occurred_at as date)

)

select
    activity_counts.rep_id,
    activity_counts.activity_type,
    activity_counts.day_on,
    cast(activity_counts.fact as bigint) as fact,
    cast(
        case when reps.is_known then 0 else activity_counts.fact end as bigint
    ) as flagged,
    case when reps.is_known then 0 else {{ rule_bit("unknown_rep") }} end
        as flag_mask

from activity_counts

left join reps
    on activity_counts.rep_id = reps.rep_id

union all

select
    rep_id,
    'invoice issued' as activity_type,
    day_on,
    invoices as fact,
    flagged_invoices as flagged,
    flag_mask

from invoices
