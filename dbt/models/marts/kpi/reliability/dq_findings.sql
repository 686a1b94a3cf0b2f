with

set_aside as (

    select * from {{ source("lake", "findings") }}

),

kept as (

    select * from {{ ref("int_record_findings") }}
    union all
    select * from {{ ref("int_recurring_findings") }}

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
        action

    from kept

)

select
    source,
    table_name,
    file,
    row_number,
    record_key,
    column_name,
    value,
    rule,
    severity,
    {{ money("amount") }} as amount,
    action,
    {{ run_id() }} as run_id

from findings
