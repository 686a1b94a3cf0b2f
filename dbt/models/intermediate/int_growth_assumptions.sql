{# What was expected when the running fiscal year began. #}
with

running_year as (

    select min(month_start) as year_start from {{ ref("int_plan_months") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

{# A merged client's own assumption is its survivor's, unless that has one. #}
assumptions as (

    select
        assumptions.scope,
        case
            when assumptions.scope = 'company' then 'all'
            else coalesce(survivors.client_id, assumptions.scope_id)
        end as scope_id,
        assumptions.sales_growth,
        assumptions.price_growth,
        row_number() over (
            partition by
                assumptions.scope,
                case
                    when assumptions.scope = 'company' then 'all'
                    else coalesce(survivors.client_id, assumptions.scope_id)
                end
            order by
                case
                    when survivors.client_id <> assumptions.scope_id then 1
                    else 0
                end,
                assumptions.valid_from desc,
                assumptions.scope_id
        ) as choice

    from {{ ref("stg_planning__growth_assumptions") }} as assumptions

    cross join running_year

    left join survivors
        on
            assumptions.scope_id = survivors.account_id
            and assumptions.scope = 'client'

    where assumptions.valid_from <= running_year.year_start

)

select
    scope,
    scope_id,
    sales_growth,
    price_growth

from assumptions

where choice = 1
