with

documents as (

    select * from "warehouse"."intermediate"."int_documents"

)

select
    min(issued_on) as first_data_on,
    min(month_start) as first_data_month

from documents