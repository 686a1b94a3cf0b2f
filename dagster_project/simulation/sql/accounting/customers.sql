select
    customer_id(client) as customer_id,
    accounting_name(client) as customer_name,
    case when link_of(client) in ('given', 'tax id') then tax_id(client) end as tax_id,
    case when link_of(client) in ('given', 'domain') then domain(client) end as domain,
    case when link_of(client) = 'given' then account_id(client) end as crm_account_id
from known_clients
