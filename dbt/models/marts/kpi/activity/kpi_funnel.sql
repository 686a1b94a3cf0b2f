{%- set stages = var("funnel").stages -%}
{%- set steps = ["lead", "converted"] + stages + ["won"] -%}

with

cases as (

    select * from {{ ref("int_funnel_cases") }}

),

opportunity_stages as (

    select * from {{ ref("int_opportunity_stages") }}

),

steps as (

    {% for step in steps %}
    select
        {{ loop.index }} as step_number,
        {{ sql_text(step) }} as step

    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

reached_steps as (

    select
        case_type,
        case_id,
        1 as step_number,
        lead_created_at as reached_at

    from cases

    where case_type = 'lead'

    union all

    select
        case_type,
        case_id,
        2 as step_number,
        converted_at as reached_at

    from cases

    where case_type = 'lead' and converted_at is not null

    union all

    select
        cases.case_type,
        cases.case_id,
        opportunity_stages.stage_number + 2 as step_number,
        opportunity_stages.reached_at

    from cases

    inner join opportunity_stages
        on cases.opportunity_id = opportunity_stages.opportunity_id

),

next_steps as (

    select
        *,
        lead(reached_at) over (
            partition by case_type, case_id order by step_number
        ) as left_at

    from reached_steps

),

timed as (

    select
        case_type,
        case_id,
        step_number,
        {{ days_between("reached_at", "left_at") }} as days_in_step

    from next_steps

),

cohorts as (

    select
        cohort_month,
        channel,
        temperature,
        case_type,
        count(*) as cases,
        sum(case when is_stage_unknown then 1 else 0 end) as unknown_stages

    from cases

    group by cohort_month, channel, temperature, case_type

),

counts as (

    select
        cases.cohort_month,
        cases.channel,
        cases.temperature,
        cases.case_type,
        timed.step_number,
        count(*) as reached,
        count(timed.days_in_step) as timed_cases,
        sum(timed.days_in_step) as days_in_step

    from timed

    inner join cases
        on
            timed.case_type = cases.case_type
            and timed.case_id = cases.case_id

    group by
        cases.cohort_month,
        cases.channel,
        cases.temperature,
        cases.case_type,
        timed.step_number

),

{# A step that nobody of a cohort came to is there with 0, not left out. #}
cohort_steps as (

    select
        cohorts.cohort_month,
        cohorts.channel,
        cohorts.temperature,
        cohorts.case_type,
        cohorts.cases,
        cohorts.unknown_stages,
        steps.step_number,
        steps.step

    from cohorts

    inner join steps
        on cohorts.case_type = 'lead' or steps.step_number > 2

),

joined as (

    select
        cohort_steps.*,
        coalesce(counts.reached, 0) as reached,
        coalesce(counts.timed_cases, 0) as timed_cases,
        counts.days_in_step

    from cohort_steps

    left join counts
        on
            cohort_steps.cohort_month = counts.cohort_month
            and cohort_steps.channel = counts.channel
            and cohort_steps.temperature = counts.temperature
            and cohort_steps.case_type = counts.case_type
            and cohort_steps.step_number = counts.step_number

),

compared as (

    select
        *,
        lag(reached) over (
            partition by cohort_month, channel, temperature, case_type
            order by step_number
        ) as reached_before,
        min(reached) over (
            partition by cohort_month, channel, temperature, case_type
        ) as won

    from joined

)

select
    cohort_month,
    case_type,
    channel,
    temperature,
    cast(step_number as integer) as step_number,
    step,
    cast(reached as bigint) as reached,
    cast(reached_before as bigint) as reached_before,
    {{ ratio("reached", "reached_before") }} as step_rate,
    cast(timed_cases as bigint) as timed_cases,
    {{ ratio("days_in_step", "timed_cases") }} as mean_days_in_step,
    cast(won as bigint) as won,
    {{ ratio("won", "reached") }} as win_rate,
    {{ reliability_columns(
        period_end="cohort_month",
        flagged="unknown_stages",
        total="cases",
        notes=[
            {
                "when": "unknown_stages > 0",
                "name": "unknown_stage",
                "is_caution": true,
            },
            {
                "when": "timed_cases = 0",
                "name": "nobody_moved_on",
                "is_caution": false,
            },
        ],
    ) }}

from compared
