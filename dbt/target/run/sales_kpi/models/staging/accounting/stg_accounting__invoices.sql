
  
  create view "warehouse"."staging"."stg_accounting__invoices__dbt_tmp" as (
    with

source as (

    select * from "warehouse"."accounting"."invoices"

),

renamed as (

    select
        -- ids
        invoice_id,
        customer_id,
        rep_id,
        credited_invoice_id,

        -- text
        document_type,
        invoice_number,
        currency,
        status,

        -- numbers
        net_amount,
        tax_amount,
        total_amount,

        -- dates
        issued_on,
        due_on,

        -- lineage
        _source,
        _file,
        _row

    from source

)

select * from renamed
  );
