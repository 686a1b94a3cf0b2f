-- Recurring revenue as it is usually modelled: every customer in every month
-- since it began, joined to the contracts in force at the month's end.
create or replace table peer_mrr as

with

contracts as (

    select
        account_id as customer_id,
        starts_on,
        coalesce(
            least(ends_on, cancelled_on - interval 1 day), date '9999-12-31'
        ) as in_force_to,
        round(
            amount * case billing_interval when 'week' then 52 else 1 end
            / case billing_interval
                when 'month' then 1 when 'quarter' then 3 else 12
            end
            / coalesce(interval_count, 1),
            4
        )::decimal(18, 4) as monthly_amount

    from staging.stg_crm__contracts

    where starts_on <= date '2025-12-31'

),

months as (

    select
        month_start::date as month_start,
        last_day(month_start) as month_end

    from generate_series(
        date '2018-01-01', date '2025-12-01', interval 1 month
    ) as series (month_start)

),

customers as (

    select
        customer_id,
        min(starts_on) as first_start

    from contracts

    group by customer_id

),

customer_months as (

    select
        customers.customer_id,
        months.month_start,
        months.month_end

    from customers

    inner join months on customers.first_start <= months.month_end

),

monthly as (

    select
        customer_months.customer_id,
        customer_months.month_start,
        coalesce(sum(contracts.monthly_amount), 0)::decimal(18, 4) as mrr

    from customer_months

    left join contracts
        on
            customer_months.customer_id = contracts.customer_id
            and contracts.starts_on <= customer_months.month_end
            and contracts.in_force_to >= customer_months.month_end

    group by all

),

compared as (

    select
        *,
        coalesce(lag(mrr) over by_customer, 0) as mrr_before,
        coalesce(max(mrr) over before, 0) > 0 as had_mrr

    from monthly

    window
        by_customer as (partition by customer_id order by month_start),
        before as (
            partition by customer_id order by month_start
            rows between unbounded preceding and 1 preceding
        )

)

select
    customer_id,
    month_start,
    mrr,
    mrr - mrr_before as change,
    case
        when mrr_before = 0 and mrr > 0 and not had_mrr then 'new'
        when mrr_before = 0 and mrr > 0 then 'reactivation'
        when mrr_before > 0 and mrr = 0 then 'churn'
        when mrr > mrr_before then 'expansion'
        when mrr < mrr_before then 'contraction'
        else 'none'
    end as movement

from compared
