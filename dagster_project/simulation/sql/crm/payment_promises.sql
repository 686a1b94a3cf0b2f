select
    'W' || invoice_id as promise_id,
    invoice_id,
    rep_id_at(rep_slot_of(customer_id - customer_id(0)), workday_at(due_on + 3)) as rep_id,
    due_on + 10 + cast(draw(invoice_id, 'promised', 10) as integer) as promised_on,
    cast(round(total_amount * case when draw(invoice_id, 'half', 4) = 0 then 0.5 else 1 end, 2) as decimal(15, 2))
        as amount,
    currency,
    cast(due_on + 3 as timestamp) + to_hours(10) as created_at
from accounting.invoices
where
    document_type = 'invoice'
    and status in ('open', 'paid')
    and draw(invoice_id, 'promise', 30) = 0
    and due_on + 3 <= as_of_date()
    and due_on + 10 + cast(draw(invoice_id, 'promised', 10) as integer) >= date '$from_day'
