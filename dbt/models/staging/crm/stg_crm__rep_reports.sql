with

source as (

    select * from {{ source("crm", "rep_reports") }}

),

renamed as (

    select
        -- ids
        rep_id,

        -- dates
        report_date,
        submitted_at,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
