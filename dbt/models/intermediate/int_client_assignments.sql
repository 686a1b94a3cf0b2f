with

assignments as (

    select * from {{ ref("stg_crm__account_assignments") }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

)

select
    survivors.client_id,
    assignments.rep_id,
    assignments.valid_from,
    coalesce(assignments.valid_to, cast('9999-12-31' as date)) as valid_to,
    sum(coalesce(assignments.credit_share, 1)) as credit_share

from assignments

inner join survivors
    on assignments.account_id = survivors.account_id

where coalesce(assignments.credit_share, 1) > 0

group by
    survivors.client_id,
    assignments.rep_id,
    assignments.valid_from,
    coalesce(assignments.valid_to, cast('9999-12-31' as date))
