-- What was sold, in euro, by client and fiscal quarter: plans are made around it.
create or replace temp table facts as
select
    customer_id - 20000 as client,
    cast(date_trunc('quarter', issued_on) as date) as quarter,
    sum(
        case when document_type = 'credit_note' then -abs(net_amount) else net_amount end
        * case
            when currency = 'EUR' then 1
            else euros_for(currency, cast(date_trunc('month', issued_on) as date))
        end
    ) as revenue
from accounting.invoices
where status not in ('draft', 'voided')
group by all
