import { tokenize } from './tokenize.ts';

/** What callers say to any agent, whatever its script. */
export type Command =
  | 'hello'
  | 'how-are-you'
  | 'thanks'
  | 'goodbye'
  | 'done'
  | 'robot'
  | 'human'
  | 'repeat'
  | 'wait'
  | 'drop';

const polite = String.raw`(?:(?:ok|okay|alright|all right|great|perfect|good|fine|well|oh|um|uh|so|no|know|nope|yes|yeah|and|cool|lovely|right|please|sorry|excuse me|hi|hello|hey|thanks|thank you|very much|a lot) )*`;
const thanks = String.raw`(?:thanks|thank you|cheers)(?: (?:so much|very much|a lot|a bunch|again|for everything|for your (?:help|time)|anyway))*`;

const commands: readonly (readonly [Command, RegExp])[] = [
  [
    'robot',
    /\b(?:are you|is this|am i (?:talking|speaking) (?:to|with)|you are)\b.*\b(?:robot|bot|chatbot|machine|computer|ai|a i|artificial|automated|a recording|real|human|person|voicemail|answering machine)\b/,
  ],
  [
    'human',
    /\b(?:can|could|may|might|want|need|like|let|rather|possible|please|me)\b.*\b(?:talk|speak|connect|connected|transfer|transferred|put me through|put me on)\b(?! (?:slower|slowly|up|louder|more|a (?:bit|little)))/,
  ],
  [
    'human',
    /^(?:please )?(?:a |an |the )?(?:real |live )?(?:human|person|agent|operator|representative|receptionist|manager|somebody real|someone real)(?: please)?$|\b(?:get|give) me (?:a|an|the|some) ?(?:real |live )?(?:human|person|one|body|agent|operator|representative|manager)\b/,
  ],
  [
    'repeat',
    /\b(?:say (?:that|it|this|the question)|repeat(?: (?:that|it|this|the question|what you said|yourself))?)(?: again| once more| one more time| please)*$|\bsay again\b|\b(?:one more time|once more|come again|what did you (?:just )?say|what was that|what was the question|slower|slow down|more slowly|too fast|speak up|louder|(?:did|could|can) not (?:quite |really )?(?:hear|catch|understand|get) (?:you|that|it|what))\b|^(?:i beg your )?pardon(?: me)?$|^(?:sorry|what|huh|excuse me|what is that|sorry what|how)$|^(?:can|could) you (?:please )?repeat\b/,
  ],
  [
    'wait',
    /^(?:please |just |can you |could you |yes |ok |okay |uh |um |sure )*(?:hold on|hang on|hold the line|(?:just )?(?:one|a|1) (?:moment|second|sec|minute|min)|wait|bear with me|give me (?:a|one) (?:moment|second|sec|minute)|let me (?:check|see|think|look|get|find|grab)|where is my)\b/,
  ],
  [
    'drop',
    /\b(?:never ?mind|forget (?:it|about it|about that|that)|cancel that|scratch that|leave it|changed my mind)\b/,
  ],
  [
    'goodbye',
    new RegExp(
      String.raw`\b(?:good ?bye|bye|see you (?:later|soon)|talk to you later|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend|night)|take care)\b(?: now| bye| then| ${thanks})*$`,
    ),
  ],
  [
    'done',
    new RegExp(
      String.raw`^${polite}(?:that is|that will be|that was) (?:all|it|everything)(?: i need(?:ed)?| for (?:now|today)| from me)?(?: ${thanks})?$|^${polite}(?:nothing(?: else)?|i am (?:good|done|all set|finished)|we are done|all good)(?: ${thanks})?$`,
    ),
  ],
  ['how-are-you', /\bhow are you(?: doing| today)*$|\bhow is it going$|\bhow do you do$|\bhow are things$/],
  ['thanks', new RegExp(String.raw`^${polite}${thanks}$`)],
  [
    'hello',
    /^(?:(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|there|yes|yeah|um|uh) ?)*(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|anybody there|anyone there|is (?:anybody|anyone|someone) there|are you (?:still )?there|can you hear me|there)$/,
  ],
];

/** The command an utterance gives, if it is one. */
export function readCommand(utterance: string): Command | undefined {
  const said = tokenize(utterance).join(' ');
  return commands.find(([, pattern]) => pattern.test(said))?.[0];
}

/** Whether the caller will not or cannot answer. */
export function refuses(utterance: string): boolean {
  return /\b(?:rather not|prefer not|not want to (?:say|give|tell|answer)|not (?:like|wish) to (?:say|give|answer)|skip(?: that| this| it| the question)?$|no comment|no idea|none of your|do not (?:have|know|remember)\b|not (?:sure|have (?:one|it|a (?:phone|number)))|next question|does not matter|do not (?:care|mind)|no preference|nothing (?:comes to mind|really)|not really$|^(?:no )?nothing$)/.test(
    tokenize(utterance).join(' '),
  );
}

/** Whether an utterance asks something rather than answers. */
export function isQuestion(utterance: string): boolean {
  return (
    /\?\s*$/.test(utterance) ||
    /^(?:(?:and|but|so|well|um|uh|sorry|wait|hi|hello|yes|no|actually|also|ok|okay) )*(?:what|which|who|when|where|why|how|do you|does|is there|is it|is this|are you|are there|can you|can i|could you|could i|will you|would you|did you|have you)\b/.test(
      tokenize(utterance).join(' '),
    )
  );
}
