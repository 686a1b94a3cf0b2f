-- A returned row is a client that has revenue and no row in dim_clients: every
-- mart would lose its revenue.
with

revenue_lines as (

    select distinct client_id from {{ ref("fct_revenue_lines") }}

),

clients as (

    select client_id from {{ ref("dim_clients") }}

)

select revenue_lines.client_id

from revenue_lines

left join clients
    on revenue_lines.client_id = clients.client_id

where clients.client_id is null
