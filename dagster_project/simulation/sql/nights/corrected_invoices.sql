select
    invoices.* exclude (tax_share) replace (
        case
            when chosen.correction = 'client'
                then customer_id(
                    case
                        when chosen.document % 2 = 0 then client_count() + $night - 1
                        else account_known_on(chosen.document, 0)
                    end
                )
            else invoices.customer_id
        end as customer_id,
        invoices.issued_on - moved.days as issued_on,
        invoices.due_on - moved.days as due_on,
        case
            when chosen.correction <> 'currency' then invoices.currency
            when invoices.currency = 'EUR' then 'USD'
            else 'EUR'
        end as currency,
        case when chosen.correction = 'voided' then 'voided' else invoices.status end as status,
        sums.net_amount as net_amount,
        cast(round(sums.net_amount * tax_share, 2) as decimal(18, 2)) as tax_amount,
        sums.net_amount + cast(round(sums.net_amount * tax_share, 2) as decimal(18, 2))
            as total_amount,
        case
            when chosen.correction = 'rep'
                then rep_id_at(
                    draw(chosen.document, 'corrected rep', rep_count()),
                    chosen.document // group_count()
                )
            else invoices.rep_id
        end as rep_id
    )
from (
    select
        *,
        tax_percent(country_of(customer_id - customer_id(0))) * 0.01 as tax_share
    from ($invoices)
) as invoices
inner join chosen on invoices.invoice_id = invoice_id(chosen.document)
inner join (
    select
        document,
        case when correction <> 'date' then 0
        when document // group_count() > 40 then 31 else -31 end as days
    from chosen
) as moved
    on chosen.document = moved.document
inner join (
    select invoice_id, sum(net_amount) as net_amount
    from ($lines)
    group by invoice_id
) as sums
    on invoices.invoice_id = sums.invoice_id
order by invoices.invoice_id
