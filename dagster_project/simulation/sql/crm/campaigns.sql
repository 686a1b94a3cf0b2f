select
    campaign_id(range) as campaign_id,
    'Campaign ' || (range + 1) as campaign_name,
    ['email', 'fair', 'phone', 'web'][draw(range, 'campaign channel', 4) + 1] as channel,
    day_of(range * 65) as starts_on,
    day_of(range * 65) + 84 as ends_on,
    money(500000 + 10000 * draw(range, 'campaign budget', 300)) as budget_amount,
    'EUR' as currency
from range((workday_count() + 64) // 65)
