DROP INDEX "parley"."call_costs_at";--> statement-breakpoint
DROP INDEX "parley"."call_attempts_number";--> statement-breakpoint
DROP INDEX "parley"."call_messages_tenant";--> statement-breakpoint
DROP INDEX "parley"."calls_tenant_created";--> statement-breakpoint
DROP INDEX "parley"."calls_tenant_agent";--> statement-breakpoint
DROP INDEX "parley"."calls_tenant_phone";--> statement-breakpoint
DROP INDEX "parley"."leads_tenant_created";--> statement-breakpoint
DROP INDEX "parley"."audit_log_tenant";--> statement-breakpoint
DROP INDEX "parley"."webhook_deliveries_tenant";--> statement-breakpoint
CREATE INDEX "calls_tenant_since" ON "parley"."calls" USING btree ("tenant_id","state_since");--> statement-breakpoint
CREATE INDEX "call_attempts_number" ON "parley"."call_attempts" USING btree ("tenant_id","phone_number","dialed_at");--> statement-breakpoint
CREATE INDEX "call_messages_tenant" ON "parley"."call_messages" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "calls_tenant_created" ON "parley"."calls" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "calls_tenant_agent" ON "parley"."calls" USING btree ("tenant_id","agent","created_at","id");--> statement-breakpoint
CREATE INDEX "calls_tenant_phone" ON "parley"."calls" USING btree ("tenant_id","phone_number","created_at","id");--> statement-breakpoint
CREATE INDEX "leads_tenant_created" ON "parley"."leads" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_log_tenant" ON "parley"."audit_log" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_tenant" ON "parley"."webhook_deliveries" USING btree ("tenant_id","created_at","id");