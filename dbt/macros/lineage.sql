{#-
    The contract tables that a model is made of, found by walking the graph, so
    that what a mart rests on is never written down twice.
-#}
{% macro upstream_inputs(unique_id) -%}
    {%- set found = [] -%}
    {%- set waiting = [unique_id] -%}
    {%- set seen = [] -%}
    {%- for _ in range(1000) if waiting -%}
        {%- set node_id = waiting.pop() -%}
        {%- if node_id not in seen -%}
            {%- do seen.append(node_id) -%}
            {%- if node_id in graph.sources -%}
                {%- set source = graph.sources[node_id] -%}
                {%- if source.schema in ("crm", "accounting", "planning") -%}
                    {%- do found.append(source.schema ~ "." ~ source.name) -%}
                {%- endif -%}
            {%- elif node_id in graph.nodes -%}
                {%- do waiting.extend(graph.nodes[node_id].depends_on.nodes) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | unique | sort) }}
{%- endmacro %}

{#- The KPI marts, in the order of their names. -#}
{% macro kpi_marts() -%}
    {%- set marts = [] -%}
    {%- for node in graph.nodes.values() -%}
        {%- if node.resource_type == "model" and "kpi" in node.fqn -%}
            {%- do marts.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(marts | sort(attribute="name")) }}
{%- endmacro %}
