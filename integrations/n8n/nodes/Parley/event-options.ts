import type { INodePropertyOptions } from 'n8n-workflow';

/** The events that Parley sends to webhooks. */
export const eventOptions: INodePropertyOptions[] = [
  {
    name: 'Call Analyzed',
    value: 'call.analyzed',
    description: 'The result that the agent file asks for was found out',
  },
  { name: 'Call Answered', value: 'call.answered', description: 'Somebody, or something, picked up' },
  { name: 'Call Attempt Ended', value: 'call.attempt_ended', description: 'This attempt failed, another follows' },
  { name: 'Call Dialing', value: 'call.dialing', description: 'The phone network was asked' },
  {
    name: 'Call Disclosed',
    value: 'call.disclosed',
    description: 'That an AI speaks, or that the call is recorded, was said',
  },
  { name: 'Call Ended', value: 'call.ended', description: 'It is over: once per call, with the final report' },
  { name: 'Call Machine Detected', value: 'call.machine_detected', description: 'A machine answered' },
  { name: 'Call Queued', value: 'call.queued', description: 'Accepted, and due to be dialled' },
  { name: 'Call Ringing', value: 'call.ringing', description: 'The phone rings' },
  { name: 'Call Transferred', value: 'call.transferred', description: 'Handed to another number' },
];
