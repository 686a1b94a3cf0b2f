-- A quarter as many clients as contracts, four contracts each over eight years:
-- one a year or two with gaps between, some cancelled, some open-ended.
create schema staging;
create schema intermediate;
create schema core;
create schema marts;

create table staging.stg_crm__contracts as

with

numbered as (

    select
        number,
        number // 4 as client,
        number % 4 as nth,
        (hash(number) % 1000003)::bigint as draw,
        (hash(number // 4 + 7000000000) % 1000003)::bigint as client_draw

    from range($contracts) as numbers (number)

),

dated as (

    select
        *,
        (
            date '2018-01-01'
            + (client_draw % 700 + nth * (400 + client_draw % 300))::integer
            + (draw % 90)::integer
        )::date as starts_on

    from numbered

)

select
    'K' || number as contract_id,
    'A' || client as account_id,
    null::varchar as product_id,
    'USD' as currency,
    ['week', 'month', 'month', 'quarter', 'year'][client_draw % 5 + 1]
        as billing_interval,
    (50 + draw % 5000 / 4)::decimal(18, 4) as amount,
    case when draw % 10 = 0 then 2 end::integer as interval_count,
    null::decimal(18, 4) as quantity,
    starts_on,
    case
        when draw % 20 <> 1 then (starts_on + (200 + draw % 500)::integer)::date
    end as ends_on,
    case when draw % 9 = 0 then (starts_on + (draw % 300)::integer)::date end
        as cancelled_on,
    'crm' as _source,
    'contracts.parquet' as _file,
    number as _row

from dated;

create table core.dim_clients as

select distinct
    account_id as client_id,
    true as is_matched,
    'segment ' || hash(account_id) % 5 as segment,
    'T' || hash(account_id) % 40 as territory_id,
    'T' || hash(account_id) % 40 as territory_name,
    'channel ' || hash(account_id) % 4 as acquisition_channel,
    'R' || hash(account_id) % 200 as owner_rep_id

from staging.stg_crm__contracts;

create table core.dim_reps as

select distinct
    owner_rep_id as rep_id,
    owner_rep_id as rep_name

from core.dim_clients;

create table intermediate.int_accounts_survived as

select
    client_id as account_id,
    client_id

from core.dim_clients;

create table intermediate.int_inputs_present as

select
    true as has_lines,
    true as has_accounts;

create table intermediate.int_months as

select
    month_start::date as month_start,
    last_day(month_start) as month_end

from generate_series(
    date '2000-01-01', date '2025-12-01', interval 1 month
) as series (month_start);

create table intermediate.int_exchange_rates_monthly as

select
    'USD' as currency,
    month_start,
    1::decimal(18, 8) as exchange_rate

from intermediate.int_months;

-- Contracts are the only source here.
create table staging.stg_accounting__invoice_lines (
    invoice_id varchar, line_number integer, net_amount decimal(18, 4),
    is_recurring boolean, service_from date, service_to date
);

create table intermediate.int_documents (
    invoice_id varchar, client_id varchar, currency varchar, is_matched boolean,
    document_sign integer, flag_mask integer
);

create table intermediate.int_input_warnings (
    mart varchar, warnings varchar, newest_warnings varchar
);
