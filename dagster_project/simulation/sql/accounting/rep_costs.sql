with
months as (
    select cast(range as date) as month
    from range(date '2021-01-01', as_of_date() + 1, interval 1 month)
),
employed as (
    select rep_id, role, min(valid_from) as first_day, max(coalesce(left_on, as_of_date())) as last_day
    from crm.reps
    group by rep_id, role
),
costs as (
    select
        employed.rep_id,
        months.month,
        salary_of(employed.rep_id, year(months.month) - 2021)
        * case employed.role when 'rep' then 1 when 'line_manager' then 2 else 3 end as salary
    from employed
    inner join months on employed.first_day <= months.month and employed.last_day >= months.month
)
select rep_id, month, kind.cost_type, money(salary * kind.percent // 100) as amount, 'EUR' as currency
from costs
cross join (
    select unnest(['salary', 'taxes', 'commission', 'expenses', 'tools']) as cost_type,
    unnest([100, 23, 18, 12, 5]) as percent
) as kind
order by rep_id, month, cost_type
