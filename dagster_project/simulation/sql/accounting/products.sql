select
    product_id(range) as product_id,
    product_name(range) as product_name,
    product_category(range) as category
from range(product_count())
