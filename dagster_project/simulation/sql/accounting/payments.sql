-- One payment a document, or two: four in ten of its total, then the rest. A payment
-- of a credit note is money paid back.
with
settled as (
    select
        *,
        invoice_id - invoice_id(0) as document,
        customer_id - customer_id(0) as client
    from accounting.invoices
    where status in ('open', 'paid')
),
parts as (
    select
        *,
        unnest(range(case when draw(document, 'part', 100) < 15 then 2 else 1 end)) as part,
        case when document_type = 'credit_note' then -abs(total_amount) else total_amount end
            as total
    from settled
    where is_paid(document) or draw(document, 'part', 100) < 15
),
paid as (
    select
        document * 2 + part as payment_id,
        customer_id,
        case when draw(document, 'unapplied', 200) > 0 then invoice_id end as invoice_id,
        case
            when part = 1 or draw(document, 'part', 100) >= 15
                then due_on + payment_delay(document, client)
            else issued_on + 5
        end as paid_on,
        case
            when draw(document, 'part', 100) >= 15 then total
            when part = 0 then cast(round(total * 0.4, 2) as decimal(15, 2))
            else total - cast(round(total * 0.4, 2) as decimal(15, 2))
        end as amount,
        currency
    from parts
    where part = 0 or is_paid(document)
)
select *
from paid
where paid_on >= date '$from_day' and paid_on <= as_of_date()
