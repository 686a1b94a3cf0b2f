select
    'Region ' || (team + 1) as region,
    cast(month as date) as month,
    money(sales_task) as sales_task,
    money(sales_task // outlets * (80 + draw(team, 'outlet', 20)) // 100) as average_outlet_sales,
    cast(outlets as integer) as existing_outlets,
    cast(draw(team * 1000 + month(month), 'feasible', 10) as integer) as feasible_new_outlets,
    money(sales_task // outlets // 10) as feasible_lift
from (
    select
        teams.range as team,
        months.range as month,
        30 + draw(teams.range, 'outlets', 40) as outlets,
        20000000 + 100000 * draw(teams.range, 'task', 200)
        + 50000 * datediff('month', date '2024-01-01', cast(months.range as date)) as sales_task
    from range(team_count()) as teams
    cross join range(date '2024-01-01', as_of_date() + 62, interval 1 month) as months
)
order by team, month
