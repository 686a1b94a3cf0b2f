{%- set cuts = {
    "company": ("'all'", "'Company'"),
    "segment": ("segment", "segment"),
    "territory": ("territory_id", "territory_name"),
    "rep": ("rep_id", "rep_name"),
    "acquisition_channel": ("acquisition_channel", "acquisition_channel"),
} -%}
{%- set amounts = [
    "new_mrr",
    "reactivation_mrr",
    "expansion_mrr",
    "contraction_mrr",
    "churn_mrr",
    "exchange_rate_effect",
] -%}
{%- set counts = {
    "clients_new": "new",
    "clients_reactivated": "reactivation",
    "clients_expanded": "expansion",
    "clients_contracted": "contraction",
    "clients_lost": "churn",
} -%}
{%- set balances = [
    "closing_mrr",
    "flagged_mrr",
    "clients_at_end",
    "then_mrr",
    "retained_mrr",
    "kept_mrr",
    "clients_then",
] -%}
{%- set cumulated = balances + recurring_rules() -%}

with

movements as (

    select * from {{ ref("fct_mrr_movements") }}

),

retention as (

    select * from {{ ref("int_mrr_retention") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

months as (

    select * from {{ ref("int_months") }}

),

by_client as (

    select
        mrr_source,
        client_id,
        month_start,
        {% for amount in amounts %}
        {{ amount }},
        {% endfor %}
        {% for column, movement in counts.items() %}
        case when movement = '{{ movement }}' then 1 else 0 end as {{ column }},
        {% endfor %}
        closing_mrr - opening_mrr as closing_mrr_change,
        flagged_mrr - opening_flagged_mrr as flagged_mrr_change,
        case
            when movement in ('new', 'reactivation') then 1
            when movement = 'churn' then -1
            else 0
        end as clients_at_end_change,
        0 as then_mrr_change,
        0 as retained_mrr_change,
        0 as kept_mrr_change,
        0 as clients_then_change,
        flag_mask,
        opening_flag_mask

    from movements

    union all

    select
        mrr_source,
        client_id,
        month_start,
        {% for column in amounts + counts | list %}
        0 as {{ column }},
        {% endfor %}
        0 as closing_mrr_change,
        0 as flagged_mrr_change,
        0 as clients_at_end_change,
        then_mrr_change,
        retained_mrr_change,
        kept_mrr_change,
        clients_then_change,
        0 as flag_mask,
        0 as opening_flag_mask

    from retention

),

{# Summed by all attributes at once, so that each cut sums few rows. #}
by_attributes as (

    select
        by_client.mrr_source,
        by_client.month_start,
        coalesce(clients.segment, 'unknown') as segment,
        coalesce(clients.territory_id, 'unknown') as territory_id,
        coalesce(clients.territory_name, 'unknown') as territory_name,
        coalesce(clients.owner_rep_id, 'unassigned') as rep_id,
        coalesce(clients.acquisition_channel, 'unknown')
            as acquisition_channel,
        {% for column in amounts + counts | list %}
        sum(by_client.{{ column }}) as {{ column }},
        {% endfor %}
        {% for balance in balances %}
        sum(by_client.{{ balance }}_change) as {{ balance }}_change,
        {% endfor %}
        {{ clients_under_rules_change(
            "by_client.flag_mask", "by_client.opening_flag_mask"
        ) }}

    from by_client

    left join clients
        on by_client.client_id = clients.client_id

    group by
        by_client.mrr_source,
        by_client.month_start,
        clients.segment,
        clients.territory_id,
        clients.territory_name,
        clients.owner_rep_id,
        clients.acquisition_channel

),

with_names as (

    select
        by_attributes.*,
        coalesce(reps.rep_name, by_attributes.rep_id) as rep_name

    from by_attributes

    left join reps
        on by_attributes.rep_id = reps.rep_id

),

by_cut as (

    {% for cut, (cut_id, cut_name) in cuts.items() %}
    select
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        {{ cut_name }} as cut_name,
        {% for column in amounts + counts | list %}
        sum({{ column }}) as {{ column }},
        {% endfor %}
        {% for balance in cumulated %}
        sum({{ balance }}_change) as {{ balance }}_change,
        {% endfor %}
        mrr_source,
        month_start

    from with_names

    group by
        {% if cut != "company" %}
        {{ cut_id }},
        {% if cut_name != cut_id %}{{ cut_name }},{% endif %}
        {% endif %}
        mrr_source,
        month_start
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

cut_ids as (

    select
        mrr_source,
        cut,
        cut_id,
        cut_name,
        min(month_start) as first_month

    from by_cut

    group by mrr_source, cut, cut_id, cut_name

),

filled as (

    select
        cut_ids.mrr_source,
        cut_ids.cut,
        cut_ids.cut_id,
        cut_ids.cut_name,
        {% for column in amounts + counts | list %}
        coalesce(by_cut.{{ column }}, 0) as {{ column }},
        {% endfor %}
        {% for balance in cumulated %}
        coalesce(by_cut.{{ balance }}_change, 0) as {{ balance }}_change,
        {% endfor %}
        months.month_start,
        months.month_end

    from cut_ids

    inner join months
        on cut_ids.first_month <= months.month_start

    left join by_cut
        on
            cut_ids.mrr_source = by_cut.mrr_source
            and cut_ids.cut = by_cut.cut
            and cut_ids.cut_id = by_cut.cut_id
            and months.month_start = by_cut.month_start

),

accumulated as (

    select
        {% for balance in cumulated %}
        sum({{ balance }}_change) over (
            partition by mrr_source, cut, cut_id order by month_start
        ) as {{ balance }},
        {% endfor %}
        *

    from filled

),

opened as (

    select
        *,
        closing_mrr - closing_mrr_change as opening_mrr,
        flagged_mrr - flagged_mrr_change as opening_flagged_mrr,
        clients_at_end - clients_at_end_change as clients_at_start,
        {{ mask_of_rules() }} as flag_mask

    from accumulated

)

select
    month_start,
    mrr_source,
    cut,
    cut_id,
    cut_name,
    month_end > {{ as_of_date() }} as is_partial,
    {{ money("opening_mrr") }} as opening_mrr,
    {% for amount in amounts %}
    {{ money(amount) }} as {{ amount }},
    {% endfor %}
    {{ money("closing_mrr") }} as closing_mrr,
    {{ money("12 * closing_mrr") }} as arr,
    cast(clients_at_start as bigint) as clients_at_start,
    {% for count in counts %}
    cast({{ count }} as bigint) as {{ count }},
    {% endfor %}
    cast(clients_at_end as bigint) as clients_at_end,
    {{ ratio("churn_mrr + contraction_mrr", "opening_mrr") }}
        as gross_mrr_churn_rate,
    {{ ratio(
        "churn_mrr + contraction_mrr - expansion_mrr - reactivation_mrr",
        "opening_mrr",
    ) }} as net_mrr_churn_rate,
    {{ ratio("clients_lost", "clients_at_start") }} as logo_churn_rate,
    {{ ratio("new_mrr + expansion_mrr", "contraction_mrr + churn_mrr") }}
        as quick_ratio,
    cast(
        clients_new + clients_expanded + clients_contracted + clients_lost
        as bigint
    ) as clients_in_quick_ratio,
    {{ money("then_mrr") }} as mrr_12_months_ago,
    cast(clients_then as bigint) as clients_12_months_ago,
    {{ ratio("retained_mrr", "then_mrr") }} as net_revenue_retention,
    {{ ratio("kept_mrr", "then_mrr") }} as gross_revenue_retention,
    {{ reliability_columns(
        period_end="month_end",
        flagged="(flagged_mrr + opening_flagged_mrr)",
        total="(closing_mrr + opening_mrr)",
        flag_mask="flag_mask",
        notes=[
            {"when": "opening_mrr = 0", "name": "no_opening_mrr"},
            {"when": "churn_mrr + contraction_mrr = 0", "name": "no_mrr_lost"},
            {"when": "then_mrr = 0", "name": "no_mrr_12_months_ago"},
        ],
    ) }}

from opened

where
    opening_mrr <> 0
    or closing_mrr <> 0
    or then_mrr <> 0
    or flag_mask <> 0
