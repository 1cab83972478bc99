import type { CallResult } from '../../src/calls/result/call-result.ts';
import type { Call } from '../../src/calls/call.ts';
import { latency } from './agent-double.ts';
import type { KeptCall } from './console-double.ts';

export const receptionist = {
  greeting: 'Good morning, Harbour Dental. This is Ada, how can I help you?',
  exchanges: [
    {
      heard: 'Hello, are you open on Saturdays?',
      answer: 'We are open on Saturdays from nine until one. Shall I take down an appointment for you?',
    },
    { heard: 'No, thank you. That was all.', answer: 'You are welcome. Have a good day. Goodbye.' },
  ],
};

const embedded = { stt: 'moonshine-stt', llm: 'scripted-llm', tts: 'piper-embedded-tts' };
const agent = {
  language: 'en-GB',
  version: '5f2c91',
  pipeline: 'embedded',
  stages: embedded,
  scripted: true,
  pipelines: ['embedded'],
  tools: ['end-call'],
};

export const agentsJson = {
  agents: [
    {
      name: 'receptionist',
      description: 'Answers the phone of a dental practice.',
      ...agent,
      variables: { practice: 'Harbour Dental' },
    },
    {
      name: 'reminder',
      description: 'Calls a customer about an appointment and asks for a yes.',
      ...agent,
      variables: { customer_name: null, appointment_time: null, practice: 'Harbour Dental' },
    },
  ],
  pipelines: [
    {
      name: 'cloud',
      title: 'Deepgram, OpenRouter, ElevenLabs',
      usable: false,
      stages: null,
      scripted: false,
      reason: 'The pipeline cloud lacks DEEPGRAM_API_KEY and ELEVENLABS_API_KEY. Set them in .env.',
    },
    {
      name: 'lan',
      title: 'WhisperLive, Ollama, Piper',
      usable: false,
      stages: null,
      scripted: false,
      reason: 'The pipeline lan lacks WHISPERLIVE_URL. Set it in .env.',
    },
    {
      name: 'embedded',
      title: 'Moonshine, a scripted responder and Piper on this machine',
      usable: true,
      reason: null,
      stages: embedded,
      scripted: true,
    },
  ],
};

/** Calls as a day leaves them, newest first. */
export function sampleCalls(count: number): KeptCall[] {
  return Array.from({ length: count }, (_, position) => sampleCall(position));
}

const kinds: Pick<Call, 'direction' | 'agent' | 'phoneNumber' | 'outcome' | 'endReason' | 'hungUpBy' | 'costUsd'>[] = [
  {
    direction: 'web',
    agent: 'receptionist',
    phoneNumber: null,
    outcome: 'completed',
    endReason: 'agent_goodbye',
    hungUpBy: 'agent',
    costUsd: '0',
  },
  {
    direction: 'outbound',
    agent: 'reminder',
    phoneNumber: '+14155550132',
    outcome: 'no_answer',
    endReason: 'ring_timeout',
    hungUpBy: null,
    costUsd: '0.0011',
  },
  {
    direction: 'inbound',
    agent: 'receptionist',
    phoneNumber: '+442079460018',
    outcome: 'completed',
    endReason: 'caller_hung_up',
    hungUpBy: 'caller',
    costUsd: '0.0423',
  },
  {
    direction: 'outbound',
    agent: 'survey',
    phoneNumber: '+14155550177',
    outcome: 'failed',
    endReason: 'stt_failed',
    hungUpBy: 'parley',
    costUsd: '0.0075',
  },
];

const sampleResult: CallResult = {
  status: 'done',
  by: 'model',
  provider: 'openrouter-llm',
  model: 'mistral-small',
  agent_version: '0123abcd',
  analyzed_at: new Date().toISOString(),
  fields: {
    insurance: { type: 'yes_no', said: true, value: true, turn: 1, quote: 'Do you take my insurance?' },
    day: { type: 'date', said: false, value: null, turn: null, quote: null },
  },
  values: { insurance: true, day: null },
  summary: 'Somebody asked about their insurance.',
  success: true,
  success_reason: 'The question was answered.',
  sentiment: 'neutral',
  refused: [],
  error: null,
};

