{#-
    The metrics that a goal can be held against: monthly, by cut. Of a flow the
    months add up; of a rate they are averaged over the months that are over.
-#}
{% macro goal_measures() -%}
    {{ return([
        {"mart": "kpi_revenue_yoy", "column": "net_revenue",
         "month": "period_start", "is_flow": true, "is_higher_better": true},
        {"mart": "kpi_new_business", "column": "new_revenue",
         "month": "period_start", "is_flow": true, "is_higher_better": true},
        {"mart": "kpi_new_business", "column": "new_clients",
         "month": "period_start", "is_flow": true, "is_higher_better": true},
        {"mart": "kpi_churn", "column": "logo_churn_rate",
         "month": "month_start", "is_flow": false, "is_higher_better": false},
        {"mart": "kpi_churn", "column": "revenue_churn_rate",
         "month": "month_start", "is_flow": false, "is_higher_better": false},
    ]) }}
{%- endmacro %}
