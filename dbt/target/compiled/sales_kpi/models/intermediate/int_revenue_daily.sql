with

revenue_lines as (

    select * from "warehouse"."core"."fct_revenue_lines"

)

select
    issued_on,
    month_start,
    client_id,
    rep_id,
    cast(sum(net_revenue) as decimal(18, 4)) as net_revenue,
    cast(sum(case when cost is not null then net_revenue end) as decimal(18, 4))
        as revenue_with_cost,
    cast(sum(cost) as decimal(18, 4)) as cost,
    cast(sum(abs(net_revenue)) as decimal(18, 4)) as absolute_revenue,
    cast(sum(case when flag_mask <> 0 then abs(net_revenue) end) as decimal(18, 4))
        as flagged_revenue,
    bit_or(flag_mask) as flag_mask

from revenue_lines

group by issued_on, month_start, client_id, rep_id