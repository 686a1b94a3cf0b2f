
    

    create  table
      "warehouse"."intermediate"."int_months__dbt_tmp"
  
    
    as (
      with

spine as (

    


    


    with rawdata as (

        
    select
        generate_series as generated_number
    from generate_series(1, 174)


    ),

    all_periods as (

        select (
            

    (cast('2000-01-01' as date) + cast(row_number() over (order by 1) - 1 as bigint) * interval 1 month)
        ) as date_month
        from rawdata

    ),

    filtered as (

        select *
        from all_periods
        where date_month <= cast(

    (cast(date_trunc('month', date '2014-06-30') as date) + cast(1 as bigint) * interval 1 month) as date)

    )

    select * from filtered



),

months as (

    select cast(date_month as date) as month_start

    from spine

),

starts as (

    select
        month_start,
        cast(

    (cast(

    (month_start + cast(1 as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date) as month_end,
        ((extract(month from month_start) - 6 + 12) % 12)
            as months_into_year,
        case
        when extract(month from month_start) in (4, 5, 6, 7, 8, 9)
            then ((extract(month from month_start) - 4 + 12) % 12)
        when extract(month from month_start) in (10, 11, 12, 1, 2, 3)
            then ((extract(month from month_start) - 10 + 12) % 12)
    end as months_into_season,
        case
        when extract(month from month_start) in (4, 5, 6, 7, 8, 9)
            then 6
        when extract(month from month_start) in (10, 11, 12, 1, 2, 3)
            then 6
    end as months_in_season,
        case
        when extract(month from month_start) in (4, 5, 6, 7, 8, 9)
            then 'riding'
        when extract(month from month_start) in (10, 11, 12, 1, 2, 3)
            then 'winter'
    end as season

    from months

),

periods as (

    select
        month_start,
        month_end,
        season,
        months_in_season,
        cast(

    (month_start + cast(-cast(months_into_year as integer) as bigint) * interval 1 month) as date)
            as year_start,
        cast(

    (month_start + cast(-cast(months_into_year % 3 as integer) as bigint) * interval 1 month) as date) as quarter_start,
        cast(

    (month_start + cast(-cast(months_into_season as integer) as bigint) * interval 1 month) as date)
            as season_start

    from starts

)

select
    month_start,
    month_end,
    season,
    year_start,
    cast(

    (cast(

    (year_start + cast(12 as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date) as year_end,
    cast(extract(year from cast(

    (year_start + cast(11 as bigint) * interval 1 month) as date)) as integer)
        as fiscal_year,
    quarter_start,
    cast(

    (cast(

    (quarter_start + cast(3 as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date) as quarter_end,
    season_start,
    cast(

    (cast(

    (season_start + cast(months_in_season as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date)
        as season_end

from periods
    );
    
  