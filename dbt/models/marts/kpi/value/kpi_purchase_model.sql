with

purchases as (

    select * from {{ ref("int_repeat_purchases") }}

    where not has_contract

),

clients as (

    select * from {{ ref("dim_clients") }}

),

{# Clients of a segment buy alike; few of them are told with all the others. #}
groups as (

    {% for segment in ["clients.segment", "'all'"] %}
    select
        {{ segment }} as segment,
        purchases.*

    from purchases

    inner join clients
        on purchases.client_id = clients.client_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        segment,
        count(*) as clients,
        sum(case when repeat_purchases > 0 then 1 else 0 end)
            as repeat_buyers,
        sum(repeat_purchases) as repeat_purchases,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from groups

    group by segment

),

judged as (

    select
        *,
        repeat_buyers
        < {{ var("client_value").least_repeat_buyers }} as is_small_base

    from counted

)

select
    segment,
    {{ as_of_date() }} as as_of_date,
    cast(clients as bigint) as clients,
    cast(repeat_buyers as bigint) as repeat_buyers,
    cast(repeat_purchases as bigint) as repeat_purchases,
    is_small_base,
    {% for parameter in [
        "bg_nbd_r", "bg_nbd_alpha_days", "bg_nbd_a", "bg_nbd_b",
        "gamma_gamma_p", "gamma_gamma_q", "gamma_gamma_v",
        "frequency_value_correlation",
    ] -%}
    {{ expected_after_the_build("double") }} as {{ parameter }},
    {% endfor %}
    {{ reliability_columns(
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[{"when": "is_small_base", "name": "few_repeat_buyers"}],
    ) }}

from judged
