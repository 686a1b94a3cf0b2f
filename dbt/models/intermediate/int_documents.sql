{{ config(**by_client_month()) }}

with

customers as (

    select * from {{ ref("int_customers_matched") }}

),

invoices as (

    select
        invoices.*,
        customers.client_id,
        customers.is_matched,
        {{ document_sign("invoices") }} as document_sign,
        {{ month_start("invoices.issued_on") }} as month_start

    from {{ ref("stg_accounting__invoices") }} as invoices

    inner join customers
        on invoices.customer_id = customers.customer_id

    where
        {{ is_counted("invoices") }}
        and invoices.issued_on <= {{ as_of_date() }}
        {{ only_touched(
            keyword="and",
            client_id="customers.client_id",
            first_day=month_start("invoices.issued_on"),
        ) }}

),

lines as (

    select lines.*

    from {{ ref("stg_accounting__invoice_lines") }} as lines

    {% if is_incremental() %}
    where lines.invoice_id in (select invoices.invoice_id from invoices)
    {% endif %}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

inputs as (

    select * from {{ ref("int_inputs_present") }}

),

line_sums as (

    select
        invoice_id,
        sum(net_amount) as lines_amount,
        count(*) as line_count

    from lines

    group by invoice_id

),

documents as (

    select
        invoices.invoice_id,
        invoices.customer_id,
        invoices.client_id,
        invoices.rep_id,
        invoices.document_type,
        invoices.currency,
        invoices.issued_on,
        invoices.month_start,
        invoices.document_sign,
        invoices.is_matched or not inputs.has_accounts as is_matched,
        inputs.has_lines,
        rates.exchange_rate,
        coalesce(prior_rates.exchange_rate, rates.exchange_rate)
            as prior_year_exchange_rate,
        {{ signed_amount("invoices") }} as net_amount,
        {{ money(
            "invoices.document_sign"
            ~ " * (invoices.net_amount - coalesce(line_sums.lines_amount, 0))"
        ) }} as difference_amount,
        coalesce(line_sums.line_count, 0) as line_count

    from invoices

    left join line_sums
        on invoices.invoice_id = line_sums.invoice_id

    cross join inputs

    left join rates
        on
            invoices.currency = rates.currency
            and invoices.month_start = rates.month_start

    left join rates as prior_rates
        on
            invoices.currency = prior_rates.currency
            and {{ add_months("invoices.month_start", -12) }}
            = prior_rates.month_start

)

select
    *,
    {{ money_times("net_amount", "exchange_rate") }} as net_revenue,
    case
        when line_count = 0 and not has_lines then 0
        when line_count = 0
            then {{ rule_bit("invoice_without_lines") }}
        when abs(difference_amount) >= {{ var("checks").tie_tolerance }}
            then {{ rule_bit("lines_do_not_tie") }}
        else 0
    end
    + case when is_matched then 0 else {{ rule_bit("unmatched_client") }} end
    + case
        when exchange_rate is null then {{ rule_bit("missing_exchange_rate") }}
        else 0
    end as flag_mask

from documents
