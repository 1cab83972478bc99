import type { ProviderFailure, ProviderUsage } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { variablesOf } from '../../agent-files/built-in-variables.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallTrace } from '../../telemetry/telemetry.ts';
import type { CallLog } from '../call/call-log.ts';
import { EndedError, type Ending } from '../call/ending.ts';
import type { SessionContext } from '../call/session-context.ts';
import { sentencesOf } from '../conversation/sentences.ts';
import { servedTools } from '../conversation/tools/served-tools.ts';
import type { CallPipeline } from '../dependencies.ts';
import { heedBackend } from './heed-backend.ts';
import type { Cast, PreparedCall } from './prepared-call.ts';
import { prepareWords } from './prepare-words.ts';

type Means = Pick<SessionContext, 'deps' | 'cache'> & {
  /** Another session had the call. */
  resumed: boolean;
  onUsage: (usage: ProviderUsage, agent: Agent) => void;
  onFailure: (failure: ProviderFailure) => void;
  trace: CallTrace;
  record: Pick<CallLog, 'add'>;
  ending: Ending;
  log: Log;
};

/** Everything that takes time before a call can be answered, and every pipeline that is built for it. */
export class Preparation {
  readonly #means: Means;
  readonly #built: Promise<CallPipeline>[] = [];

  constructor(means: Means) {
    this.#means = means;
  }

  /**
   * Begins with all of it, and asks the operator's backend meanwhile, where the agent's file says so.
   * @throws EndedError when the call is refused, or over
   */
  async begin(cast: Cast): Promise<PreparedCall> {
    const { ending, deps, record, resumed } = this.#means;
    const prepare = (each: Cast) => this.#prepare(each);
    const heeded = await heedBackend(prepare(cast), { resumed, prepare, record, deps });
    if ('refused' in heeded) ending.decide(heeded.refused);
    ending.signal.throwIfAborted();
    if ('refused' in heeded) throw new EndedError(heeded.refused);
    return heeded;
  }

  /** Builds a pipeline for whoever speaks in a call. */
  build({ call, agent }: Pick<Cast, 'call' | 'agent'>): {
    variables: Record<string, string>;
    building: Promise<CallPipeline>;
  } {
    const { deps, onUsage, onFailure, log } = this.#means;
    const variables = variablesOf(agent, call);
    const building = deps.buildPipeline({
      call,
      agent,
      variables,
      log,
      onUsage: (usage) => onUsage(usage, agent),
      onFailure,
    });
    // Whoever needs it is told; another may have been chosen by then.
    void building.catch(() => undefined);
    this.#built.push(building);
    return { variables, building };
  }

  /** Ends everything that was built. */
  async close(): Promise<void> {
    await Promise.all(this.#built.map((building) => building.then((pipeline) => pipeline.close())));
  }

  #prepare(cast: Cast): PreparedCall {
    const { resumed, deps, trace, cache, ending, log } = this.#means;
    const { call, agent, formalities } = cast;
    const { variables, building } = this.build(cast);
    const sentences = sentencesOf(agent, { variables, resumed });
    const { signal } = ending;
    const words = prepareWords({
      call,
      agent,
      variables,
      sentences,
      formalities,
      resumed,
      building,
      trace,
      cache,
      signal,
      log,
    });
    return { ...cast, variables, sentences, served: servedTools(agent, deps.tools.mcp), building, words };
  }
}
