{#- Each rate: what comes out of it, and the cases that go in. -#}
{%- set rates = {
    "proposal_to_deal": ("deals", "proposals"),
    "meeting_to_proposal": ("proposals", "meetings"),
    "call_to_meeting": ("meetings", "calls"),
    "lead_to_deal": ("deals", "leads"),
    "first_touch_to_lead": ("leads", "first_touches"),
} -%}
{#- Each requirement: what it is needed for, and the rate between the two. -#}
{%- set requirements = {
    "proposals": ("deals", "proposal_to_deal"),
    "meetings": ("proposals", "meeting_to_proposal"),
    "calls": ("meetings", "call_to_meeting"),
    "leads": ("deals", "lead_to_deal"),
    "first_touches": ("leads", "first_touch_to_lead"),
} -%}
{%- set minimum_cases = var("required_activity").minimum_cases -%}

with

selling_rates as (

    select * from {{ ref("int_selling_rates") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

{# A rate of few cases says little about the rep: the team's stands in. #}
chosen as (

    select
        *,
        own_deals < {{ minimum_cases }} as is_team_average_deal,
        case
            when own_deals < {{ minimum_cases }} then team_deals
            else own_deals
        end as deals_counted,
        case
            when own_deals < {{ minimum_cases }} then team_deal_revenue
            else own_deal_revenue
        end as deal_revenue,
        case
            when own_deals < {{ minimum_cases }} then team_flagged_revenue
            else own_flagged_revenue
        end as flagged_revenue,
        case
            when own_deals < {{ minimum_cases }} then team_absolute_revenue
            else own_absolute_revenue
        end as absolute_revenue,
        case
            when own_deals < {{ minimum_cases }} then team_flag_mask
            else own_flag_mask
        end as flag_mask,
        {% for rate, (results, cases) in rates.items() %}
        own_{{ cases }} < {{ minimum_cases }} as is_team_{{ rate }},
        case
            when own_{{ cases }} < {{ minimum_cases }} then team_{{ results }}
            else own_{{ results }}
        end as {{ rate }}_results,
        case
            when own_{{ cases }} < {{ minimum_cases }} then team_{{ cases }}
            else own_{{ cases }}
        end as {{ rate }}_cases{% if not loop.last %},{% endif %}
        {% endfor %}

    from selling_rates

),

{#
    Rounded up after each step, since there are no parts of a deal. In whole units
    of the smallest money, so that a quotient without a rest stays one.
#}
with_deals as (

    select
        *,
        ceil(
            round(cast(plan_low as double) * 10000) * deals_counted
            / case
                when deal_revenue > 0
                    then round(cast(deal_revenue as double) * 10000)
            end
        ) as required_deals

    from chosen

),

{% for name, (needed_for, rate) in requirements.items() %}
with_{{ name }} as (

    select
        *,
        ceil(
            required_{{ needed_for }}
            * nullif(cast({{ rate }}_cases as double), 0)
            / nullif(cast({{ rate }}_results as double), 0)
        ) as required_{{ name }}

    from with_{{ "deals" if loop.first else loop.previtem[0] }}

),
{% endfor %}

required as (

    select
        *,
        case period_type
            when 'month'
                then {{ add_days(add_months("period_start", 1), -1) }}
            else {{ add_days(add_months("period_start", 3), -1) }}
        end as period_end

    from with_first_touches

)

select
    required.rep_id,
    coalesce(reps.rep_name, 'Unknown rep ' || required.rep_id) as rep_name,
    required.period_type,
    required.period_start,
    required.period_end,
    required.period_end > {{ as_of_date() }} as is_partial,
    required.leader_id,
    {{ money("required.plan_low") }} as plan_low,
    {{ rounded_money(exact_quotient(
        "required.deal_revenue", "required.deals_counted"
    )) }} as average_deal,
    required.is_team_average_deal,
    {% for rate in rates %}
    {{ ratio("required." ~ rate ~ "_results", "required." ~ rate ~ "_cases") }}
        as {{ rate }},
    cast(required.{{ rate }}_cases as bigint) as {{ rate }}_cases,
    required.is_team_{{ rate }},
    {% endfor %}
    cast(required.required_deals as bigint) as required_deals,
    {% for name in requirements %}
    cast(required.required_{{ name }} as bigint) as required_{{ name }},
    {% endfor %}
    {{ reliability_columns(
        period_end="required.period_end",
        flagged="required.flagged_revenue",
        total="required.absolute_revenue",
        flag_mask="required.flag_mask",
        notes=[
            {
                "when": "(required.is_team_average_deal"
                ~ " or required.is_team_proposal_to_deal"
                ~ " or required.is_team_meeting_to_proposal"
                ~ " or required.is_team_call_to_meeting"
                ~ " or required.is_team_lead_to_deal"
                ~ " or required.is_team_first_touch_to_lead)",
                "name": "team_rate_used",
                "is_caution": true,
            },
            {
                "when": "(required.required_calls is null"
                ~ " or required.required_first_touches is null)",
                "name": "no_rate_known",
                "is_caution": true,
            },
        ],
    ) }}

from required

left join reps
    on required.rep_id = reps.rep_id
