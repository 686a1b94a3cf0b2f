{#
    A month is compared with the year before as part of its quarter, season and
    year, so a touched month touches all months of its own year and season and of
    the next.
#}
with

months as (

    select * from {{ ref("int_months") }}

),

touched as (

    select month_start from {{ ref("int_months_touched") }}

    union

    select {{ add_months("month_start", 12) }} as month_start
    from {{ ref("int_months_touched") }}

),

touched_months as (

    select months.*

    from months

    inner join touched
        on months.month_start = touched.month_start

)

select months.month_start

from months

where
    months.year_start in (
        select touched_months.year_start from touched_months
    )
    or months.season_start in (
        select touched_months.season_start from touched_months
    )
