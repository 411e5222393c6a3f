-- One row per customer, as known on $as_of. $everyone: keep also those whose first date is later (nobody is lost);
-- otherwise only what was dated on or before $as_of counts. A line without a date is as old as its customer.
WITH registry AS (
    SELECT customer_id, min(customer_since) AS registered_on
    FROM customer_registry WHERE customer_id IS NOT NULL GROUP BY customer_id
),
-- Lines of a customer that say the same of it, counted: a few for each customer, where lines are many.
alike AS MATERIALIZED (
    SELECT customer_id, $attributes, signed_on IS NULL AS undated, coalesce(signed_on > $as_of, FALSE) AS later,
           count(*) AS lines,
           count(*) FILTER (situation = 'ATIVO') AS active_lines,
           count(*) FILTER (situation = 'GRATUITO') AS free_lines,
           count(*) FILTER (situation = 'PENDENTE') AS pending_lines,
           count(*) FILTER (situation = 'CANCELADO') AS cancelled_lines,
           coalesce(sum(value), 0) AS worth,
           min(signed_on) AS first_signed_on
    FROM contract_lines WHERE customer_id IS NOT NULL GROUP BY ALL
),
visible AS MATERIALIZED (
    SELECT alike.* FROM alike LEFT JOIN registry USING (customer_id)
    WHERE $everyone OR (NOT later AND (NOT undated OR coalesce(registered_on, DATE '0001-01-01') <= $as_of))
),
lines AS (
    SELECT customer_id,
           CAST(sum(lines) AS BIGINT) AS lines,
           CAST(sum(active_lines) AS BIGINT) AS active_lines,
           CAST(sum(free_lines) AS BIGINT) AS free_lines,
           CAST(sum(pending_lines) AS BIGINT) AS pending_lines,
           CAST(sum(cancelled_lines) AS BIGINT) AS cancelled_lines,
           sum(worth) AS contract_total,
           min(first_signed_on) FILTER (NOT later) AS first_signed_on
    FROM visible GROUP BY customer_id
),
-- The most frequent value of each attribute; ties go to the larger contract value, then to the alphabet.
$elections,
-- Where several systems tell of one company: what the first says, else what the next does; a valid CNPJ comes first.
told AS (
    SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY cnpj_valid DESC NULLS LAST, cnpj, name) AS place
    FROM companies
),
company AS (
    SELECT customer_id,
           min(cnpj) FILTER (place = 1) AS cnpj,
           bool_or(cnpj_valid) FILTER (place = 1) AS cnpj_valid,
           min_by(name, place) FILTER (name IS NOT NULL) AS name,
           min_by(trade_name, place) FILTER (trade_name IS NOT NULL) AS trade_name,
           min_by(domain, place) FILTER (domain IS NOT NULL) AS domain,
           min_by(phone, place) FILTER (phone IS NOT NULL) AS phone,
           min_by(city, place) FILTER (city IS NOT NULL) AS city,
           min_by(state, place) FILTER (state IS NOT NULL) AS state,
           min_by(employees, place) FILTER (employees IS NOT NULL) AS employees,
           min_by(market_segment, place) FILTER (market_segment IS NOT NULL) AS market_segment
    FROM told GROUP BY customer_id
),
hosted AS (
    SELECT customer_id, hosting, count(*) AS votes, sum(coalesce(total, 0)) AS worth
    FROM quote_items WHERE hosting IS NOT NULL AND quoted_on <= $as_of GROUP BY ALL
),
hosting AS (
    SELECT customer_id, min_by(hosting, (-votes, -worth, hosting)) AS hosting FROM hosted GROUP BY customer_id
),
closed_month AS (SELECT max(month) AS month FROM recurring_revenue WHERE month <= $closed_month),
revenue AS (
    SELECT customer_id, sum(mrr) AS mrr,
           coalesce(list_sort(array_agg(DISTINCT product_family) FILTER (mrr > 0 AND product_family IS NOT NULL)), []) AS families
    FROM recurring_revenue WHERE month = (SELECT month FROM closed_month) AND origin <> 'bridged' GROUP BY customer_id
),
owner AS (
    SELECT customer_id, max_by(owner_id, (created_on, opportunity_id)) AS owner_id
    FROM opportunities WHERE customer_id IS NOT NULL AND owner_id IS NOT NULL AND created_on <= $as_of
    GROUP BY customer_id
),
hired AS (
    SELECT customer_id, sum(purchases) AS purchases, sum(value) AS value FROM purchases_12m GROUP BY customer_id
),
vendor AS (SELECT customer_id, sum(mrr_12m) AS mrr_12m FROM mrr_vendor GROUP BY customer_id),
first_lines AS (
    SELECT customer_id, min(first_signed_on) AS first_line_on, bool_or(undated) AS undated
    FROM alike GROUP BY customer_id
),
population AS (
    -- least() passes over nulls: known since the registration or the first line, whichever came first.
    SELECT customer_id,
           coalesce(least(registered_on, CASE WHEN NOT undated OR registered_on IS NOT NULL THEN first_line_on END),
                    DATE '0001-01-01') AS known_on
    FROM registry FULL JOIN first_lines USING (customer_id)
),
since AS (
    SELECT customer_id,
           coalesce(CASE WHEN registered_on <= $as_of THEN registered_on END, first_signed_on) AS customer_since
    FROM population LEFT JOIN registry USING (customer_id) LEFT JOIN lines USING (customer_id)
    WHERE $everyone OR known_on <= $as_of
)
SELECT
    customer_id,
    coalesce(company.name, customer_id) AS name,
    company.trade_name,
    company.cnpj,
    company.cnpj_valid,
    company.domain,
    company.phone,
    coalesce(elected.city, company.city) AS city,
    coalesce(elected.state, company.state) AS state,
    elected.country_code,
    company.employees,
    coalesce(elected.market_segment, company.market_segment) AS market_segment,
    elected.sub_segment,
    elected.cnae,
    elected.brand,
    hosting.hosting,
    coalesce(elected.revenue_range, 'Sem Informações de Faturamento') AS revenue_range,
    CASE TRY_CAST(regexp_extract(elected.revenue_range, '(?i)faixa\s*(\d+)', 1) AS INTEGER)
        WHEN 0 THEN 'ate_15m' WHEN 1 THEN 'ate_15m' WHEN 2 THEN 'ate_15m'
        WHEN 3 THEN '15_50m' WHEN 4 THEN '15_50m' WHEN 5 THEN '15_50m'
        WHEN 6 THEN '50_150m' WHEN 7 THEN '50_150m'
        WHEN 8 THEN 'acima_150m' WHEN 9 THEN 'acima_150m' WHEN 10 THEN 'acima_150m' WHEN 11 THEN 'acima_150m'
        ELSE 'sem_info' END AS revenue_band,
    customer_since,
    date_diff('day', customer_since, $as_of) / 365.25 AS tenure_years,
    CASE WHEN tenure_years <= 3 THEN 'ate_3' WHEN tenure_years <= 10 THEN '3_10'
         WHEN tenure_years > 10 THEN 'mais_10' END AS tenure_band,
    coalesce(tenure_years < 1, FALSE) AS onboarding,
    CASE WHEN active_lines > 0 THEN 'ativo' WHEN free_lines > 0 THEN 'gratuito' WHEN pending_lines > 0 THEN 'pendente'
         WHEN cancelled_lines > 0 THEN 'cancelado' ELSE 'outro' END AS situation,
    coalesce(lines.lines, 0) AS lines,
    coalesce(lines.active_lines, 0) AS active_lines,
    coalesce(lines.contract_total, 0) AS contract_total,
    CASE WHEN coalesce(lines.contract_total, 0) = 0 THEN 'zero' WHEN contract_total < 0 THEN 'negativo'
         WHEN contract_total <= 5000 THEN 'ate_5k' WHEN contract_total <= 20000 THEN '5_20k'
         WHEN contract_total <= 100000 THEN '20_100k' WHEN contract_total <= 500000 THEN '100_500k'
         WHEN contract_total <= 1000000 THEN '500k_1m' ELSE 'acima_1m' END AS contract_band,
    coalesce(revenue.mrr, 0) AS mrr,
    vendor.mrr_12m,
    coalesce(revenue.families, []) AS families,
    $business_units AS business_units,
    owner.owner_id,
    coalesce(hired.purchases, 0) AS purchases_12m,
    coalesce(hired.value, 0) AS purchases_12m_value,
    $as_of AS as_of
FROM since
LEFT JOIN lines USING (customer_id)
LEFT JOIN elected USING (customer_id)
LEFT JOIN company USING (customer_id)
LEFT JOIN hosting USING (customer_id)
LEFT JOIN revenue USING (customer_id)
LEFT JOIN vendor USING (customer_id)
LEFT JOIN owner USING (customer_id)
LEFT JOIN hired USING (customer_id)
