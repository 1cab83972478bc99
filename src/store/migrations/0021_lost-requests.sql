ALTER TABLE "parley"."call_costs" ADD COLUMN "lost" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE OR REPLACE VIEW analytics.call_costs WITH (security_barrier) AS
SELECT
  c.call_id,
  c.day,
  c.tenant_id,
  c.tenant_name,
  c.direction,
  c.agent,
  c.pipeline,
  c.outcome,
  k.component,
  k.provider,
  k.model,
  k.unit,
  sum(k.quantity) AS quantity,
  sum(k.usd) AS cost_usd,
  k.source AS price_source,
  min(k.at) AS first_used_at,
  coalesce(sum(k.usd) FILTER (WHERE k.lost), 0) AS lost_usd
FROM parley.call_costs k JOIN analytics.calls c ON c.call_id = k.call_id
GROUP BY c.call_id, c.day, c.tenant_id, c.tenant_name, c.direction, c.agent, c.pipeline, c.outcome,
  k.component, k.provider, k.model, k.unit, k.source;
