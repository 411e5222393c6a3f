-- Words of the vendor that declarations may use in their derived columns.
CREATE OR REPLACE TEMP MACRO nps_class(score) AS
    CASE WHEN score >= 9 THEN 'promotor' WHEN score >= 7 THEN 'neutro' WHEN score >= 0 THEN 'detrator' END;
CREATE OR REPLACE TEMP MACRO revenue_line_group(line) AS
    CASE WHEN line IS NULL THEN NULL
         WHEN regexp_matches(strip_accents(upper(line)), '^SAAS') THEN 'SAAS'
         WHEN regexp_matches(strip_accents(upper(line)), '^CDU') THEN 'CDU'
         WHEN regexp_matches(strip_accents(upper(line)), '^SMS') THEN 'SMS'
         WHEN regexp_matches(strip_accents(upper(line)), 'CONSULTORIA|SERVI|BPO|FABRICA') THEN 'CONSULTORIA & SERVIÇOS'
         WHEN regexp_matches(strip_accents(upper(line)), 'CLOUD') THEN 'CLOUD'
         ELSE 'OUTROS' END;
CREATE OR REPLACE TEMP MACRO is_billing_queue(name) AS
    regexp_matches(strip_accents(lower(name)), 'faturamento|cobranca');
