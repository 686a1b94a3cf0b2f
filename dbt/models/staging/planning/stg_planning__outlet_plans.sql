with

source as (

    select * from {{ source("planning", "outlet_plans") }}

),

renamed as (

    select
        -- text
        region,

        -- numbers
        sales_task,
        average_outlet_sales,
        existing_outlets,
        feasible_new_outlets,
        feasible_lift,

        -- dates
        month,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
