{#-
    The monthly roll-up's columns and grain, for whichever lines are rolled up. The
    month comes last, where a table that is partitioned by it has it on Spark.
-#}
{% macro revenue_by_product(revenue_lines) -%}
select
    client_id,
    rep_id,
    product_id,
    product_id is not null and quantity is not null as has_quantity,
    {{ money("sum(quantity)") }} as quantity,
    {{ money("sum(net_revenue)") }} as net_revenue,
    {{ money("sum(revenue_at_prior_year_rate)") }}
        as revenue_at_prior_year_rate,
    {{ money("sum(abs(net_revenue))") }} as absolute_revenue,
    {{ money("sum(case when flag_mask <> 0 then abs(net_revenue) end)") }}
        as flagged_revenue,
    bit_or(flag_mask) as flag_mask,
    month_start

from {{ revenue_lines }}

group by
    month_start,
    client_id,
    rep_id,
    product_id,
    product_id is not null and quantity is not null
{%- endmacro %}
