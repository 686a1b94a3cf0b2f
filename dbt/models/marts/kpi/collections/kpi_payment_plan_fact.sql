{%- set first_day = add_days(as_of_date(), -var("collections").window_days) -%}
with

planned as (

    select * from {{ ref("int_payments_planned") }}

),

balances as (

    select * from {{ ref("int_receivable_balances") }}

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

    where is_primary

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

payments as (

    select
        item_type,
        item_id,
        client_id,
        changed_on as planned_for,
        0 as planned_promised,
        0 as planned_expected,
        0 as n_invoices_planned,
        0 as planned_though_paid,
        collected as paid,
        flag_mask

    from balances

    where changed_on >= {{ first_day }} and collected <> 0

    union all

    select
        'document' as item_type,
        item_id,
        client_id,
        planned_on as planned_for,
        case when is_promise then planned else 0 end as planned_promised,
        case when is_promise then 0 else planned end as planned_expected,
        1 as n_invoices_planned,
        case when is_paid_without_payments then planned else 0 end
            as planned_though_paid,
        0 as paid,
        flag_mask

    from planned

),

{# Cash of no document is the success of whoever has the client. #}
with_reps as (

    select
        payments.*,
        coalesce(
            document_reps.rep_id, clients.owner_rep_id, 'unassigned'
        ) as rep_id,
        payments.planned_promised + payments.planned_expected + payments.paid
            as amount

    from payments

    left join document_reps
        on
            payments.item_id = document_reps.invoice_id
            and payments.item_type = 'document'

    left join clients
        on payments.client_id = clients.client_id

),

by_day as (

    select
        planned_for,
        client_id,
        rep_id,
        coalesce(sum(planned_promised), 0) as planned_promised,
        coalesce(sum(planned_expected), 0) as planned_expected,
        sum(n_invoices_planned) as n_invoices_planned,
        coalesce(sum(planned_though_paid), 0) as planned_though_paid,
        coalesce(sum(paid), 0) as paid,
        coalesce(sum(abs(amount)), 0) as absolute_amount,
        coalesce(
            sum(
                case
                    when flag_mask <> 0 or planned_though_paid <> 0
                        then abs(amount)
                    else 0
                end
            ),
            0
        ) as flagged_amount,
        bit_or(flag_mask) as flag_mask

    from with_reps

    group by planned_for, client_id, rep_id

),

with_outcomes as (

    select
        *,
        planned_promised + planned_expected as planned,
        {# A day to come has no outcome, which is not the same as none paid. #}
        case when planned_for <= {{ as_of_date() }} then paid end as paid_so_far

    from by_day

)

select
    outcomes.planned_for,
    outcomes.client_id,
    clients.client_name,
    outcomes.rep_id,
    reps.rep_name,
    outcomes.planned_for = {{ add_days(as_of_date(), 1) }} as is_tomorrow,
    {{ money("outcomes.planned_promised") }} as planned_promised,
    {{ money("outcomes.planned_expected") }} as planned_expected,
    {{ money("outcomes.planned") }} as planned,
    {{ money("outcomes.paid_so_far") }} as paid,
    {{ money("outcomes.paid_so_far - outcomes.planned") }} as difference,
    {{ ratio("outcomes.paid_so_far", "outcomes.planned") }} as plan_fulfilment,
    cast(outcomes.n_invoices_planned as integer) as n_invoices_planned,
    {{ reliability_columns(
        period_end="outcomes.planned_for",
        flagged="outcomes.flagged_amount",
        total="outcomes.absolute_amount",
        flag_mask="outcomes.flag_mask",
        notes=[
            {
                "when": "outcomes.planned_though_paid <> 0",
                "name": "paid_without_payments",
                "is_caution": true,
            },
            {
                "when": "outcomes.rep_id = 'unassigned'",
                "name": "no_rep",
            },
        ],
    ) }}

from with_outcomes as outcomes

left join clients
    on outcomes.client_id = clients.client_id

left join reps
    on outcomes.rep_id = reps.rep_id
