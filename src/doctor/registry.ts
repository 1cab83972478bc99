import type { Check } from './check.ts';
import { campaigns } from './checks/campaigns.ts';
import { clock } from './checks/clock.ts';
import { container } from './checks/container.ts';
import { database } from './checks/database.ts';
import { disk } from './checks/disk.ts';
import { dns } from './checks/dns.ts';
import { livekit } from './checks/livekit.ts';
import { migrations } from './checks/migrations.ts';
import { models } from './checks/models.ts';
import { node } from './checks/node.ts';
import { ports } from './checks/ports.ts';
import { providers } from './checks/providers.ts';
import { publicApi } from './checks/public-api.ts';
import { publicLivekit } from './checks/public-livekit.ts';
import { redis } from './checks/redis.ts';
import { runningSettings } from './checks/running-settings.ts';
import { serve } from './checks/serve.ts';
import { settings } from './checks/settings.ts';
import { sip } from './checks/sip.ts';
import { turn } from './checks/turn.ts';
import { webhooks } from './checks/webhooks.ts';
import { worker } from './checks/worker.ts';

/** Every check of `parley doctor`, what others depend on first. */
export const checks = {
  settings,
  node,
  disk,
  ports,
  container,
  database,
  migrations,
  redis,
  livekit,
  sip,
  turn,
  dns,
  'public-api': publicApi,
  'public-livekit': publicLivekit,
  clock,
  serve,
  'running-settings': runningSettings,
  worker,
  webhooks,
  campaigns,
  providers,
  models,
} as const satisfies Record<string, Check>;
