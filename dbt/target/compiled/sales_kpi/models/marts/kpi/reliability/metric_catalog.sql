
with

metrics as (

    select
        cast(null as TEXT) as metric,
        cast(null as TEXT) as mart,
        cast(null as TEXT) as description,
        cast(null as TEXT) as formula,
        cast(null as TEXT) as unit,
        cast(null as TEXT) as grain,
        cast(null as TEXT) as owner,
        cast(null as TEXT) as inputs

    where 1 = 0

    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    
    

)

select
    metric,
    mart,
    description,
    formula,
    unit,
    grain,
    owner,
    inputs,
    'r1' as run_id

from metrics