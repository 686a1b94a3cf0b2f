{# By the same order as for a document of the run's day. #}
with

clients as (

    select
        client_id,
        owner_rep_id

    from {{ ref("dim_clients") }}

),

assignments as (

    select
        client_id,
        rep_id,
        sum(credit_share) as credit_share

    from {{ ref("int_client_assignments") }}

    where
        {{ as_of_date() }} >= valid_from
        and {{ as_of_date() }} <= valid_to

    group by client_id, rep_id

),

shared as (

    select
        client_id,
        rep_id,
        credit_share,
        sum(credit_share) over (partition by client_id) as total_share,
        sum(credit_share) over (
            partition by client_id
            order by credit_share desc, rep_id
            rows between unbounded preceding and current row
        ) as share_up_to,
        row_number() over (
            partition by client_id order by credit_share desc, rep_id
        ) as share_rank

    from assignments

)

select
    clients.client_id,
    coalesce(shared.rep_id, clients.owner_rep_id, 'unassigned') as rep_id,
    coalesce(
        cast(
            {{ exact_quotient(
                "shared.share_up_to - shared.credit_share",
                "shared.total_share",
            ) }} as decimal(9, 8)
        ),
        0
    ) as share_from,
    coalesce(
        cast(
            {{ exact_quotient("shared.share_up_to", "shared.total_share") }}
            as decimal(9, 8)
        ),
        1
    ) as share_to,
    coalesce(shared.share_rank = 1, true) as is_primary

from clients

left join shared
    on clients.client_id = shared.client_id
