
    
      
    

    create  table
      "warehouse"."core"."dim_reps__dbt_tmp"
  
  (
    rep_id TEXT not null,
    manager_rep_id TEXT,
    territory_id TEXT,
    rep_name TEXT,
    role TEXT,
    is_known boolean,
    hired_on date,
    left_on date,
    run_id TEXT
    
    )
 ;
    
    
    insert into "warehouse"."core"."dim_reps__dbt_tmp" 
  (
    
      
      
      rep_id ,
    
      
      
      manager_rep_id ,
    
      
      
      territory_id ,
    
      
      
      rep_name ,
    
      
      
      role ,
    
      
      
      is_known ,
    
      
      
      hired_on ,
    
      
      
      left_on ,
    
      
      
      run_id 
    
  )
 (
      
    select rep_id, manager_rep_id, territory_id, rep_name, role, is_known, hired_on, left_on, run_id
    from (
        with

reps as (

    select * from "warehouse"."staging"."stg_crm__reps"

    where valid_from <= date '2014-06-30'

),

document_reps as (

    select distinct rep_id from "warehouse"."intermediate"."int_document_reps"

),

ranked as (

    select
        *,
        row_number() over (
            partition by rep_id order by valid_from desc
        ) as recency

    from reps

),

latest as (

    select * from ranked

    where recency = 1

),

rep_ids as (

    select rep_id from latest
    union
    select rep_id from document_reps
    union
    select 'unassigned' as rep_id

)

select
    rep_ids.rep_id,
    latest.manager_rep_id,
    latest.territory_id,
    case
        when rep_ids.rep_id = 'unassigned' then 'Unassigned'
        else coalesce(latest.rep_name, 'Unknown rep ' || rep_ids.rep_id)
    end as rep_name,
    latest.role,
    latest.rep_id is not null as is_known,
    latest.hired_on,
    latest.left_on,
    'r1' as run_id

from rep_ids

left join latest
    on rep_ids.rep_id = latest.rep_id
    ) as model_subq
    );
  