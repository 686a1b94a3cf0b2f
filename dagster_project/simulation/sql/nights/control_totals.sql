-- The totals of the night before, and what the night's documents and payments change.
with
before as (
    select
        month,
        sum(amount) filter (measure = 'revenue') as net,
        sum(amount) filter (measure = 'payments') as paid,
        sum(amount) filter (measure = 'receivables') as receivables
    from totals_before
    group by month
),
gross_before as (
    select
        *,
        receivables - lag(receivables, 1, 0) over (order by month) + paid as total
    from before
),
changes as (
    select issued_on, currency, status, document_type, net_amount, total_amount, 1 as direction
    from night_invoices
    union all
    select issued_on, currency, status, document_type, net_amount, total_amount, -1
    from replaced_invoices
),
changed as (
    select
        cast(date_trunc('month', issued_on) as date) as month,
        sum(cast(round(sign * abs(net_amount) * rate, 2) as decimal(18, 2))) as net,
        sum(cast(round(sign * abs(total_amount) * rate, 2) as decimal(18, 2))) as total
    from (
        select
            *,
            direction * case when document_type = 'credit_note' then -1 else 1 end as sign,
            case when currency = 'EUR' then 1 else euros_for(currency, issued_on) end as rate
        from changes
        where status in ('open', 'paid')
    )
    group by all
),
paid as (
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
    from night_payments
    group by all
),
months as (
    select
        month,
        coalesce(gross_before.net, 0) + coalesce(changed.net, 0) as net,
        coalesce(paid.amount, gross_before.paid, 0) as paid,
        coalesce(gross_before.total, 0) + coalesce(changed.total, 0) as total
    from gross_before
    full join changed using (month)
    full join paid using (month)
),
running as (
    select *, sum(total - paid) over (order by month) as receivables
    from months
)
select
    month,
    measure.measure,
    cast(
        case measure.measure when 'revenue' then net when 'payments' then paid else receivables end
        as decimal(18, 2)
    ) as amount,
    'EUR' as currency
from running
cross join (select unnest(['revenue', 'payments', 'receivables']) as measure) as measure
order by month, measure
