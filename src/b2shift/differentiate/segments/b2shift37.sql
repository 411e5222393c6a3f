-- The predecessor's 37 binary features, one row per customer with a contract line signed in or after 2015.
-- The date and the 0/1 columns are filled in by predecessor.py.
WITH signed AS (
    SELECT customer_id, revenue_line_group, market_segment, revenue_range, situation, value, signed_on
    FROM contract_lines
    WHERE signed_on IS NULL OR signed_on <= $as_of
),
recent AS (
    SELECT customer_id, revenue_line_group, trim(upper(market_segment)) AS market_segment, revenue_range,
           coalesce(situation = 'ATIVO', FALSE) AS active,
           coalesce(situation = 'CANCELADO', FALSE) AS cancelled,
           coalesce(situation = 'GRATUITO', FALSE) AS free,
           signed_on, value
    FROM signed
    WHERE signed_on >= DATE '2015-01-01'
),
-- "First" of the predecessor's group-by is the order of a file; here it is the earliest signature, then the alphabet.
grouped AS (
    SELECT customer_id, revenue_line_group,
           arg_min(market_segment, (signed_on, market_segment)) AS market_segment,
           arg_min(revenue_range, (signed_on, revenue_range)) AS revenue_range,
           bool_or(active) AS active, bool_or(cancelled) AS cancelled, bool_or(free) AS free,
           bool_or(NOT active AND NOT cancelled AND NOT free) AS other
    FROM recent
    GROUP BY customer_id, revenue_line_group
),
-- The band of value is over all lines of the customer, cancelled ones and those before 2015 included.
worth AS (SELECT customer_id, coalesce(sum(value), 0) AS value FROM signed GROUP BY customer_id),
since AS (
    SELECT customer_id, ($as_of - min(customer_since)) // 365 AS years FROM customer_registry GROUP BY customer_id
),
banded AS (
    SELECT grouped.*, worth.value, since.years,
           TRY_CAST(regexp_extract(revenue_range, '(?i)faixa\s*(\d+)', 1) AS INTEGER) AS range_number
    FROM grouped JOIN worth USING (customer_id) LEFT JOIN since USING (customer_id)
)
SELECT customer_id, $columns,
       CAST(NOT (bool_or(cancelled) AND NOT bool_or(active OR free OR other)) AS TINYINT) AS cliente_ativo
FROM banded
GROUP BY customer_id
ORDER BY customer_id
