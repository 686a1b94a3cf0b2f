-- A returned row is a period in which the revenue of one cut, now or a year
-- before, is not the company's to the cent.
with

cut_sums as (

    select
        period_type,
        period_start,
        cut,
        sum(net_revenue) as net_revenue,
        coalesce(sum(prior_revenue), 0) as prior_revenue

    from {{ ref("kpi_revenue_yoy") }}

    group by period_type, period_start, cut

),

company as (

    select * from cut_sums

    where cut = 'company'

)

select
    cut_sums.period_type,
    cut_sums.period_start,
    cut_sums.cut,
    cut_sums.net_revenue,
    company.net_revenue as company_net_revenue,
    cut_sums.prior_revenue,
    company.prior_revenue as company_prior_revenue

from cut_sums

left join company
    on
        cut_sums.period_type = company.period_type
        and cut_sums.period_start = company.period_start

where
    company.period_start is null
    or abs(cut_sums.net_revenue - company.net_revenue) >= 0.01
    or abs(cut_sums.prior_revenue - company.prior_revenue) >= 0.01
