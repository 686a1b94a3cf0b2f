with

plans as (

    select * from {{ ref("int_work_plans") }}

),

activities as (

    select * from {{ ref("int_activities") }}

    where activity_type = 'visit'

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

    where is_first

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

owners as (

    select * from {{ ref("int_account_owners") }}

),

documents as (

    select * from {{ ref("int_documents") }}

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

),

{# Only what some plan is about is looked up and converted. #}
payments as (

    select * from {{ ref("int_payments") }}

    where
        invoice_id is not null
        and paid_on >= (
            select min(plans.period_start) from plans
            where plans.item = 'collections'
        )

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

paid as (

    select
        document_reps.rep_id,
        payments.paid_on,
        {{ money(share_of(
            money_times("payments.amount", "rates.exchange_rate"),
            "document_reps.share_from",
            "document_reps.share_to",
        )) }} as amount,
        documents.flag_mask + case
            when
                rates.exchange_rate is null
                and documents.exchange_rate is not null
                then {{ rule_bit("missing_exchange_rate") }}
            else 0
        end as flag_mask

    from payments

    inner join documents
        on payments.invoice_id = documents.invoice_id

    inner join document_reps
        on payments.invoice_id = document_reps.invoice_id

    left join rates
        on
            payments.currency = rates.currency
            and payments.month_start = rates.month_start

),

rep_days as (

    select
        'visits' as item,
        rep_id,
        cast(occurred_at as date) as done_on,
        {{ money("count(*)") }} as done,
        {{ money("count(*)") }} as total,
        {{ money("0") }} as flagged,
        0 as flag_mask

    from activities

    group by rep_id, cast(occurred_at as date)

    union all

    select
        'development' as item,
        rep_id,
        purchased_on as done_on,
        {{ money("count(*)") }} as done,
        {{ money("count(*)") }} as total,
        {{ money("0") }} as flagged,
        0 as flag_mask

    from purchases

    group by rep_id, purchased_on

    union all

    select
        'collections' as item,
        rep_id,
        paid_on as done_on,
        {{ money("sum(amount)") }} as done,
        {{ money("sum(abs(amount))") }} as total,
        {{ money("sum(case when flag_mask <> 0 then abs(amount) end)") }}
            as flagged,
        bit_or(flag_mask) as flag_mask

    from paid

    group by rep_id, paid_on

),

done_by_day as (

    select
        plans.rep_id,
        plans.period_type,
        plans.period_start,
        plans.item,
        sum(rep_days.done) as done,
        sum(rep_days.total) as total,
        sum(rep_days.flagged) as flagged,
        bit_or(rep_days.flag_mask) as flag_mask

    from plans

    inner join rep_days
        on
            plans.item = rep_days.item
            and plans.rep_id = rep_days.rep_id
            and rep_days.done_on >= plans.period_start
            and rep_days.done_on <= plans.last_day

    group by
        plans.rep_id,
        plans.period_type,
        plans.period_start,
        plans.item

),

lift_periods as (

    select distinct
        period_type,
        period_start,
        last_day,
        prior_start,
        prior_end

    from plans

    where item = 'lift' and period_start <= last_day

),

{# Each period and, to be taken off, the same days of last year. #}
lift_spans as (

    select
        period_type,
        period_start,
        last_day,
        period_start as first_day,
        last_day as final_day,
        1 as sign

    from lift_periods

    union all

    select
        period_type,
        period_start,
        last_day,
        prior_start as first_day,
        prior_end as final_day,
        -1 as sign

    from lift_periods

),

client_days as (

    select
        client_id,
        issued_on,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    where
        issued_on >= (
            select min(lift_periods.prior_start) from lift_periods
        )

    group by client_id, issued_on

),

{# Clients that bought in either year: what has no revenue has no lift. #}
client_lifts as (

    select
        lift_spans.period_type,
        lift_spans.period_start,
        lift_spans.last_day,
        client_days.client_id,
        sum(lift_spans.sign * client_days.net_revenue) as lift,
        sum(client_days.absolute_revenue) as absolute_revenue,
        sum(client_days.flagged_revenue) as flagged_revenue,
        bit_or(client_days.flag_mask) as flag_mask

    from lift_spans

    inner join client_days
        on
            client_days.issued_on >= lift_spans.first_day
            and client_days.issued_on <= lift_spans.final_day

    group by
        lift_spans.period_type,
        lift_spans.period_start,
        lift_spans.last_day,
        client_days.client_id

),

lifts as (

    select
        owners.owner_rep_id as rep_id,
        client_lifts.period_type,
        client_lifts.period_start,
        sum(client_lifts.lift) as done,
        sum(client_lifts.absolute_revenue) as total,
        sum(client_lifts.flagged_revenue) as flagged,
        bit_or(client_lifts.flag_mask) as flag_mask

    from client_lifts

    inner join owners
        on
            client_lifts.client_id = owners.account_id
            and client_lifts.last_day >= owners.valid_from
            and client_lifts.last_day <= owners.valid_to

    group by
        owners.owner_rep_id,
        client_lifts.period_type,
        client_lifts.period_start

),

all_done as (

    select
        rep_id,
        period_type,
        period_start,
        item,
        done,
        total,
        flagged,
        flag_mask

    from done_by_day

    union all

    select
        rep_id,
        period_type,
        period_start,
        'lift' as item,
        done,
        total,
        flagged,
        flag_mask

    from lifts

    where rep_id is not null

)

select
    rep_id,
    period_type,
    period_start,
    item,
    {{ money("done") }} as done,
    {{ money("total") }} as total,
    {{ money("flagged") }} as flagged,
    flag_mask

from all_done
