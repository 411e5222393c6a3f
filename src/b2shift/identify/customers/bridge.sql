-- Recurring revenue from month to month, by customer total: what came, grew, shrank, left and came back.
WITH totals AS (
    SELECT customer_id, month, sum(mrr) AS mrr FROM recurring_revenue
    WHERE month <= $closed_month AND mrr IS NOT NULL GROUP BY ALL HAVING sum(mrr) > 0
),
months AS (
    SELECT month, row_number() OVER (ORDER BY month) AS n
    FROM (SELECT CAST(unnest(generate_series(min(month), max(month), INTERVAL 1 MONTH)) AS DATE) AS month FROM totals)
),
firsts AS (SELECT customer_id, min(month) AS first FROM totals GROUP BY customer_id),
-- Each customer in each month in which it paid, or had paid the month before.
steps AS (
    SELECT customer_id, month, coalesce(now.mrr, 0) AS mrr, coalesce(before.mrr, 0) AS earlier
    FROM totals AS now
    FULL JOIN (SELECT customer_id, CAST(month + INTERVAL 1 MONTH AS DATE) AS month, mrr FROM totals) AS before
    USING (customer_id, month)
),
year AS (
    SELECT CAST(month + INTERVAL 12 MONTH AS DATE) AS month,
           sum(now) AS kept, sum(least(now, mrr)) AS kept_at_most, sum(mrr) AS base
    FROM (SELECT past.month, past.mrr, coalesce(now.mrr, 0) AS now FROM totals AS past
          LEFT JOIN totals AS now ON now.customer_id = past.customer_id
                                 AND now.month = CAST(past.month + INTERVAL 12 MONTH AS DATE))
    GROUP BY month
)
SELECT month,
       sum(earlier) AS start_mrr,
       coalesce(sum(mrr) FILTER (earlier = 0 AND month = first), 0) AS new_mrr,
       coalesce(sum(mrr) FILTER (earlier = 0 AND month > first), 0) AS reactivated_mrr,
       coalesce(sum(mrr - earlier) FILTER (earlier > 0 AND mrr > earlier), 0) AS expansion_mrr,
       coalesce(sum(earlier - mrr) FILTER (mrr > 0 AND mrr < earlier), 0) AS contraction_mrr,
       coalesce(sum(earlier) FILTER (mrr = 0), 0) AS churned_mrr,
       sum(mrr) AS end_mrr,
       count(*) FILTER (earlier > 0) AS customers_start,
       count(*) FILTER (earlier = 0 AND month = first) AS customers_new,
       count(*) FILTER (earlier = 0 AND month > first) AS customers_reactivated,
       count(*) FILTER (mrr = 0) AS customers_churned,
       any_value(CAST(kept AS DOUBLE) / nullif(CAST(base AS DOUBLE), 0)) AS nrr_12m,
       any_value(CAST(kept_at_most AS DOUBLE) / nullif(CAST(base AS DOUBLE), 0)) AS grr_12m
FROM steps JOIN months USING (month) JOIN firsts USING (customer_id) LEFT JOIN year USING (month)
WHERE n > 1
GROUP BY month
