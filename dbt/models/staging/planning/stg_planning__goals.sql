with

source as (

    select * from {{ source("planning", "goals") }}

),

renamed as (

    select
        -- ids
        goal_id,

        -- text
        statement,
        measure,
        scope,

        -- numbers
        baseline,
        target,

        -- dates
        starts_on,
        due_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
