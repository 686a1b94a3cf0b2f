with

versions as (

    select * from {{ ref("history_account_owners") }}

),

{# Nobody knows who came before the first owner, who therefore stands in. #}
stretches as (

    select
        account_id,
        owner_rep_id,
        case
            when version = 1 then cast('1900-01-01' as date) else known_from
        end as valid_from,
        {{ known_until(["account_id"]) }} as valid_to

    from versions

)

select
    account_id,
    owner_rep_id,
    valid_from,
    valid_to

from stretches

where valid_from <= valid_to
