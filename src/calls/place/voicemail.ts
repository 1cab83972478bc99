import type { Agent } from '../../agent-files/agent.ts';

/** What is done when a machine answers: hang up, leave a message after its beep, or speak on as to a person. */
export const voicemailActions = ['hang_up', 'leave_message', 'continue'] as const;
export type VoicemailAction = (typeof voicemailActions)[number];

export type VoicemailRule = {
  action: VoicemailAction;
  /** Spoken after the beep. May hold {{variables}}. */
  message?: string | undefined;
};

/** The rule of a call: what its request says, over what its agent says. A message that nobody wrote cannot be left. */
export function voicemailOf(
  { voicemail: asked }: { voicemail?: VoicemailRule },
  agent: Pick<Agent, 'voicemail'>,
): VoicemailRule {
  const { action, message } = { ...agent.voicemail, ...asked };
  if (action === 'leave_message' && !message) return { action: 'hang_up' };
  return { action: action ?? 'continue', ...(message !== undefined && { message }) };
}
