{#
    Leads, and opportunities that came of none. A lead's opportunity is the first of
    its client after it; later ones are sales to a client already won, not of a lead.
-#}
with

leads as (

    select * from {{ ref("stg_crm__leads") }}

    where created_at < {{ add_days(as_of_date(), 1) }}

),

opportunities as (

    select * from {{ ref("stg_crm__opportunities") }}

    where created_at < {{ add_days(as_of_date(), 1) }}

),

survivors as (

    select * from {{ ref("int_accounts_survived") }}

),

client_leads as (

    select
        leads.lead_id,
        leads.created_at,
        survivors.client_id

    from leads

    inner join survivors
        on leads.account_id = survivors.account_id

),

client_opportunities as (

    select
        opportunities.opportunity_id,
        opportunities.created_at,
        survivors.client_id

    from opportunities

    inner join survivors
        on opportunities.account_id = survivors.account_id

),

{# Of several leads of a client the latest before an opportunity led to it. #}
preceding as (

    select
        client_opportunities.opportunity_id,
        client_opportunities.created_at,
        client_leads.lead_id,
        row_number() over (
            partition by client_opportunities.opportunity_id
            order by client_leads.created_at desc, client_leads.lead_id desc
        ) as recency

    from client_opportunities

    inner join client_leads
        on
            client_opportunities.client_id = client_leads.client_id
            and client_opportunities.created_at >= client_leads.created_at

),

following as (

    select
        lead_id,
        opportunity_id,
        row_number() over (
            partition by lead_id order by created_at, opportunity_id
        ) as place

    from preceding

    where recency = 1

),

led_to as (

    select
        lead_id,
        opportunity_id

    from following

    where place = 1

),

cases as (

    select
        leads.lead_id,
        led_to.opportunity_id,
        leads.channel,
        coalesce(leads.temperature, 'unknown') as temperature,
        leads.created_at as lead_created_at,
        leads.converted_at

    from leads

    left join led_to
        on leads.lead_id = led_to.lead_id

    union all

    select
        cast(null as {{ dbt.type_string() }}) as lead_id,
        opportunities.opportunity_id,
        'no lead' as channel,
        'no lead' as temperature,
        cast(null as timestamp) as lead_created_at,
        cast(null as timestamp) as converted_at

    from opportunities

    left join led_to
        on opportunities.opportunity_id = led_to.opportunity_id

    where led_to.opportunity_id is null

)

select
    coalesce(cases.lead_id, cases.opportunity_id) as case_id,
    case when cases.lead_id is null then 'opportunity' else 'lead' end
        as case_type,
    cases.lead_id,
    cases.opportunity_id,
    cases.channel,
    cases.temperature,
    {{ month_start(
        "coalesce(cases.lead_created_at, opportunities.created_at)"
    ) }}
        as cohort_month,
    cases.lead_created_at,
    case
        when cases.lead_id is null then null
        when cases.converted_at >= {{ add_days(as_of_date(), 1) }}
            then opportunities.created_at
        when cases.converted_at <= opportunities.created_at
            then cases.converted_at
        else coalesce(opportunities.created_at, cases.converted_at)
    end as converted_at,
    coalesce(
        (
            opportunities.is_won is null
            or opportunities.closed_at >= {{ add_days(as_of_date(), 1) }}
        )
        {% for stage in var("funnel").stages %}
        and opportunities.stage <> {{ sql_text(stage) }}
        {%- endfor %},
        false
    ) as is_stage_unknown

from cases

left join opportunities
    on cases.opportunity_id = opportunities.opportunity_id
