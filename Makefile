# Two commands do all the set-up they need: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test test-long test-n8n test-sip test-api deploy-check storm bench bench-turns lint format typecheck docs docs-site demo clean

help: ## Show this list.
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1	/p' Makefile

run: ## Start everything on this machine and make one spoken test call.
	@./parley up

test: ## Run all checks and tests.
	@./scripts/test.sh

test-long: ## Run what takes minutes each: agents tested in sound, calls with models that misbehave, a load test, a backup that is restored.
	@./scripts/setup.sh
	@./scripts/with-node.sh node src/main.ts prepare
	@./scripts/with-node.sh vitest run --config vitest.long.config.ts

deploy-check: ## Validate image, compose file, proxy, chart and dashboards with the real tools, without a container engine.
	@./scripts/setup.sh
	@./scripts/with-node.sh node test/setup/bring-tools.ts
	@./scripts/with-node.sh vitest run --project unit test/deploy

test-n8n: ## Check the nodes for n8n and run them in a real n8n, which it installs.
	@./scripts/setup.sh
	@./scripts/with-node.sh node src/main.ts prepare
	@./scripts/setup-n8n.sh
	@cd integrations/n8n && ../../scripts/with-node.sh npm run --silent lint && ../../scripts/with-node.sh npm run --silent build
	@./scripts/with-node.sh vitest run --config vitest.n8n.config.ts

test-sip: ## Call real phones over a real livekit-sip: the one on the PATH, or LIVEKIT_SIP_BIN.
	@./scripts/setup.sh
	@./scripts/with-node.sh node test/sip/find-livekit-sip.ts
	@./scripts/with-node.sh vitest run --config vitest.sip.config.ts

test-api: ## Ask every route of the API wrong things with schemathesis, which it installs; EXAMPLES=… per route (10).
	@./scripts/setup.sh
	@./scripts/with-node.sh node test/http/schemathesis-main.ts

storm: ## Let faults happen to real calls, by chance: SEED=… repeats a storm, MINUTES=… is its length (2).
	@./scripts/setup.sh
	@./scripts/with-node.sh node test/storm/main.ts

bench: ## Measure speed and memory; writes bench/results.json.
	@./scripts/setup.sh
	@./scripts/with-node.sh node bench/run.ts

bench-turns: ## Measure the end of turns on telephone lines, without a call; writes the table of docs/turn-taking.md.
	@./scripts/setup.sh
	@./scripts/with-node.sh node bench/turns/main.ts

lint: ## Check style and the import directions.
	@./scripts/setup.sh
	@./scripts/with-node.sh oxlint

format: ## Format the code.
	@./scripts/setup.sh
	@./scripts/with-node.sh oxfmt

typecheck: ## Check the types.
	@./scripts/setup.sh
	@./scripts/with-node.sh tsc

docs: ## Write docs/configuration.md, .env.example and the tables of docs/metrics.md, docs/doctor.md and docs/telephony.md.
	@./scripts/setup.sh
	@./scripts/with-node.sh node scripts/write-config-docs.ts

docs-site: ## Build the documentation into a site, .parley/docs-site/dist; installs VitePress the first time.
	@./scripts/setup.sh
	@./scripts/docs-site.sh

demo: ## Make the picture and the sound of README.md from real calls; needs Chromium.
	@./scripts/setup.sh
	@./scripts/with-node.sh node src/main.ts prepare
	@./scripts/with-node.sh node scripts/demo.ts

clean: ## Remove everything that set-up brought, and the embedded database.
	rm -rf .parley node_modules docs/site/node_modules integrations/n8n/node_modules
