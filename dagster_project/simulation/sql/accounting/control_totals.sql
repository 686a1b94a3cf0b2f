-- The ledger's own totals, in euro at each day's rate; of receivables at month end.
with
documents as (
    select
        *,
        case when document_type = 'credit_note' then -1 else 1 end as sign,
        case when currency = 'EUR' then 1 else euros_for(currency, issued_on) end as rate
    from accounting.invoices
    where status in ('open', 'paid')
),
revenue as (
    select
        cast(date_trunc('month', issued_on) as date) as month,
        sum(cast(round(sign * abs(net_amount) * rate, 2) as decimal(18, 2))) as net,
        sum(cast(round(sign * abs(total_amount) * rate, 2) as decimal(18, 2))) as total
    from documents
    group by all
),
payments as (
    select
        cast(date_trunc('month', paid_on) as date) as month,
        sum(
            cast(
                round(
                    amount
                    * case when currency = 'EUR' then 1 else euros_for(currency, paid_on) end,
                    2
                ) as decimal(18, 2)
            )
        ) as amount
    from accounting.payments
    group by all
),
months as (
    select
        revenue.month,
        revenue.net,
        coalesce(payments.amount, 0) as paid,
        sum(revenue.total - coalesce(payments.amount, 0)) over (order by revenue.month)
            as receivables
    from revenue
    left join payments on revenue.month = payments.month
)
select
    month,
    measure.measure,
    cast(
        case measure.measure when 'revenue' then net when 'payments' then paid else receivables end
        as decimal(18, 2)
    ) as amount,
    'EUR' as currency
from months
cross join (select unnest(['revenue', 'payments', 'receivables']) as measure) as measure
order by month, measure
