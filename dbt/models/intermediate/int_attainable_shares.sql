{# The newest assumption of each segment and of the company (scope_id `all`). #}
with

assumptions as (

    select
        scope,
        scope_id,
        attainable_share,
        row_number() over (
            partition by scope, scope_id order by valid_from desc
        ) as recency

    from {{ ref("stg_planning__growth_assumptions") }}

    where
        valid_from <= {{ as_of_date() }}
        and attainable_share is not null
        and scope in ('segment', 'company')

)

select
    scope,
    case when scope = 'company' then 'all' else scope_id end as scope_id,
    attainable_share

from assumptions

where recency = 1
