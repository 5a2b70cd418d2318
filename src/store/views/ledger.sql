-- One row per charge and strand: what part of the charge the strand carries. Parts of one charge add up to it exactly:
-- they are differences of cumulative floors, floor(cost * weight / total). The cost is taken apart by the total first, so
-- that no product passes 2^63 (weights end at a billion): floor((q*t + r) * w / t) = q*w + floor(r * w / t) for r < t.
CREATE VIEW ledger AS
SELECT
  c.charge_id, u.usage_id, s.strand_id, s.segment_id,
  (c.list_nano_usd // s.weight_total) * (s.weight_to - s.weight_from)
    + ((c.list_nano_usd % s.weight_total) * s.weight_to) // s.weight_total
    - ((c.list_nano_usd % s.weight_total) * s.weight_from) // s.weight_total AS list_nano_usd
FROM charge c
JOIN usage_d u USING (usage_id)
JOIN strand s USING (segment_id);
