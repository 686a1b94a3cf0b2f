with

set_aside as (

    select * from {{ source("lake", "findings") }}

),

kept as (

    select * from {{ ref("int_record_findings") }}
    union all
    select * from {{ ref("int_recurring_findings") }}

),

documents as (

    select
        invoice_id,
        currency

    from {{ ref("int_documents") }}

),

contracts as (

    select
        contract_id,
        currency

    from {{ ref("int_contracts") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

    where month_start = {{ month_start(as_of_date()) }}

),

findings as (

    select
        source,
        table_name,
        file,
        row_number,
        record_key,
        column_name,
        value,
        rule,
        'error' as severity,
        amount,
        currency,
        'set aside' as action

    from set_aside

    union all

    select
        _source as source,
        table_name,
        _file as file,
        _row as row_number,
        record_key,
        column_name,
        value,
        rule,
        case
            when rule in ('orphan_invoice_line', 'missing_exchange_rate')
                then 'error'
            else 'warning'
        end as severity,
        amount,
        cast(null as {{ dbt.type_string() }}) as currency,
        action

    from kept

),

{# A line is in the currency of its document. #}
in_currency as (

    select
        findings.*,
        coalesce(findings.currency, documents.currency, contracts.currency)
            as own_currency

    from findings

    left join documents
        on
            findings.table_name
            in ('accounting.invoices', 'accounting.invoice_lines')
            and split_part(findings.record_key, ' | ', 1) = documents.invoice_id

    left join contracts
        on
            findings.table_name = 'crm.contracts'
            and findings.record_key = contracts.contract_id

)

select
    in_currency.source,
    in_currency.table_name,
    in_currency.file,
    in_currency.row_number,
    in_currency.record_key,
    in_currency.column_name,
    in_currency.value,
    in_currency.rule,
    in_currency.severity,
    {{ money("in_currency.amount") }} as amount,
    in_currency.own_currency as currency,
    {{ money_times("abs(in_currency.amount)", "rates.exchange_rate") }} as cost,
    in_currency.action,
    {{ run_id() }} as run_id

from in_currency

left join rates
    on in_currency.own_currency = rates.currency
