with

customers as (

    select * from {{ ref("int_customers_matched") }}

),

documents as (

    select
        customer_id,
        sum(net_revenue) as net_revenue

    from {{ ref("int_documents") }}

    group by customer_id

),

rules as (

    {% for rule in match_rules() %}
    select
        {{ loop.index }} as rule_position,
        '{{ rule }}' as match_rule
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

summed as (

    select
        customers.match_rule,
        customers.is_matched,
        count(*) as customer_count,
        sum(coalesce(documents.net_revenue, 0)) as net_revenue

    from customers

    left join documents
        on customers.customer_id = documents.customer_id

    group by customers.match_rule, customers.is_matched

)

select
    cast(rules.rule_position as integer) as rule_position,
    rules.match_rule,
    summed.is_matched,
    cast(summed.customer_count as bigint) as customer_count,
    {{ ratio("summed.customer_count", "sum(summed.customer_count) over ()") }}
        as customer_share,
    {{ money("summed.net_revenue") }} as net_revenue,
    {{ ratio("summed.net_revenue", "sum(summed.net_revenue) over ()") }}
        as revenue_share,
    {{ run_id() }} as run_id

from summed

inner join rules
    on summed.match_rule = rules.match_rule
