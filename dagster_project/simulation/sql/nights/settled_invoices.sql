-- Documents whose last payment came since the night before, as they stand otherwise.
select * replace ('paid' as status)
from invoices_before
where
    status = 'open'
    and is_paid(invoice_id - invoice_id(0))
    and due_on + payment_delay(invoice_id - invoice_id(0), customer_id - customer_id(0))
    <= as_of_date()
    and invoice_id not in (select invoice_id(document) from chosen)
order by invoice_id
