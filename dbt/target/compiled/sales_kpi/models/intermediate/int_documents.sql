with

invoices as (

    select
        *,
        case
            when document_type = 'credit_note' and net_amount > 0 then -1
            else 1
        end as document_sign,
        cast(date_trunc('month', issued_on) as date) as month_start

    from "warehouse"."staging"."stg_accounting__invoices"

    where
        status not in ('draft', 'voided')
        and issued_on <= date '2014-06-30'

),

lines as (

    select * from "warehouse"."staging"."stg_accounting__invoice_lines"

),

customers as (

    select * from "warehouse"."intermediate"."int_customers_matched"

),

rates as (

    select * from "warehouse"."intermediate"."int_exchange_rates_monthly"

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
        customers.client_id,
        invoices.rep_id,
        invoices.document_type,
        invoices.currency,
        invoices.issued_on,
        invoices.month_start,
        invoices.document_sign,
        customers.is_matched,
        rates.exchange_rate,
        coalesce(prior_rates.exchange_rate, rates.exchange_rate)
            as prior_year_exchange_rate,
        cast(invoices.document_sign * invoices.net_amount as decimal(18, 4))
            as net_amount,
        cast(invoices.document_sign * (invoices.net_amount - coalesce(line_sums.lines_amount, 0)) as decimal(18, 4)) as difference_amount,
        coalesce(line_sums.line_count, 0) as line_count,
        invoices._source,
        invoices._file,
        invoices._row

    from invoices

    left join line_sums
        on invoices.invoice_id = line_sums.invoice_id

    inner join customers
        on invoices.customer_id = customers.customer_id

    left join rates
        on
            invoices.currency = rates.currency
            and invoices.month_start = rates.month_start

    left join rates as prior_rates
        on
            invoices.currency = prior_rates.currency
            and cast(

    (invoices.month_start + cast(-12 as bigint) * interval 1 month) as date)
            = prior_rates.month_start

)

select
    *,
    cast(round(cast(net_amount as decimal(19, 4)) * exchange_rate, 4) as decimal(18, 4)) as net_revenue,
    case
        when line_count = 0
            then 1
        when abs(difference_amount) >= 0.01
            then 2
        else 0
    end
    + case when is_matched then 0 else 4 end
    + case
        when exchange_rate is null then 8
        else 0
    end as flag_mask

from documents