{# What recurring revenue is made of, where a rule found something in it. #}
with

contracts as (

    select * from {{ ref("int_contracts") }}

),

documents as (

    select * from {{ ref("int_documents") }}

),

lines as (

    select * from {{ ref("stg_accounting__invoice_lines") }}

    where
        is_recurring
        and (
            service_from is null
            or service_to is null
            or service_from > service_to
        )

),

rates as (

    select
        currency,
        min(month_start) as first_month

    from {{ ref("int_exchange_rates_monthly") }}

    where exchange_rate is not null

    group by currency

),

contract_rules as (

    select
        contracts.*,
        not contracts.is_matched as unmatched_client,
        contracts.monthly_amount is null as invalid_billing_interval,
        coalesce(contracts.last_day < contracts.starts_on, false)
            as contract_never_in_force,
        rates.currency is null
        or rates.first_month > contracts.starts_on as missing_exchange_rate

    from contracts

    left join rates
        on contracts.currency = rates.currency

),

contract_findings as (

    {% for rule, column, action in [
        ("unmatched_client", "account_id", "kept"),
        ("missing_exchange_rate", "currency", "kept"),
        ("invalid_billing_interval", "interval_count", "left out"),
        ("contract_never_in_force", "last_day", "left out"),
    ] %}
    select
        _source,
        _file,
        _row,
        'crm.contracts' as table_name,
        contract_id as record_key,
        '{{ column if column != "last_day" else "ends_on, cancelled_on" }}'
            as column_name,
        cast({{ column }} as {{ dbt.type_string() }}) as value,
        '{{ rule }}' as rule,
        amount,
        '{{ action }}' as action

    from contract_rules

    where {{ rule }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# Such a line is revenue all the same; it is only no recurring one. #}
line_findings as (

    select
        lines._source,
        lines._file,
        lines._row,
        'accounting.invoice_lines' as table_name,
        lines.invoice_id
        || ' | '
        || cast(lines.line_number as {{ dbt.type_string() }}) as record_key,
        'service_from, service_to' as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        'no_service_period' as rule,
        documents.document_sign * lines.net_amount as amount,
        'kept' as action

    from lines

    inner join documents
        on lines.invoice_id = documents.invoice_id

)

select * from contract_findings

union all

select * from line_findings
