select
    invoice_id(document) as invoice_id,
    case when is_credit_note(document) then 'credit_note' else 'invoice' end as document_type,
    'N-' || document as invoice_number,
    customer_id(client) as customer_id,
    day as issued_on,
    day + cast(terms_of(client) as integer) as due_on,
    currency_of(country) as currency,
    status_of(document, client, day + cast(terms_of(client) as integer)) as status,
    money(net) as net_amount,
    money(net * tax_percent(country) // 100) as tax_amount,
    money(net + net * tax_percent(country) // 100) as total_amount,
    case
        when draw(document, 'rep', 10) < 7 then rep_id_at(rep_slot_of(client), workday)
    end as rep_id,
    case
        when
            is_credit_note(document)
            and not is_credit_note(previous_document)
            and is_active(previous_document // group_count(), joined_on, ended_on, back_on)
            then invoice_id(previous_document)
    end as credited_invoice_id
from valued_documents('$numbers')
