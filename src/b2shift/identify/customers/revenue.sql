-- Recurring revenue as the house counts it: what was delivered, and in the place of each row that was lost on the way
-- what the other rows of the delivery say it was. `origin` tells which: delivered, dated, carried, bridged.
WITH told AS MATERIALIZED (
    SELECT customer_id, product_family, month, sum(mrr) AS mrr, CAST(sum(licensed_users) AS INTEGER) AS licensed_users
    FROM revenue_monthly WHERE customer_id IS NOT NULL AND month IS NOT NULL GROUP BY ALL
),
-- Closed months that came whole: a ledger that is still arriving would make everybody look lost.
whole AS (
    SELECT month FROM (
        SELECT month, customers, lag(customers) OVER (ORDER BY month) AS before
        FROM (SELECT month, count(DISTINCT customer_id) AS customers FROM told WHERE month <= $closed_month GROUP BY month)
    ) WHERE customers >= 0.5 * coalesce(before, 0)
),
invoiced AS MATERIALIZED (
    SELECT customer_id, CAST(date_trunc('month', issued_on) AS DATE) AS month,
           CASE WHEN bool_and(amount IS NOT NULL) THEN sum(amount) END AS amount
    FROM invoices WHERE customer_id IS NOT NULL AND issued_on IS NOT NULL AND status <> 'CANCELADA' GROUP BY ALL
),
-- Whether what is invoiced in a month is its recurring revenue, to the cent, in nine of ten months of customers.
agreed AS (
    SELECT coalesce(avg(CAST(abs(amount - mrr) <= 0.01 AS INTEGER)) >= 0.9, FALSE) AS yes
    FROM (SELECT customer_id, month, sum(mrr) AS mrr FROM told GROUP BY ALL HAVING bool_and(mrr IS NOT NULL))
    JOIN invoiced USING (customer_id, month) WHERE amount IS NOT NULL
),
-- What was invoiced and is not among the rows, where invoices can tell.
lacking AS MATERIALIZED (
    SELECT customer_id, month, amount - coalesce(mrr, 0) AS gap
    FROM invoiced SEMI JOIN whole USING (month)
    LEFT JOIN (SELECT customer_id, month, sum(mrr) AS mrr FROM told GROUP BY ALL) USING (customer_id, month)
    WHERE amount IS NOT NULL AND (SELECT yes FROM agreed)
),
-- Rows whose month could not be read. `nth` tells apart those of a customer and family.
undated AS MATERIALIZED (
    SELECT customer_id, product_family, mrr, licensed_users,
           row_number() OVER (PARTITION BY customer_id, product_family ORDER BY mrr, licensed_users) AS nth,
           count(*) OVER (PARTITION BY customer_id, product_family) AS alike
    FROM revenue_monthly
    WHERE month IS NULL AND customer_id IS NOT NULL AND product_family IS NOT NULL AND mrr IS NOT NULL
),
-- The months that lack in a series of rows: between two of them, and the few after the last.
series AS (
    SELECT *, lead(month) OVER (PARTITION BY customer_id, product_family ORDER BY month) AS following
    FROM told WHERE mrr IS NOT NULL AND product_family IS NOT NULL AND month <= $closed_month
),
holes AS (
    -- A row without a month closes the series sooner than that its customer left in the very last month.
    SELECT customer_id, product_family, mrr, licensed_users,
           following IS NOT NULL OR (month = $closed_month - INTERVAL 1 MONTH AND NOT (SELECT yes FROM agreed)) AS near,
           CAST(unnest(generate_series(month + INTERVAL 1 MONTH,
                coalesce(following - INTERVAL 1 MONTH, month + INTERVAL 3 MONTH), INTERVAL 1 MONTH)) AS DATE) AS month
    FROM series WHERE following IS NULL OR following > month + INTERVAL 1 MONTH
),
-- Where an undated row may belong: where exactly its amount is invoiced and lacks, or else in the only hole there is.
fitting AS (
    SELECT u.*, l.month, TRUE AS exact FROM undated AS u
    JOIN lacking AS l ON l.customer_id = u.customer_id AND abs(l.gap - u.mrr) <= 0.01
    UNION ALL
    SELECT u.*, h.month, FALSE AS exact FROM undated AS u
    JOIN holes AS h ON h.customer_id = u.customer_id AND h.product_family = u.product_family
    LEFT JOIN invoiced AS i ON i.customer_id = h.customer_id AND i.month = h.month
    LEFT JOIN lacking AS l ON l.customer_id = h.customer_id AND l.month = h.month
    WHERE h.month IN (SELECT month FROM whole) AND (h.near OR i.customer_id IS NOT NULL)
      AND coalesce(l.gap >= u.mrr - 0.01, TRUE)
),
dated AS MATERIALIZED (
    SELECT customer_id, product_family, month, mrr, licensed_users, exact FROM (
        SELECT f.*, count(*) OVER (PARTITION BY f.customer_id, f.product_family, nth) AS places
        FROM fitting AS f
        LEFT JOIN told AS t ON t.customer_id = f.customer_id AND t.product_family = f.product_family AND t.month = f.month
        WHERE t.customer_id IS NULL
        QUALIFY exact OR NOT bool_or(exact) OVER (PARTITION BY f.customer_id, f.product_family, nth)
    )
    WHERE exact OR (places = 1 AND alike = 1)
    QUALIFY row_number() OVER (PARTITION BY customer_id, product_family, nth ORDER BY month) = 1
        AND row_number() OVER (PARTITION BY customer_id, product_family, month ORDER BY exact DESC, nth) = 1
),
known AS MATERIALIZED (
    SELECT customer_id, product_family, month, mrr, licensed_users FROM told WHERE mrr IS NOT NULL
    UNION ALL SELECT * EXCLUDE (exact) FROM dated
),
-- What a month may lack: rows whose amount could not be read, and families there before, where rows were refused.
blank AS (
    SELECT customer_id, product_family, month, licensed_users FROM told
    WHERE mrr IS NULL AND product_family IS NOT NULL AND month <= $closed_month
),
absent AS (
    SELECT customer_id, product_family, mrr, licensed_users,
           CAST(unnest(generate_series(month + INTERVAL 1 MONTH,
                least(month + INTERVAL 3 MONTH, coalesce(following - INTERVAL 1 MONTH, $closed_month)),
                INTERVAL 1 MONTH)) AS DATE) AS month
    FROM (SELECT *, lead(month) OVER (PARTITION BY customer_id, product_family ORDER BY month) AS following
          FROM known WHERE product_family IS NOT NULL AND month <= $closed_month)
),
candidates AS (
    SELECT customer_id, product_family, month, absent.mrr AS earlier, blank.customer_id IS NOT NULL AS there,
           coalesce(blank.licensed_users, absent.licensed_users) AS licensed_users
    FROM absent FULL JOIN blank USING (customer_id, product_family, month)
    WHERE (blank.customer_id IS NOT NULL OR $refused) AND month IN (SELECT month FROM whole)
),
paid AS (SELECT customer_id, month, sum(mrr) AS mrr FROM known GROUP BY ALL),
-- Customers without any invoice: they use the product, and more of their contract is active than cancelled.
lively AS (
    SELECT DISTINCT customer_id, month FROM usage_monthly
    WHERE month = $closed_month AND customer_id IN (
        SELECT customer_id FROM contract_lines GROUP BY customer_id
        HAVING count(*) FILTER (situation = 'ATIVO') > count(*) FILTER (situation = 'CANCELADO')
    )
),
weighed AS (
    SELECT candidates.*, paid.customer_id IS NOT NULL AS others, invoiced.customer_id IS NOT NULL AS billed,
           lively.customer_id IS NOT NULL AS used,
           CASE WHEN (SELECT yes FROM agreed) THEN amount - coalesce(paid.mrr, 0) END AS gap
    FROM candidates LEFT JOIN paid USING (customer_id, month) LEFT JOIN invoiced USING (customer_id, month)
    LEFT JOIN lively USING (customer_id, month)
),
compared AS (
    SELECT *, abs(earlier - gap) <= 0.1 * gap AS alike, count(*) OVER same AS lost, sum(earlier) OVER same AS all_earlier
    FROM weighed WINDOW same AS (PARTITION BY customer_id, month)
),
-- One family alone that meets what is invoiced and lacks, where all that lack together do not: the others ended.
alone AS (
    SELECT customer_id, month FROM compared
    GROUP BY ALL HAVING count(*) FILTER (alike) = 1 AND any_value(abs(all_earlier - gap) > 0.1 * gap)
),
carried AS MATERIALIZED (
    SELECT customer_id, product_family, month, licensed_users,
           CASE WHEN gap IS NULL THEN earlier WHEN lost = 1 OR alone.customer_id IS NOT NULL THEN gap
                ELSE CAST(round(gap * earlier / all_earlier, 2) AS DECIMAL(18,2)) END AS mrr,
           concat(CASE WHEN there THEN 'linha sem valor legível' ELSE 'linha que não veio ou foi recusada' END, '; ',
                  CASE WHEN gap IS NOT NULL THEN 'vale o que falta na fatura do mês'
                       WHEN there THEN 'vale o valor do mês anterior'
                       WHEN billed THEN 'há fatura do mês, vale o valor do mês anterior'
                       ELSE 'há uso no mês e o contrato segue ativo, vale o valor do mês anterior' END) AS reason
    FROM compared LEFT JOIN alone USING (customer_id, month)
    WHERE CASE WHEN gap IS NOT NULL AND alone.customer_id IS NOT NULL THEN alike
               WHEN gap IS NOT NULL AND lost = 1 AND there THEN gap > 0.01
               WHEN gap IS NOT NULL THEN gap BETWEEN 0.5 * all_earlier AND 2 * all_earlier AND gap > 0.01 AND earlier > 0
               WHEN there THEN earlier IS NOT NULL
               ELSE NOT others AND (billed OR used) END
),
filled AS MATERIALIZED (
    SELECT * FROM known UNION ALL SELECT customer_id, product_family, month, mrr, licensed_users FROM carried
),
-- A single month lacking between two holds what the month before held. So do two that lack while the price before and
-- after is the same but for a tenth.
pairs AS (
    SELECT *, lead(month) OVER next AS following, lead(mrr) OVER next AS then_mrr
    FROM filled WHERE month <= $closed_month WINDOW next AS (PARTITION BY customer_id, product_family ORDER BY month)
),
bridged AS (
    SELECT customer_id, product_family, CAST(month + to_months(lost) AS DATE) AS month, mrr, licensed_users
    FROM pairs, range(1, 3) AS lacked(lost)
    WHERE (following = CAST(month + INTERVAL 2 MONTH AS DATE) AND lost = 1)
       OR (following = CAST(month + INTERVAL 3 MONTH AS DATE) AND abs(then_mrr - mrr) <= 0.1 * mrr)
)
SELECT *, 'delivered' AS origin, CAST(NULL AS VARCHAR) AS reason FROM told AS t
WHERE mrr IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM (SELECT customer_id, product_family, month FROM carried
                   UNION ALL SELECT customer_id, product_family, month FROM bridged) AS f
    WHERE f.customer_id = t.customer_id AND f.product_family = t.product_family AND f.month = t.month)
UNION ALL BY NAME
SELECT * EXCLUDE (exact), 'dated' AS origin,
       CASE WHEN exact THEN 'linha sem data legível; o valor é o que falta na fatura deste mês'
            ELSE 'linha sem data legível; é o único mês que falta' END AS reason FROM dated
UNION ALL BY NAME
SELECT *, 'carried' AS origin FROM carried
UNION ALL BY NAME
SELECT *, 'bridged' AS origin, 'mês que falta entre outros; vale o valor do mês anterior' AS reason FROM bridged
