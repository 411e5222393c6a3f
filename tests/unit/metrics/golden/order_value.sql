WITH `buckets` AS (
  SELECT
    @v6 AS `bucket`,
    CAST(@v0 AS DATE) AS `first`,
    CAST(@v1 AS DATE) AS `last`,
    CAST(@v2 AS DATE) AS `month`
  UNION ALL
  SELECT
    @v7 AS `bucket`,
    CAST(@v3 AS DATE) AS `first`,
    CAST(@v4 AS DATE) AS `last`,
    CAST(@v5 AS DATE) AS `month`
), `filtered` AS (
  SELECT
    @v14 AS `bucket`,
    CAST(@v8 AS DATE) AS `first`,
    CAST(@v9 AS DATE) AS `last`,
    CAST(@v10 AS DATE) AS `month`
  UNION ALL
  SELECT
    @v15 AS `bucket`,
    CAST(@v11 AS DATE) AS `first`,
    CAST(@v12 AS DATE) AS `last`,
    CAST(@v13 AS DATE) AS `month`
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
  ) AS `part1`
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
    `o`.`customer_id`,
    SUM(`o`.`amount`) AS `num`,
    COUNT(*) AS `den`
  FROM `orders` AS `o`
  JOIN `buckets` AS `b`
    ON `o`.`ordered_on` BETWEEN `b`.`first` AND `b`.`last`
  WHERE
    NOT `o`.`customer_id` IS NULL AND `o`.`status` IS DISTINCT FROM 'CANCELADO'
  GROUP BY
    1,
    2
) AS `f`
JOIN `members` AS `m`
  ON `m`.`customer_id` = `f`.`customer_id`
GROUP BY
  1,
  2
