
    
      
    

    create  table
      "warehouse"."core"."dim_products__dbt_tmp"
  
  (
    product_id TEXT not null,
    product_name TEXT,
    category TEXT,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."core"."dim_products__dbt_tmp" 
  (
    
      
      
      product_id ,
    
      
      
      product_name ,
    
      
      
      category ,
    
      
      
      run_id 
    
  )
 (
      
    select product_id, product_name, category, run_id
    from (
        with

products as (

    select * from "warehouse"."staging"."stg_accounting__products"

)

select
    product_id,
    product_name,
    coalesce(category, 'unknown') as category,
    'r1' as run_id

from products
    ) as model_subq
    );
  