select
    customer_id(range) as customer_id,
    accounting_name(range) as customer_name,
    case when link_of(range) in ('given', 'tax id') then tax_id(range) end as tax_id,
    case when link_of(range) in ('given', 'domain') then domain(range) end as domain,
    case when link_of(range) = 'given' then account_id(range) end as crm_account_id
from range(client_count())
where joined_on(range) < workday_count()
