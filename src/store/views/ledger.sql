-- One row per charge and strand: what part of the charge the strand carries. Parts of one charge add up to it exactly:
-- they are differences of cumulative floors (HUGEINT inside, so no product overflows).
CREATE VIEW ledger AS
SELECT
  c.charge_id, u.usage_id, s.strand_id, s.segment_id,
  CAST((c.list_nano_usd::HUGEINT * s.weight_to) // s.weight_total - (c.list_nano_usd::HUGEINT * s.weight_from) // s.weight_total AS BIGINT) AS list_nano_usd
FROM charge c
JOIN usage_d u USING (usage_id)
JOIN strand s USING (segment_id);