function sampleCall(position: number): KeptCall {
  const createdAt = new Date(Date.now() - (position + 1) * 47 * 60_000);
  const answeredAt = new Date(createdAt.getTime() + 2_400);
  const kind = kinds[position % kinds.length]!;
  const call: Call = {
    ...kind,
    id: `call_01JTAVN8M3Q4Z6T0Y7W2K5X${String(position).padStart(3, '0')}`,
    tenantId: 'default',
    state: 'ended',
    pipeline: 'embedded',
    pipelineOverrides: {},
    fromNumber: null,
    trunkId: null,
    room: null,
    leadId: null,
    playbook: null,
    variables: {},
    metadata: {},
    limits: {},
    attempt: 1,
    createdAt,
    dialedAt: null,
    report: kind.direction === 'inbound' ? { result: sampleResult } : null,
    answeredAt: kind.outcome === 'no_answer' ? null : answeredAt,
    endedAt: new Date(createdAt.getTime() + 48_000 + position * 9_000),
  };
  const at = (startedMs: number, lengthMs: number) => ({
    startedMs,
    endedMs: startedMs + lengthMs,
    interrupted: false,
  });
  const [first, last] = receptionist.exchanges as [
    (typeof receptionist.exchanges)[0],
    (typeof receptionist.exchanges)[0],
  ];
  return {
    call,
    turns: [
      { index: 0, role: 'agent', text: receptionist.greeting, ...at(180, 4_200) },
      { index: 1, role: 'caller', text: first.heard, ...at(5_300, 1_900) },
      { index: 2, role: 'agent', text: first.answer, ...at(8_030, 5_200), interrupted: true, latency },
      { index: 3, role: 'caller', text: last.heard, ...at(14_000, 1_500) },
      {
        index: 4,
        role: 'agent',
        text: last.answer,
        ...at(16_900, 3_000),
        latency: { ...latency, llmFirstTokenMs: 830, totalMs: 1_400 },
      },
    ],
    messages:
      kind.direction === 'inbound'
        ? [
            {
              id: `message_${position}`,
              callId: call.id,
              tenantId: 'default',
              createdAt,
              callerName: 'Grace Hopper',
              phoneNumber: '020 7946 0018',
              text: 'Please call back about the invoice.',
            },
          ]
        : [],
    costs: [
      {
        component: 'stt',
        provider: 'moonshine-stt',
        model: 'tiny-en',
        quantity: 21.4,
        unit: 'audio_second',
        usd: '0',
        source: 'none',
      },
      {
        component: 'llm',
        provider: 'openrouter-llm',
        model: 'mistral-small',
        quantity: 1_842,
        unit: 'token',
        usd: '0.000184',
        source: 'provider',
      },
      {
        component: 'tts',
        provider: 'piper-embedded-tts',
        model: 'amy',
        quantity: 188,
        unit: 'character',
        usd: '0',
        source: 'none',
      },
    ],
    events: [
      { callId: call.id, sequence: 1, type: 'call.answered', at: answeredAt, data: { direction: call.direction } },
      {
        callId: call.id,
        sequence: 2,
        type: 'tool.called',
        at: new Date(answeredAt.getTime() + 17_000),
        data: { name: 'end-call' },
      },
      {
        callId: call.id,
        sequence: 3,
        type: 'call.ended',
        at: call.endedAt!,
        data: { outcome: call.outcome, end_reason: call.endReason },
      },
    ],
  };
}

/** Of a tool that the agent's file describes, as the API tells it. */
export const sampleToolRuns = [
  {
    tool_run_id: 'run_1',
    tool: 'find-slot',
    arguments: { day: '2026-05-04', note: '<b>soon</b>' },
    state: 'done',
    status: 200,
    answer: { slots: ['09:30', '11:00'] },
    note: null,
    created_at: '2026-05-04T09:00:00.000Z',
    settled_at: '2026-05-04T09:00:00.400Z',
    told_at: null,
  },
];
