with

actions as (

    select * from {{ ref("int_client_actions") }}

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

{# Only clients that something is done about are asked for their state. #}
states as (

    select
        client_id,
        max(
            case
                when next_purchased_on is null
                    then coalesce(spell_lost_on, cast('9999-12-31' as date))
            end
        ) as lost_on

    from purchases

    where client_id in (select actions.client_id from actions)

    group by client_id

)

select
    actions.action_id,
    coalesce(actions.client_id, actions.account_id) as client_id,
    clients.client_name,
    case
        when states.client_id is null then 'prospect'
        when states.lost_on <= {{ as_of_date() }} then 'lost'
        else 'buying'
    end as client_state,
    actions.rep_id,
    reps.rep_name,
    actions.action_type,
    actions.aim,
    actions.planned_on,
    actions.done_on,
    actions.done_on is null and actions.planned_on < {{ as_of_date() }}
        as is_overdue,
    actions.window_end as received_until,
    coalesce(actions.window_end > {{ as_of_date() }}, true) as is_partial,
    {{ money("actions.budget") }} as budget,
    {{ money("actions.expected") }} as expected,
    {{ money("actions.received") }} as received,
    {{ ratio("actions.received", "actions.expected") }} as received_share,
    {{ reliability_columns(
        flagged="actions.flagged_revenue",
        total="actions.absolute_revenue",
        flag_mask="actions.flag_mask",
        notes=[
            {
                "when": "actions.is_rate_missing",
                "name": "missing_exchange_rate",
                "is_caution": true,
            },
            {
                "when": "clients.client_id is null",
                "name": "unknown_client",
                "is_caution": true,
            },
            {"when": "actions.done_on is null", "name": "not_done"},
        ],
    ) }}

from actions

left join states
    on actions.client_id = states.client_id

left join clients
    on actions.client_id = clients.client_id

left join reps
    on actions.rep_id = reps.rep_id
