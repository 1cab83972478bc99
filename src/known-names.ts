import { languageProblem, pipelinePresets, providerNames } from '../pipelines/index.ts';
import type { KnownNames } from './agent-files/check-references.ts';
import { readPrivatePlaces, toolUrlProblem } from './calls/tools/tool-address.ts';
import { isSigningSecret } from './calls/webhooks/sign-message.ts';
import { callToolArguments, callToolNames } from './worker/conversation/tools/call-tools.ts';

/** What the operator's settings let the tools of agent files use. */
export type ToolAllowances = { secrets: Readonly<Record<string, string>>; privateHosts: readonly string[] };

/** What agent files may refer to in this program. */
export function knownNames({ secrets, privateHosts }: ToolAllowances): KnownNames {
  const places = readPrivatePlaces(privateHosts);
  return {
    tools: callToolNames,
    toolArguments: callToolArguments,
    pipelines: Object.keys(pipelinePresets),
    providers: providerNames,
    languageProblem,
    secrets: Object.keys(secrets),
    cannotSign: (name) => !isSigningSecret(secrets[name] ?? ''),
    urlProblem: (url) => toolUrlProblem(url, places),
  };
}
