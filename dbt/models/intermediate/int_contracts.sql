{# A view: it only tells of each contract what its record says. #}
{{ config(materialized="view") }}

with

contracts as (

    select * from {{ ref("stg_crm__contracts") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

clients as (

    select client_id from {{ ref("dim_clients") }}

    where is_matched

),

inputs as (

    select * from {{ ref("int_inputs_present") }}

),

dated as (

    select
        *,
        case
            when cancelled_on <= ends_on or ends_on is null
                then {{ add_days("cancelled_on", -1) }}
            else ends_on
        end as last_day

    from contracts

)

select
    dated.contract_id,
    dated.account_id,
    coalesce(clients.client_id, 'unmatched-account-' || dated.account_id)
        as client_id,
    dated.product_id,
    dated.currency,
    dated.amount,
    {{ amount_per_month(
        "dated.amount",
        "dated.billing_interval",
        "coalesce(dated.interval_count, 1)",
    ) }} as monthly_amount,
    dated.interval_count,
    clients.client_id is not null or not inputs.has_accounts as is_matched,
    dated.starts_on,
    dated.last_day,
    dated._source,
    dated._file,
    dated._row

from dated

cross join inputs

left join survivors
    on dated.account_id = survivors.account_id

left join clients
    on survivors.client_id = clients.client_id
