/**
 * Phone lines over LiveKit SIP: one verb per file. Knows livekit-server's API and phone numbers; neither HTTP, SQL nor calls.
 */
export { dial, type DialRequest } from './dial.ts';
export {
  dialOutcome,
  type DialEvidence,
  type DialOutcome,
  type DialOutcomeKind,
  type NotDialledReason,
} from './dial-outcome.ts';
export { hangUp } from './hang-up.ts';
export { transfer, type TransferOutcome } from './transfer.ts';
export { consultIdentity, warmTransfer } from './warm-transfer.ts';
export type { Hearing, HearingStage } from './hearing.ts';
export { sendDtmf } from './dtmf.ts';
export { parsePhoneNumber, type PhoneNumber, type PhoneNumberProblem } from './phone-number.ts';
export { telephoneNumberSaid } from './number-said.ts';
export { phoneTimezones } from './phone-timezones.ts';
export { carrierUsd, type Rate, type RateLists, rateOf, readRates } from './rates.ts';
export { readSipAttributes, type SipAttributes, type SipCallStatus } from './sip-attributes.ts';
export {
  createInboundTrunk,
  createOutboundTrunk,
  deleteTrunk,
  isTrunkId,
  listTrunks,
  type InboundTrunk,
  type OutboundTrunk,
} from './trunks.ts';
export {
  createDispatchRule,
  deleteDispatchRule,
  listDispatchRules,
  updateDispatchRule,
  type DispatchRule,
} from './dispatch-rules.ts';
export {
  AnsweringMachineDetector,
  soundsLikePerson,
  afterScreening,
  type MachineFound,
  type MachineKind,
} from './answering-machine.ts';
export { BeepDetector } from './beep-detector.ts';
export { TelephonyError, type TelephonyErrorCode } from './errors.ts';
