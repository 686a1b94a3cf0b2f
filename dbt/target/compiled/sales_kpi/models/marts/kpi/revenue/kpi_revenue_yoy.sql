with

monthly as (

    select * from "warehouse"."intermediate"."int_revenue_monthly"

),

prior_to_date as (

    select * from "warehouse"."intermediate"."int_revenue_prior_to_date"

),

period_months as (

    select * from "warehouse"."intermediate"."int_period_months"

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

    select * from "warehouse"."core"."dim_clients"

),

reps as (

    select * from "warehouse"."core"."dim_reps"

),

products as (

    select * from "warehouse"."core"."dim_products"

),

horizon as (

    select * from "warehouse"."intermediate"."int_data_horizon"

),


prior_rows as (

    select
        *,
        cast(null as boolean) as is_for_partial

    from monthly

    where month_start <> cast(date_trunc('month', cast(

    (date '2014-06-30' + cast(-12 as bigint) * interval 1 month) as date)) as date)

    union all

    select
        *,
        false as is_for_partial

    from monthly

    where month_start = cast(date_trunc('month', cast(

    (date '2014-06-30' + cast(-12 as bigint) * interval 1 month) as date)) as date)

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
        cast(

    (month_start + cast(12 as bigint) * interval 1 month) as date) as month_start,
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

    
    select
        period_type,
        period_start,
        'company' as cut,
        'all' as cut_id,
        product_id,
        has_quantity,
        client_status,
        max('Company') as cut_name,
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
        
        product_id,
        has_quantity,
        client_status
    union all
    
    select
        period_type,
        period_start,
        'client' as cut,
        client_id as cut_id,
        product_id,
        has_quantity,
        client_status,
        max(client_name) as cut_name,
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
        client_id,
        product_id,
        has_quantity,
        client_status
    union all
    
    select
        period_type,
        period_start,
        'rep' as cut,
        rep_id as cut_id,
        product_id,
        has_quantity,
        client_status,
        max(rep_name) as cut_name,
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
        rep_id,
        product_id,
        has_quantity,
        client_status
    union all
    
    select
        period_type,
        period_start,
        'territory' as cut,
        territory_id as cut_id,
        product_id,
        has_quantity,
        client_status,
        max(territory_name) as cut_name,
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
        territory_id,
        product_id,
        has_quantity,
        client_status
    union all
    
    select
        period_type,
        period_start,
        'segment' as cut,
        segment as cut_id,
        product_id,
        has_quantity,
        client_status,
        max(segment) as cut_name,
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
        segment,
        product_id,
        has_quantity,
        client_status
    union all
    
    select
        period_type,
        period_start,
        'product_category' as cut,
        product_category as cut_id,
        product_id,
        has_quantity,
        client_status,
        max(product_category) as cut_name,
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
        product_category,
        product_id,
        has_quantity,
        client_status
    union all
    
    select
        period_type,
        period_start,
        'acquisition_channel' as cut,
        acquisition_channel as cut_id,
        product_id,
        has_quantity,
        client_status,
        max(acquisition_channel) as cut_name,
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
        acquisition_channel,
        product_id,
        has_quantity,
        client_status
    
    

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
                    - cast((cast(revenue_prior * quantity_now as double) / nullif(cast(quantity_prior as double), 0)) as decimal(28, 8))
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
        cast(round(price_part, 4) as decimal(18, 4)) as price_effect,
        coalesce(
            cast(round(cast((cast((quantity_now - quantity_prior) * revenue_prior as double) / nullif(cast(quantity_prior as double), 0)) as decimal(28, 8)), 4) as decimal(18, 4)),
            0
        ) as volume_effect

    from summed

),

compared as (

    select
        parted.*,
        periods.period_end,
        periods.is_partial,
        cast(

    (cast(

    (periods.period_end + cast(1 as bigint) * interval 1 day) as date) + cast(-12 as bigint) * interval 1 month) as date)
        <= horizon.first_data_on as is_before_first_data,
        cast(

    (parted.period_start + cast(-12 as bigint) * interval 1 month) as date) < horizon.first_data_on
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
    cast(net_revenue as decimal(18, 4)) as net_revenue,
    case
        when not is_before_first_data then cast(prior_revenue as decimal(18, 4))
    end as prior_revenue,
    case
        when not is_before_first_data then cast(net_revenue - prior_revenue as decimal(18, 4))
    end as difference,
    case
        when not is_before_first_data then cast(price_effect as decimal(18, 4))
    end as price_effect,
    case
        when not is_before_first_data then cast(volume_effect as decimal(18, 4))
    end as volume_effect,
    case
        when not is_before_first_data then cast(split_difference - price_effect - volume_effect as decimal(18, 4))
    end as mix_effect,
    case
        when not is_before_first_data then cast(new_client_effect as decimal(18, 4))
    end as new_client_effect,
    case
        when not is_before_first_data then cast(lost_client_effect as decimal(18, 4))
    end as lost_client_effect,
    case
        when not is_before_first_data then cast(exchange_rate_effect as decimal(18, 4))
    end as exchange_rate_effect,
    case
        when not is_before_first_data then cast(unsplit_effect as decimal(18, 4))
    end as unsplit_effect,
    
    case
        when not is_before_first_data and prior_revenue > 0
            then (cast(net_revenue - prior_revenue as double) / nullif(cast(prior_revenue as double), 0))
    end as growth_rate,
    case
        when coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) > 0.1
            then 'unreliable'
        when
            coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) > 0
            or coalesce(flag_mask, 0) <> 0
            or nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_revenue_yoy'
    ),
                case
                    when period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_revenue_yoy'
    )
                end
            ),
            ''
        ) is not null
            or has_incomplete_prior and not is_before_first_data
            then 'caution'
        else 'reliable'
    end as reliability,
    coalesce((cast(flagged_revenue as double) / nullif(cast(absolute_revenue as double), 0)), 0) as unreliable_share,
    concat_ws(
        ', ',
        nullif(concat_ws(
        ', ',
        case when (coalesce(flag_mask, 0) & 1) <> 0 then 'invoice_without_lines' end,
        case when (coalesce(flag_mask, 0) & 2) <> 0 then 'lines_do_not_tie' end,
        case when (coalesce(flag_mask, 0) & 4) <> 0 then 'unmatched_client' end,
        case when (coalesce(flag_mask, 0) & 8) <> 0 then 'missing_exchange_rate' end,
        case when (coalesce(flag_mask, 0) & 16) <> 0 then 'unknown_rep' end,
        case when (coalesce(flag_mask, 0) & 32) <> 0 then 'unknown_product' end
    ), ''),
        case when is_before_first_data then 'before_first_data' end,
        case when has_incomplete_prior and not is_before_first_data then 'prior_history_incomplete' end,
        case when not is_before_first_data and prior_revenue <= 0 then 'no_prior_revenue' end,
        nullif(
            concat_ws(
                ', ',
                (
        select input_warnings.warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_revenue_yoy'
    ),
                case
                    when period_end >= cast(date_trunc('month', date '2014-06-30') as date)
                        then (
        select input_warnings.newest_warnings
        from "warehouse"."intermediate"."int_input_warnings" as input_warnings
        where input_warnings.mart = 'kpi_revenue_yoy'
    )
                end
            ),
            ''
        )
    ) as reliability_reasons,
    'r1' as run_id

from compared