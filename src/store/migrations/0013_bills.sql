-- Lines of bills and of reports of usage and cost (contract/bill-facts.ts). One row per (report, provider, account, view, line,
-- occurrence, content): a line told again with other amounts is another telling, and readers take the one told last. Money is
-- in 1e-9 of the line's currency; `quantity_nano` is text, since tokens in 1e-9 pass 2^63.
CREATE TABLE bill_line (
  report_id INTEGER, provider_id INTEGER, account_id INTEGER, view VARCHAR, line_key VARCHAR, occurrence INTEGER, telling VARCHAR,
  version_ms BIGINT, from_ms BIGINT, to_ms BIGINT, use_id INTEGER, model_id INTEGER, actor_id INTEGER, item_id INTEGER, request_key VARCHAR,
  input BIGINT, cache_read BIGINT, cache_write_5m BIGINT, cache_write_1h BIGINT, cache_write BIGINT, output BIGINT, requests BIGINT,
  quantity_nano VARCHAR, unit_id INTEGER, currency_id INTEGER, billed_nano BIGINT, contract_nano BIGINT, list_nano BIGINT,
  first_seen_ms BIGINT
);
