{%- set cuts = {
    "company": ("'all'", "'Company'"),
    "client": ("client_id", "client_name"),
    "rep": ("rep_id", "rep_name"),
    "territory": ("territory_id", "territory_name"),
    "segment": ("segment", "segment"),
    "product_category": ("product_category", "product_category"),
    "acquisition_channel": ("acquisition_channel", "acquisition_channel"),
} -%}
{%- set prior_month = month_start(add_months(as_of_date(), -12)) -%}

with

monthly as (

    select * from {{ ref("int_revenue_monthly") }}

),

prior_to_date as (

    select * from {{ ref("int_revenue_prior_to_date") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end,
        is_partial

    from period_months

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

products as (

    select * from {{ ref("dim_products") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

{#
    Last year's rows, to be moved one year on to the months they are compared
    with. The run's month stands twice: whole, for a period that has ended, and
    up to the day, for a running one.
#}
prior_rows as (

    select
        *,
        cast(null as boolean) as is_for_partial

    from monthly

    where month_start <> {{ prior_month }}

    union all

    select
        *,
        false as is_for_partial

    from monthly

    where month_start = {{ prior_month }}

    union all

    select
        *,
        true as is_for_partial

    from prior_to_date

),

sides as (

    select
        month_start,
        client_id,
        rep_id,
        product_id,
        has_quantity,
        quantity as quantity_now,
        revenue_at_prior_year_rate as constant_now,
        net_revenue as revenue_now,
        0 as quantity_prior,
        0 as revenue_prior,
        1 as has_now,
        0 as has_prior,
        absolute_revenue,
        flagged_revenue,
        flag_mask,
        cast(null as boolean) as is_for_partial

    from monthly

    union all

    select
        {{ add_months("month_start", 12) }} as month_start,
        client_id,
        rep_id,
        product_id,
        has_quantity,
        0 as quantity_now,
        0 as constant_now,
        0 as revenue_now,
        quantity as quantity_prior,
        net_revenue as revenue_prior,
        0 as has_now,
        1 as has_prior,
        absolute_revenue,
        flagged_revenue,
        flag_mask,
        is_for_partial

    from prior_rows

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        sides.client_id,
        sides.rep_id,
        sides.product_id,
        sides.has_quantity,
        sum(sides.quantity_now) as quantity_now,
        sum(sides.constant_now) as constant_now,
        sum(sides.revenue_now) as revenue_now,
        sum(sides.quantity_prior) as quantity_prior,
        sum(sides.revenue_prior) as revenue_prior,
        max(sides.has_now) as has_now,
        max(sides.has_prior) as has_prior,
        sum(sides.absolute_revenue) as absolute_revenue,
        sum(sides.flagged_revenue) as flagged_revenue,
        bit_or(sides.flag_mask) as flag_mask

    from sides

    inner join period_months
        on
            sides.month_start = period_months.month_start
            and coalesce(sides.is_for_partial, period_months.is_partial)
            = period_months.is_partial

    group by
        period_months.period_type,
        period_months.period_start,
        sides.client_id,
        sides.rep_id,
        sides.product_id,
        sides.has_quantity

),

{# New and lost are decided for the company, so that parts add up by any cut. #}
client_status as (

    select
        period_type,
        period_start,
        client_id,
        case
            when max(has_prior) = 0 then 'new'
            when max(has_now) = 0 then 'lost'
            else 'continuing'
        end as client_status

    from by_period

    group by period_type, period_start, client_id

),

described as (

    select
        by_period.*,
        client_status.client_status,
        clients.client_name,
        clients.territory_id,
        clients.territory_name,
        clients.segment,
        clients.acquisition_channel,
        reps.rep_name,
        coalesce(products.category, 'unknown') as product_category

    from by_period

    inner join client_status
        on
            by_period.period_type = client_status.period_type
            and by_period.period_start = client_status.period_start
            and by_period.client_id = client_status.client_id

    inner join clients
        on by_period.client_id = clients.client_id

    inner join reps
        on by_period.rep_id = reps.rep_id

    left join products
        on by_period.product_id = products.product_id

),

by_product as (

    {% for cut, (cut_id, cut_name) in cuts.items() %}
    select
        period_type,
        period_start,
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        product_id,
        has_quantity,
        client_status,
        max({{ cut_name }}) as cut_name,
        sum(quantity_now) as quantity_now,
        sum(constant_now) as constant_now,
        sum(revenue_now) as revenue_now,
        sum(quantity_prior) as quantity_prior,
        sum(revenue_prior) as revenue_prior,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from described

    group by
        period_type,
        period_start,
        {% if cut != "company" %}{{ cut_id }},{% endif %}
        product_id,
        has_quantity,
        client_status
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

product_parts as (

    select
        *,
        client_status = 'continuing' and has_quantity as is_split,
        case
            when
                client_status = 'continuing'
                and has_quantity
                and quantity_prior > 0
                and quantity_now > 0
                then
                    constant_now
                    - {{ exact_quotient(
                        "revenue_prior * quantity_now", "quantity_prior"
                    ) }}
            else 0
        end as price_part

    from by_product

),

summed as (

    select
        period_type,
        period_start,
        cut,
        cut_id,
        max(cut_name) as cut_name,
        sum(revenue_now) as net_revenue,
        sum(revenue_prior) as prior_revenue,
        sum(case when client_status = 'new' then revenue_now else 0 end)
            as new_client_effect,
        -sum(case when client_status = 'lost' then revenue_prior else 0 end)
            as lost_client_effect,
        sum(
            case
                when client_status = 'continuing'
                    then revenue_now - constant_now
                else 0
            end
        ) as exchange_rate_effect,
        sum(
            case
                when client_status = 'continuing' and not has_quantity
                    then constant_now - revenue_prior
                else 0
            end
        ) as unsplit_effect,
        sum(price_part) as price_part,
        sum(case when is_split then constant_now - revenue_prior else 0 end)
            as split_difference,
        sum(case when is_split then quantity_now else 0 end) as quantity_now,
        sum(case when is_split then quantity_prior else 0 end)
            as quantity_prior,
        sum(case when is_split then revenue_prior else 0 end) as revenue_prior,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from product_parts

    group by period_type, period_start, cut, cut_id

),

parted as (

    select
        *,
        {{ rounded_money("price_part") }} as price_effect,
        coalesce(
            {{ rounded_money(exact_quotient(
                "(quantity_now - quantity_prior) * revenue_prior",
                "quantity_prior",
            )) }},
            0
        ) as volume_effect

    from summed

),

compared as (

    select
        parted.*,
        periods.period_end,
        periods.is_partial,
        {{ add_months(add_days("periods.period_end", 1), -12) }}
        <= horizon.first_data_on as is_before_first_data,
        {{ add_months("parted.period_start", -12) }} < horizon.first_data_on
            as has_incomplete_prior

    from parted

    inner join periods
        on
            parted.period_type = periods.period_type
            and parted.period_start = periods.period_start

    cross join horizon

)

select
    period_type,
    period_start,
    period_end,
    cut,
    cut_id,
    cut_name,
    is_partial,
    {{ money("net_revenue") }} as net_revenue,
    {% for column in [
        "prior_revenue",
        "difference",
        "price_effect",
        "volume_effect",
        "mix_effect",
        "new_client_effect",
        "lost_client_effect",
        "exchange_rate_effect",
        "unsplit_effect",
    ] %}
    {%- set amount = {
        "difference": "net_revenue - prior_revenue",
        "mix_effect": "split_difference - price_effect - volume_effect",
    }.get(column, column) -%}
    case
        when not is_before_first_data then {{ money(amount) }}
    end as {{ column }},
    {% endfor %}
    case
        when not is_before_first_data and prior_revenue > 0
            then {{ ratio("net_revenue - prior_revenue", "prior_revenue") }}
    end as growth_rate,
    {{ reliability_columns(
        period_end="period_end",
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {"when": "is_before_first_data", "name": "before_first_data"},
            {
                "when": "has_incomplete_prior and not is_before_first_data",
                "name": "prior_history_incomplete",
                "is_caution": true,
            },
            {
                "when": "not is_before_first_data and prior_revenue <= 0",
                "name": "no_prior_revenue",
            },
        ],
    ) }}

from compared
