import { z } from 'zod';
import { parseOperatorWindow } from './calls/admission/operator-window.ts';
import { embeddingSettings } from './embedding-settings.ts';
import { outgoingSettings } from './outgoing-settings.ts';
import { pipelineSettings } from './pipeline-settings.ts';
import { priceSettings } from './price-settings.ts';
import { recordingSettings } from './recording-settings.ts';
import { signInSettings } from './sign-in-settings.ts';
import { count, flag, list, money, port, secret, type Setting, setting, text, url } from './setting.ts';
import { telemetrySettings } from './telemetry/telemetry-settings.ts';

export const settings = {
  PARLEY_HOST: setting(
    text.default('127.0.0.1'),
    'Address that the API, the page and the status of the worker listen on.',
    'Use an address of this machine, such as 127.0.0.1 or 0.0.0.0.',
  ),
  PARLEY_PORT: setting(
    port.default(8080),
    'Port of the API and the page.',
    'Use a free port from 1 to 65535, such as 8080.',
  ),
  PARLEY_WORKER_PORT: setting(
    port.default(8081),
    'Port of the status of `worker`: `/health`, `/ready`, `/metrics`. 0 takes a free one.',
    'Use a free port from 1 to 65535, such as 8081, or 0.',
  ),
  PARLEY_METRICS_TOKEN: secret(
    'Bearer token for `/metrics`; without one only private addresses that connect directly get them.',
    'Use 24 random characters or more.',
  ),
  PARLEY_PUBLIC_URL: setting(
    url('http', 'https').optional(),
    'Address under which others reach the API; used in status links, and its pages may ask `/mcp`.',
    'Use a full address, such as https://parley.example.com.',
  ),
  PARLEY_HTTPS: setting(
    flag.default(false),
    'Serve a self-signed certificate, so that a browser on another machine gives its microphone.',
    'Use 1 or 0.',
  ),
  PARLEY_DATA_DIR: setting(
    text.default('.parley'),
    'Folder of everything Parley downloads or stores.',
    'Use a folder that can be written.',
  ),
  PARLEY_AGENTS_DIR: setting(
    text.default('agents'),
    'Folder of the agent files.',
    'Use a folder that holds agent files (*.md).',
  ),
  PARLEY_AGENTS_EDITABLE: setting(
    flag.default(false),
    "Let an admin key of the operator's tenant change agent files through the API and the console.",
    'Use 1 or 0.',
  ),
  PARLEY_LOG_LEVEL: setting(
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    'How much is logged.',
    'Use debug, info, warn, error or silent.',
  ),
  ...pipelineSettings,
  PARLEY_AGENT_NAME: setting(
    text.default('parley'),
    'Name under which workers register with LiveKit.',
    'Use a name without spaces.',
  ),
  PARLEY_CALL_PROCESSES: setting(
    count(1, 256).optional(),
    'Call processes of a worker; the default is one per two cores, at least one.',
    'Use a whole number from 1.',
  ),
  PARLEY_CALLS_PER_PROCESS: setting(
    count(1, 100).default(12),
    'Calls per call process; 1 isolates each call in a process.',
    'Use a whole number from 1; one thread saturates near 15.',
  ),
  PARLEY_DRAIN_SECONDS: setting(
    count(0, 14400).default(900),
    'How long running calls may finish after SIGTERM before they hear a goodbye.',
    'Use whole seconds.',
  ),
  PARLEY_RACE_SHIM: setting(
    flag.default(true),
    'Replace Promise.race by a version that does not keep every audio frame in memory.',
    'Use 1 or 0.',
  ),
  PARLEY_ONCE: setting(flag.default(false), '`up` exits after its self-check call, with 0 or 1.', 'Use 1 or 0.'),
  PARLEY_LIVEKIT_PORT: setting(
    port.default(7880),
    'Signalling port of the livekit-server that `up` starts; media uses the next two.',
    'Use a free port.',
  ),
  PARLEY_POSTGRES_PORT: setting(port.default(54329), 'Port of the PostgreSQL that `up` starts.', 'Use a free port.'),
  DATABASE_URL: setting(
    url('postgres', 'postgresql').optional(),
    'PostgreSQL to use instead of the embedded one.',
    'Use postgresql://user:password@host:5432/database; special characters in the password must be percent-encoded.',
    { secret: true },
  ),
  REDIS_URL: setting(
    url('redis', 'rediss').optional(),
    'Redis that shares rate limits between replicas.',
    'Use redis://host:6379.',
    { secret: true },
  ),
  LIVEKIT_URL: setting(
    url('ws', 'wss', 'http', 'https').optional(),
    'livekit-server to use instead of starting one.',
    'Use ws://host:7880 or wss://host.',
  ),
  LIVEKIT_PROXY_URLS: setting(
    list.refine((urls) => urls.every((each) => /^(wss?|https?):$/.test(URL.parse(each)?.protocol ?? ''))).optional(),
    'livekit-servers of one cluster to which signalling of browsers is passed, each tried when the one before is down; the default is LIVEKIT_URL.',
    'Use addresses separated by commas, such as ws://livekit-1:7880,ws://livekit-2:7880.',
  ),
  LIVEKIT_PUBLIC_URL: setting(
    url('ws', 'wss').optional(),
    'Address of livekit-server for browsers; the default is this origin, proxied.',
    'Use wss://media.example.com.',
  ),
  LIVEKIT_API_KEY: setting(
    text.optional(),
    'Key of livekit-server.',
    'Use a key of the `keys:` block of livekit.yaml.',
  ),
  LIVEKIT_API_SECRET: secret(
    'Secret of that key.',
    'Use the secret of that key in livekit.yaml, 32 characters or more.',
  ),
  AGENTS_API_KEY: secret('First API key of the default tenant.', 'Use 24 random characters or more.'),
  SIP_TRUNK_ID: setting(
    z
      .string()
      .regex(/^ST_[A-Za-z0-9]+$/)
      .optional(),
    'LiveKit outbound trunk for calls that name none.',
    'Use a LiveKit trunk id, which starts with ST_ (a Twilio trunk id starts with TK and is something else). `parley trunk list` shows them.',
  ),
  SIP_FROM_NUMBER: setting(
    z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/)
      .optional(),
    'Number shown to the person called.',
    'Use a number of the trunk in E.164, such as +15551234567.',
  ),
  PARLEY_FROM_NUMBERS: setting(
    list.refine((numbers) => numbers.every((each) => /^\+[1-9]\d{6,14}$/.test(each))).optional(),
    'Numbers that any call may show (`from`), besides those of its trunk.',
    'Use numbers in E.164 that your carrier lets you show, separated by commas.',
  ),
  PARLEY_ALLOWED_COUNTRIES: setting(
    list.optional(),
    'Countries that may be called, as ISO codes; the default is the country of SIP_FROM_NUMBER. Trunks of other tenants than the first never go beyond.',
    'Use codes such as US,CA,GB.',
  ),
  PARLEY_CALLING_WINDOW: setting(
    text
      .transform((value, context) => {
        const window = parseOperatorWindow(value);
        if (!window) context.addIssue({ code: 'custom', message: 'is not a calling window' });
        return window ?? z.NEVER;
      })
      .optional(),
    'Hours in which phones may ring, whatever a request says; without a timezone, those of the number called.',
    'Use 09:00-20:00, with days and an IANA timezone after it if you like: 09:00-20:00 mon-sat America/New_York.',
  ),
  PARLEY_MAX_CALLS: setting(
    count(1, 100000).default(50),
    'Calls of one tenant at once; more wait in order.',
    'Use a whole number from 1.',
  ),
  PARLEY_RESERVED_CALLS: setting(
    count(0, 100000).optional(),
    'How many of PARLEY_MAX_CALLS campaigns leave free for people who call in; by default a fifth.',
    'Use a whole number from 0, below PARLEY_MAX_CALLS.',
  ),
  PARLEY_TRUNK_MAX_CALLS: setting(
    count(1, 100000).default(50),
    'Calls of one trunk at once; at most so many, whatever a tenant sets for its trunk.',
    'Use a whole number from 1.',
  ),
  PARLEY_CALLS_PER_SECOND: setting(
    z.coerce.number().positive().default(1),
    'New calls per second and trunk, and the most that a tenant may set for its own; Twilio allows 1 unless raised.',
    'Use a number above 0.',
  ),
  PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY: setting(
    count(1, 1000).default(8),
    'Attempts to reach one number in 24 hours.',
    'Use a whole number from 1.',
  ),
  PARLEY_SPEND_PER_DAY_USD: setting(
    money.default(50),
    'Spend of one tenant in 24 hours, carrier minutes included; calls beyond it are blocked.',
    'Use an amount in USD.',
  ),
  PARLEY_MAX_MINUTES: setting(
    z.coerce.number().min(0.1).max(240).default(240),
    'Longest call in minutes, whatever a request or an agent file says.',
    'Use a number of minutes up to 240.',
  ),
  PARLEY_REQUESTS_PER_MINUTE: setting(
    count(1, 1_000_000).default(600),
    'Requests per minute and API key.',
    'Use a whole number from 1.',
  ),
  ...outgoingSettings,
  DEEPGRAM_API_KEY: secret(
    'Deepgram key, for speech recognition and synthesis.',
    'Take it from the Deepgram console, API keys.',
  ),
  DEEPGRAM_MODEL: setting(
    text.optional(),
    'Deepgram recognition model; without one telephone lines are heard by Flux.',
    'Use a model such as nova-3.',
  ),
  DEEPGRAM_URL: setting(
    url('ws', 'wss', 'http', 'https').optional(),
    'Deepgram-compatible server, for speech recognition.',
    'Use wss://api.deepgram.com or your own.',
  ),
  DEEPGRAM_TTS_URL: setting(
    url('ws', 'wss', 'http', 'https').optional(),
    'Server with /v1/speak of Deepgram; the default is DEEPGRAM_URL where that is Deepgram itself.',
    'Use it where your own server at DEEPGRAM_URL speaks, too.',
  ),
  OPENROUTER_API_KEY: secret('OpenRouter key, for the language model.', 'Take it from the OpenRouter settings, Keys.'),
  OPENROUTER_MODEL: setting(
    text.optional(),
    'OpenRouter model.',
    'Use an id of the OpenRouter model list, such as openai/gpt-4.1-mini.',
  ),
  OPENROUTER_FALLBACK_MODELS: setting(
    list.optional(),
    'Models that OpenRouter tries next, in order.',
    'Use ids separated by commas.',
  ),
  OPENROUTER_URL: setting(
    url('http', 'https').optional(),
    'OpenRouter-compatible server.',
    'Use https://openrouter.ai/api/v1 or your own.',
  ),
  ELEVENLABS_API_KEY: secret('ElevenLabs key, for the voice.', 'Take it from the ElevenLabs profile, API keys.', [
    'ELEVENLAB_API_KEY',
    'ELEVEN_API_KEY',
  ]),
  ELEVENLABS_VOICE_ID: setting(text.optional(), 'ElevenLabs voice.', 'Use a voice id of the ElevenLabs voice library.'),
  ELEVENLABS_URL: setting(
    url('ws', 'wss', 'http', 'https').optional(),
    'ElevenLabs-compatible server.',
    'Use wss://api.elevenlabs.io or your own.',
  ),
  WHISPERLIVE_URL: setting(url('ws', 'wss').optional(), 'WhisperLive server.', 'Use ws://gpu-box:9090.'),
  WHISPERLIVE_MODEL: setting(text.optional(), 'Model asked of WhisperLive.', 'Use a model such as small.en.'),
  WHISPERLIVEKIT_URL: setting(url('ws', 'wss').optional(), 'WhisperLiveKit server.', 'Use ws://gpu-box:8000.'),
  OLLAMA_URL: setting(url('http', 'https').optional(), 'Ollama server.', 'Use http://gpu-box:11434.'),
  OLLAMA_MODEL: setting(
    text.optional(),
    'Ollama model, already pulled.',
    'Use a model of `ollama list`, such as llama3.1:8b.',
  ),
  PIPER_URL: setting(
    url('http', 'https', 'tcp').optional(),
    'Piper server (HTTP, or tcp:// for Wyoming).',
    'Use http://gpu-box:5000.',
  ),
  PIPER_VOICE: setting(text.optional(), 'Piper voice.', 'Use a voice the server has.'),
  OPENAI_COMPATIBLE_STT_URL: setting(
    url('http', 'https').optional(),
    'Server with /v1/audio/transcriptions.',
    'Use an address ending in /v1.',
  ),
  OPENAI_COMPATIBLE_LLM_URL: setting(
    url('http', 'https').optional(),
    'Server with /v1/chat/completions.',
    'Use an address ending in /v1.',
  ),
  OPENAI_COMPATIBLE_LLM_MODEL: setting(text.optional(), 'Model of that server.', 'Use a model the server lists.'),
  OPENAI_COMPATIBLE_TTS_URL: setting(
    url('http', 'https').optional(),
    'Server with /v1/audio/speech.',
    'Use an address ending in /v1.',
  ),
  OPENAI_COMPATIBLE_API_KEY: secret('Key of those servers, where they want one.', 'Use the key of your server.'),
  ...embeddingSettings,
  ...priceSettings,
  ...recordingSettings,
  ...signInSettings,
  ...telemetrySettings,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export type Settings = { [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };
