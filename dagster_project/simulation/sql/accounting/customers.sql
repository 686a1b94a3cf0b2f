-- A ledger has an address of mail of some small clients, at a host that others use too.
select
    customer_id(client) as customer_id,
    accounting_name(client) as customer_name,
    case
        when link_of(client) in ('given', 'tax id') then accounting_tax_id(client)
        when draw(client, 'no tax id', 10) = 0 then '-'
    end as tax_id,
    case
        when link_of(client) in ('given', 'domain') then accounting_domain(client)
        when draw(client, 'mail', 20) = 0 then 'gmail.com'
    end as domain,
    case
        when draw(client, 'country known', 10) < 9 then country_code(country_of(client))
    end as country,
    case when link_of(client) = 'given' then account_id(client) end as crm_account_id
from known_clients
