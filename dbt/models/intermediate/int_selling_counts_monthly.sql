{#
    What a rep, and the team of a leader, did and sold in a month: what the rates
    of selling are computed from.
-#}
{%- set counts = selling_counts() -%}

with

invoices as (

    select * from {{ ref("int_rep_invoices_daily") }}

    where priced_invoices > 0

),

activity_counts as (

    select * from {{ ref("int_activity_counts_daily") }}

),

leads as (

    select * from {{ ref("stg_crm__leads") }}

    where created_at < {{ add_days(as_of_date(), 1) }}

),

activities as (

    select * from {{ ref("stg_crm__activities") }}

    where
        occurred_at < {{ add_days(as_of_date(), 1) }}
        and lead_id is not null

),

chain as (

    select * from {{ ref("int_rep_chain") }}

),

invoiced as (

    select
        rep_id,
        day_on,
        priced_invoices as deals,
        net_revenue as deal_revenue,
        absolute_revenue,
        flagged_revenue,
        flag_mask

    from invoices

),

acted as (

    select
        rep_id,
        day_on,
        sum(case when activity_type = 'proposal' then fact else 0 end)
            as proposals,
        sum(case when activity_type = 'meeting' then fact else 0 end)
            as meetings,
        sum(case when activity_type like '%call' then fact else 0 end) as calls

    from activity_counts

    group by rep_id, day_on

),

opened as (

    select
        owner_rep_id as rep_id,
        cast(created_at as date) as day_on,
        count(*) as leads

    from leads

    where owner_rep_id is not null

    group by owner_rep_id, cast(created_at as date)

),

touches as (

    select
        rep_id,
        cast(occurred_at as date) as day_on,
        row_number() over (
            partition by lead_id order by occurred_at, activity_id
        ) as touch_number

    from activities

),

touched as (

    select
        rep_id,
        day_on,
        count(*) as first_touches

    from touches

    where touch_number = 1

    group by rep_id, day_on

),

rep_days as (

    {% for kind in ["invoiced", "acted", "opened", "touched"] %}
    select
        rep_id,
        day_on

    from {{ kind }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}

),

joined as (

    select
        rep_days.rep_id,
        rep_days.day_on,
        {% for count in counts %}
        coalesce({{ count }}, 0) as {{ count }},
        {% endfor %}
        coalesce(invoiced.flag_mask, 0) as flag_mask

    from rep_days

    {% for kind in ["invoiced", "acted", "opened", "touched"] %}
    left join {{ kind }}
        on
            rep_days.rep_id = {{ kind }}.rep_id
            and rep_days.day_on = {{ kind }}.day_on
    {% endfor %}

),

both_roles as (

    select
        rep_id as credited_rep_id,
        'own' as chain_role,
        {{ month_start("day_on") }} as month_start,
        {% for count in counts %}
        {{ count }},
        {% endfor %}
        flag_mask

    from joined

    union all

    select
        chain.above_rep_id as credited_rep_id,
        'team' as chain_role,
        {{ month_start("joined.day_on") }} as month_start,
        {% for count in counts %}
        joined.{{ count }},
        {% endfor %}
        joined.flag_mask

    from joined

    inner join chain
        on
            joined.rep_id = chain.rep_id
            and joined.day_on between chain.valid_from and chain.valid_to

)

select
    credited_rep_id as rep_id,
    chain_role,
    month_start,
    {% for count in counts %}
    sum({{ count }}) as {{ count }},
    {% endfor %}
    bit_or(flag_mask) as flag_mask

from both_roles

group by credited_rep_id, chain_role, month_start
