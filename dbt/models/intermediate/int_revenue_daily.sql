{{ config(**by_client_month()) }}

with

revenue_lines as (

    select * from {{ ref("fct_revenue_lines") }}

    {{ only_touched() }}

)

select
    issued_on,
    month_start,
    client_id,
    rep_id,
    {{ money("sum(net_revenue)") }} as net_revenue,
    {{ money("sum(case when cost is not null then net_revenue end)") }}
        as revenue_with_cost,
    {{ money("sum(cost)") }} as cost,
    {{ money("sum(abs(net_revenue))") }} as absolute_revenue,
    {{ money("sum(case when flag_mask <> 0 then abs(net_revenue) end)") }}
        as flagged_revenue,
    bit_or(flag_mask) as flag_mask

from revenue_lines

group by issued_on, month_start, client_id, rep_id
