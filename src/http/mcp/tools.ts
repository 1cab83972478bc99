import type { Tool } from './tool.ts';
import { controlCampaignTool } from './tools/control-campaign.ts';
import { createCampaignTool } from './tools/create-campaign.ts';
import { doNotCallTool } from './tools/do-not-call.ts';
import { getCallTool } from './tools/get-call.ts';
import { getCampaignTool } from './tools/get-campaign.ts';
import { hangUpTool } from './tools/hang-up.ts';
import { listAgentsTool } from './tools/list-agents.ts';
import { listCallsTool } from './tools/list-calls.ts';
import { placeCallTool } from './tools/place-call.ts';

/** Every tool there is, in the order in which an assistant needs them. */
export const tools: readonly Tool[] = [
  listAgentsTool,
  placeCallTool,
  getCallTool,
  listCallsTool,
  hangUpTool,
  doNotCallTool,
  createCampaignTool,
  getCampaignTool,
  controlCampaignTool,
];
