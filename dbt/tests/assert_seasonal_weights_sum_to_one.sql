-- A returned row is a segment whose twelve seasonal weights do not add up to 1.
-- A segment whose years sold nothing on balance has no weights, and none is
-- returned for it.
select
    segment,
    count(seasonal_weight) as weights,
    sum(seasonal_weight) as total_weight

from {{ ref("kpi_seasonality") }}

where years_revenue <> 0

group by segment

having
    count(seasonal_weight) <> 12
    or abs(sum(seasonal_weight) - 1) > 0.000000001
