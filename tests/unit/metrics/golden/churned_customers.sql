WITH `paid` AS (
  SELECT
    `customer_id`,
    `month`,
    SUM(`mrr`) AS `mrr`
  FROM `recurring_revenue`
  WHERE
    `month` BETWEEN CAST(@v0 AS DATE) AND CAST(@v1 AS DATE) AND NOT `mrr` IS NULL
  GROUP BY
    1,
    2
  HAVING
    SUM(`mrr`) > 0
), `moved` AS (
  SELECT
    COALESCE(`n`.`customer_id`, `p`.`customer_id`) AS `customer_id`,
    COALESCE(`n`.`month`, `p`.`month`) AS `month`,
    `n`.`mrr` AS `now`,
    `p`.`mrr` AS `before`
  FROM `paid` AS `n`
  FULL JOIN (
    SELECT
      `customer_id`,
      CAST((
        `month` + INTERVAL '1' MONTH
      ) AS DATE) AS `month`,
      `mrr`
    FROM `paid`
  ) AS `p`
    ON `n`.`customer_id` = `p`.`customer_id` AND `n`.`month` = `p`.`month`
), `buckets` AS (
  SELECT
    @v8 AS `bucket`,
    CAST(@v2 AS DATE) AS `first`,
    CAST(@v3 AS DATE) AS `last`,
    CAST(@v4 AS DATE) AS `month`
  UNION ALL
  SELECT
    @v9 AS `bucket`,
    CAST(@v5 AS DATE) AS `first`,
    CAST(@v6 AS DATE) AS `last`,
    CAST(@v7 AS DATE) AS `month`
), `filtered` AS (
  SELECT
    @v16 AS `bucket`,
    CAST(@v10 AS DATE) AS `first`,
    CAST(@v11 AS DATE) AS `last`,
    CAST(@v12 AS DATE) AS `month`
  UNION ALL
  SELECT
    @v17 AS `bucket`,
    CAST(@v13 AS DATE) AS `first`,
    CAST(@v14 AS DATE) AS `last`,
    CAST(@v15 AS DATE) AS `month`
), `members` AS (
  SELECT
    *
  FROM (
    SELECT
      `c`.`customer_id`,
      `c`.`owner_id` AS `account_owner`,
      `c`.`customer_id` AS `customer`,
      CASE `c`.`market_segment`
        WHEN 'MANUFATURA'
        THEN 'manufatura'
        WHEN 'VAREJO'
        THEN 'varejo'
        WHEN 'SUPERMERCADOS'
        THEN 'varejo'
        WHEN 'SERVICOS'
        THEN 'servicos'
        WHEN 'AGROINDUSTRIA'
        THEN 'agro'
        WHEN 'SAUDE'
        THEN 'saude'
        WHEN 'EDUCACIONAL'
        THEN 'educacao'
        WHEN 'CONSTRUCAO E PROJETOS'
        THEN 'construcao'
        WHEN 'LOGISTICA'
        THEN 'logistica'
        WHEN 'DISTRIBUICAO'
        THEN 'distribuicao'
        WHEN 'FINANCIAL SERVICES'
        THEN 'financeiro'
        ELSE LOWER(`c`.`market_segment`)
      END AS `segment`,
      LOWER(`c`.`state`) AS `state`
    FROM `customers` AS `c`
  ) AS `part2`
  WHERE
    TRUE
)
SELECT
  `f`.`bucket`,
  `m`.`segment`,
  1 * CAST(SUM(`f`.`num`) AS FLOAT64) AS `value`,
  CAST(SUM(`f`.`num`) AS FLOAT64) AS `num`,
  CAST(SUM(`f`.`den`) AS FLOAT64) AS `den`,
  COUNT(DISTINCT `f`.`customer_id`) AS `customers`
FROM (
  SELECT
    `b`.`bucket`,
    `m`.`customer_id`,
    CAST((
      `m`.`now` IS NULL
    ) AS INT64) AS `num`,
    1 AS `den`
  FROM `moved` AS `m`
  JOIN `buckets` AS `b`
    ON `m`.`month` BETWEEN `b`.`first` AND LEAST(`b`.`last`, `b`.`month`)
  WHERE
    NOT `m`.`before` IS NULL
) AS `f`
JOIN `members` AS `m`
  ON `m`.`customer_id` = `f`.`customer_id`
GROUP BY
  1,
  2
