with

goals as (

    select * from {{ ref("int_goals") }}

),

catalog as (

    select distinct mart || '.' || metric as measure

    from {{ ref("metric_catalog") }}

),

potentials as (

    select * from {{ ref("kpi_client_potential") }}

),

months as (

    select * from {{ ref("int_months") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

measures as (

    {% for measure in goal_measures() %}
    select
        '{{ measure.mart }}.{{ measure.column }}' as measure,
        {{ measure.is_flow }} as is_flow,
        {{ measure.is_higher_better }} as is_higher_better
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# Of every metric only the cuts that some goal is about. #}
monthly as (

    {% for measure in goal_measures() %}
    select
        '{{ measure.mart }}.{{ measure.column }}' as measure,
        case
            when cut = 'company' then 'company' else cut || ':' || cut_id
        end as scope,
        {{ measure.month }} as month_start,
        cast({{ measure.column }} as decimal(28, 8)) as metric_value,
        case when reliability = 'reliable' then 0 else 1 end as needs_caution

    from {{ ref(measure.mart) }}

    where
        case
            when cut = 'company' then 'company' else cut || ':' || cut_id
        end in (select goals.scope from goals)
        {% if measure.month == "period_start" %}
        and period_type = 'month'
        {% endif %}
        {% if not measure.is_flow %}
        and not is_partial
        {% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

years_back as (

    {% for year in range(var("goals").past_years + 1) %}
    select {{ year }} as years_back
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{# The goal's months, and the same months of years wholly in the data. #}
spans as (

    select
        goals.goal_id,
        goals.measure,
        goals.scope,
        measures.is_flow,
        measures.is_higher_better,
        years_back.years_back,
        {{ add_months(
            "goals.first_month", "-cast(12 * years_back.years_back as integer)"
        ) }} as first_month,
        {{ add_months(
            "goals.last_month", "-cast(12 * years_back.years_back as integer)"
        ) }} as last_month

    from goals

    inner join measures
        on goals.measure = measures.measure

    cross join years_back

),

span_values as (

    select
        spans.goal_id,
        spans.is_higher_better,
        spans.years_back,
        case
            when spans.is_flow then sum(monthly.metric_value)
            else {{ exact_quotient(
                "sum(monthly.metric_value)", "count(monthly.metric_value)"
            ) }}
        end as metric_value,
        max(monthly.needs_caution) as needs_caution

    from spans

    inner join monthly
        on
            spans.measure = monthly.measure
            and spans.scope = monthly.scope
            and monthly.month_start >= spans.first_month
            and monthly.month_start <= spans.last_month

    cross join horizon

    where
        spans.years_back = 0
        or spans.first_month >= horizon.first_data_month

    group by
        spans.goal_id,
        spans.is_flow,
        spans.is_higher_better,
        spans.years_back

),

changes as (

    select
        newer.goal_id,
        newer.is_higher_better,
        {{ ratio("newer.metric_value", "older.metric_value") }} as change

    from span_values as newer

    inner join span_values as older
        on
            newer.goal_id = older.goal_id
            and newer.years_back + 1 = older.years_back

    where newer.years_back > 0

),

best_changes as (

    select
        goal_id,
        case when is_higher_better then max(change) else min(change) end
            as best_change

    from changes

    group by goal_id, is_higher_better

),

company_potentials as (

    select
        year_start,
        sum(
            case when potential > revenue then potential else revenue end
        ) as potential

    from potentials

    group by year_start

),

joined as (

    select
        goals.*,
        measures.is_flow,
        measures.is_higher_better,
        facts.metric_value as fact,
        coalesce(facts.needs_caution, 0) as needs_caution,
        last_years.metric_value as last_year,
        best_changes.best_change,
        company_potentials.potential,
        catalog.measure is not null as is_measurable,
        measures.measure is not null as is_supported,
        goals.starts_on is not null
        and goals.due_on is not null
        and goals.starts_on <= goals.due_on as is_dated,
        coalesce(
            cast(goals.baseline as decimal(28, 8)), last_years.metric_value
        ) as baseline_value,
        cast({{ ratio("goals.passed_days", "goals.total_days") }} as double)
            as time_share,
        {{ ratio("goals.target", "last_years.metric_value") }}
            as change_needed

    from goals

    left join catalog
        on goals.measure = catalog.measure

    left join measures
        on goals.measure = measures.measure

    left join span_values as facts
        on goals.goal_id = facts.goal_id and facts.years_back = 0

    left join span_values as last_years
        on goals.goal_id = last_years.goal_id and last_years.years_back = 1

    left join best_changes
        on goals.goal_id = best_changes.goal_id

    {# Potential is a year's: a part of a year has none. #}
    left join months
        on
            goals.first_month = months.month_start
            and goals.first_month = months.year_start
            and goals.due_on = months.year_end
            and goals.measure = 'kpi_revenue_yoy.net_revenue'
            and goals.scope = 'company'

    left join company_potentials
        on months.year_start = company_potentials.year_start

),

expected as (

    select
        *,
        case
            when is_flow then cast(target as double) * time_share
            when is_supported
                then
                    cast(baseline_value as double)
                    + cast(target - baseline_value as double) * time_share
        end as expected_amount

    from joined

),

judged as (

    select
        *,
        case
            when is_higher_better then target > last_year
            else target < last_year
        end as is_stretching,
        case
            when is_higher_better
                then
                    change_needed <= best_change
                    and coalesce(target <= potential, true)
            else change_needed >= best_change
        end as is_attainable,
        {{ decimal_of_double("expected_amount") }} as expected_to_date

    from expected

)

select
    goal_id,
    statement,
    measure,
    scope,
    starts_on,
    due_on,
    measure is not null and scope is not null as is_specific,
    is_measurable,
    is_stretching,
    is_attainable,
    is_dated,
    due_on > {{ as_of_date() }} as is_partial,
    cast(baseline_value as decimal(28, 8)) as baseline,
    target,
    cast(last_year as decimal(28, 8)) as last_year,
    best_change,
    cast(fact as decimal(28, 8)) as fact,
    case when is_dated then time_share end as time_share,
    case when is_dated then expected_to_date end as expected_to_date,
    case
        when not is_dated then null
        when is_higher_better then fact >= expected_to_date
        else fact <= expected_to_date
    end as is_on_track,
    {{ reliability_columns(
        notes=[
            {
                "when": "measure is null or scope is null",
                "name": "not_specific",
                "is_caution": true,
            },
            {
                "when": "measure is not null and not is_measurable",
                "name": "unknown_measure",
                "is_caution": true,
            },
            {
                "when": "is_measurable and not is_supported",
                "name": "unsupported_measure",
                "is_caution": true,
            },
            {
                "when": "is_supported and fact is null",
                "name": "no_fact",
                "is_caution": true,
            },
            {"when": "target is null", "name": "no_target", "is_caution": true},
            {"when": "not is_dated", "name": "not_dated", "is_caution": true},
            {
                "when": "needs_caution = 1",
                "name": "measure_needs_caution",
                "is_caution": true,
            },
            {
                "when": "is_supported and last_year is null",
                "name": "prior_history_incomplete",
            },
        ],
    ) }}

from judged
