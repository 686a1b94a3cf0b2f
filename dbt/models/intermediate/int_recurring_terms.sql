with

contracts as (

    select * from {{ ref("int_contracts") }}

),

documents as (

    select * from {{ ref("int_documents") }}

),

service_lines as (

    select * from {{ ref("stg_accounting__invoice_lines") }}

    where is_recurring and service_from <= service_to

),

terms as (

    select
        'contracts' as mrr_source,
        contract_id as term_id,
        client_id,
        currency,
        monthly_amount,
        is_matched,
        false as is_flagged,
        starts_on as first_day,
        last_day

    from contracts

    union all

    select
        'invoices' as mrr_source,
        service_lines.invoice_id
        || ' | '
        || cast(service_lines.line_number as {{ dbt.type_string() }})
            as term_id,
        documents.client_id,
        documents.currency,
        {{ service_amount_per_month(
            "documents.document_sign * service_lines.net_amount",
            "service_lines.service_from",
            "service_lines.service_to",
        ) }} as monthly_amount,
        documents.is_matched,
        (documents.flag_mask & {{ rule_bit("lines_do_not_tie") }}) <> 0
            as is_flagged,
        service_lines.service_from as first_day,
        service_lines.service_to as last_day

    from service_lines

    inner join documents
        on service_lines.invoice_id = documents.invoice_id

),

{#
    The first month at whose end the term is in force, and the first one at
    whose end it no longer is. The running month is measured on the run's day.
#}
in_months as (

    select
        *,
        case
            when
                first_day
                < cast('{{ var("first_calendar_year") }}-01-01' as date)
                then cast('{{ var("first_calendar_year") }}-01-01' as date)
            else {{ month_start("first_day") }}
        end as first_month,
        case
            when last_day < {{ as_of_date() }}
                then {{ month_start(add_days("last_day", 1)) }}
        end as end_month

    from terms

    where first_day <= {{ as_of_date() }} and monthly_amount <> 0

)

select
    mrr_source,
    term_id,
    client_id,
    currency,
    monthly_amount,
    case when is_flagged then abs(monthly_amount) else 0 end as flagged_amount,
    is_matched,
    first_month,
    end_month

from in_months

where end_month is null or end_month > first_month
