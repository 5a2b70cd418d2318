-- One row per charge, fate and grade: what of the charge ends so, on such evidence, under each of the six allocations
-- (n0: the point, as in `ledger`; n1 … n5: those of `span_segment`). Of each allocation the rows of a charge add up to it
-- exactly: parts are differences of cumulative floors, in the order of fate and grade. Needs the fates of the asked day:
-- strand_fate(strand_id, fate) and mix_fate(segment_id, allocation, weight, grade, fate), and the charges asked for as asked_charge.
-- `grade` is '' for what stands on no link.
CREATE TEMP TABLE span_part AS
WITH point AS (
  SELECT c.charge_id, u.segment_id, coalesce(f.fate, CASE WHEN c.remainder IN ('unused_seat', 'commitment') THEN 'unused' ELSE 'unlinked' END) AS fate,
    coalesce(t.grade, '') AS grade, sum(CASE WHEN l.strand_id IS NULL THEN c.list_nano_usd ELSE l.list_nano_usd END) AS nano
  FROM asked_charge c
  LEFT JOIN usage_d u USING (usage_id)
  LEFT JOIN ledger l USING (charge_id)
  LEFT JOIN strand t ON t.strand_id = l.strand_id
  LEFT JOIN strand_fate f ON f.strand_id = l.strand_id
  GROUP BY ALL
), differs AS (
  SELECT segment_id, bit_or(1 << allocation) AS allocations FROM span_segment GROUP BY segment_id
), mix AS (
  SELECT segment_id, allocation, fate, coalesce(grade, '') AS grade, sum(weight)::BIGINT AS weight FROM mix_fate GROUP BY ALL
), mix_part AS (
  SELECT *, sum(weight) OVER (PARTITION BY segment_id, allocation ORDER BY fate, grade)::BIGINT AS weight_to,
    sum(weight) OVER (PARTITION BY segment_id, allocation)::BIGINT AS weight_total
  FROM mix
), other AS (
  SELECT c.charge_id, s.allocation, p.fate, p.grade,
    (c.list_nano_usd // p.weight_total) * p.weight
      + ((c.list_nano_usd % p.weight_total) * p.weight_to) // p.weight_total
      - ((c.list_nano_usd % p.weight_total) * (p.weight_to - p.weight)) // p.weight_total AS nano
  FROM asked_charge c
  JOIN usage_d u USING (usage_id)
  JOIN span_segment s USING (segment_id)
  JOIN mix_part p ON p.segment_id = s.mix_segment_id AND p.allocation = s.mix_allocation
), wide AS (
  SELECT p.charge_id, p.fate, p.grade, p.nano AS n0,
    CASE WHEN d.allocations & 2 > 0 THEN 0 ELSE p.nano END AS n1, CASE WHEN d.allocations & 4 > 0 THEN 0 ELSE p.nano END AS n2,
    CASE WHEN d.allocations & 8 > 0 THEN 0 ELSE p.nano END AS n3, CASE WHEN d.allocations & 16 > 0 THEN 0 ELSE p.nano END AS n4,
    CASE WHEN d.allocations & 32 > 0 THEN 0 ELSE p.nano END AS n5
  FROM point p LEFT JOIN differs d USING (segment_id)
  UNION ALL
  SELECT charge_id, fate, grade, 0, CASE allocation WHEN 1 THEN nano ELSE 0 END, CASE allocation WHEN 2 THEN nano ELSE 0 END,
    CASE allocation WHEN 3 THEN nano ELSE 0 END, CASE allocation WHEN 4 THEN nano ELSE 0 END, CASE allocation WHEN 5 THEN nano ELSE 0 END
  FROM other
)
SELECT charge_id, fate, grade, sum(n0)::BIGINT AS n0, sum(n1)::BIGINT AS n1, sum(n2)::BIGINT AS n2, sum(n3)::BIGINT AS n3,
  sum(n4)::BIGINT AS n4, sum(n5)::BIGINT AS n5
FROM wide GROUP BY ALL;
