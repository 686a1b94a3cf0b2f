select
    rep_id,
    role,
    day_on

from {{ ref("int_rep_days") }}

where is_working_day and day_on <= {{ as_of_date() }}
