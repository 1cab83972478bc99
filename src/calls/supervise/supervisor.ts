/** What somebody may do who joins a running call beside its agent. */
export const supervisorModes = ['listen', 'take_over'] as const;
export type SupervisorMode = (typeof supervisorModes)[number];

/** Who joins as a supervisor is named so; callers and agents never are. */
export const supervisorPrefix = 'supervisor-';

export function isSupervisor(identity: string): boolean {
  return identity.startsWith(supervisorPrefix);
}
