import { curses } from './common-words.ts';
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
  | 'drop'
  | 'back'
  | 'wrong-number';

const polite = String.raw`(?:(?:ok|okay|alright|all right|great|perfect|good|fine|well|oh|um|uh|so|no|know|nope|yes|yeah|and|cool|lovely|right|wonderful|excellent|awesome|i (?:think|guess|believe)|please|sorry|excuse me|hi|hello|hey|thanks|thank you|very much|a lot) )*`;
const thanks = String.raw`(?:thanks|thank you|cheers)(?: (?:so much|very much|a lot|a bunch|again|for everything|for your (?:help|time)|anyway))*`;

const commands: readonly (readonly [Command, RegExp])[] = [
  [
    'robot',
    /\b(?:are you|is this|am i (?:talking|speaking) (?:to|with)|you are)\b.*\b(?:robot|bot|chatbot|machine|computer|ai|a i|artificial|automated|a recording|real|human|person|voicemail|answering machine)\b|^(?:(?:hi|hello|hey|sorry|and|so|ok|okay|wait|but|um|uh) )*(?:what is your (?:first |full )?name|do you have a name|what (?:do|can|should) i call you)\b/,
  ],
  [
    'human',
    /\b(?:can|could|may|might|want|need|like|let|rather|possible|please|me)\b.*\b(?:talk|speak|connect|connected|transfer|transferred|put me through|put me on)\b(?! (?:(?:to|with) you\b|about|slower|slowly|up|louder|more|a (?:bit|little)))/,
  ],
  [
    'human',
    /^(?:please )?(?:a |an |the )?(?:real |live )?(?:human|human being|person|agent|operator|representative|rep|receptionist|reception|front desk|manager|supervisor|customer service|somebody real|someone real)(?: please)?$|^(?:please |just |yes |no |and )*(?:transfer|connect) me\b|^(?:please |just )*(?:put me (?:through|on)|let me (?:talk|speak))\b|\bis (?:there )?(?:a |an |any)(?:real |actual )?(?:human|person|one|body)(?: else)? (?:there )?(?:i|who|to|that)\b|\bis (?:the|a|your) (?:receptionist|manager|doctor|dentist|nurse|boss|owner) (?:there|in|available|around)$|\b(?:real|actual|live) (?:human|person|people)\b|\b(?:get|give) me (?:a|an|the|some) ?(?:real |live )?(?:human|person|one|body|agent|operator|representative|manager)\b/,
  ],
  [
    'repeat',
    /\b(?:say (?:that|it|this|the question)|repeat(?: (?:that|it|this|the question|what you said|yourself))?)(?: again| once more| one more time| please| slowly| slower| more| a (?:bit|little)| for me| louder)*$|\bsay again\b|\bsay (?:that|it) again\b|\b(?:you|it) (?:broke|are breaking|were breaking|cut) (?:up|out)\b|\bi missed (?:that|it|what you said)\b|\bwhat did you say again\b|^(?:sorry )?i can not hear you\b|\b(?:one more time|once more|come again|what did you (?:just )?say|what was that|what was the question|slower|slow down|more slowly|too fast|speak up|louder|(?:did|could|can) not (?:quite |really )?(?:hear|catch|understand|get) (?:you|that|it|what))\b|^(?:i beg your )?pardon(?: me)?$|^(?:sorry|what|huh|excuse me|what is that|sorry what|how)$|^(?:can|could) you (?:please )?repeat\b/,
  ],
  [
    'wait',
    /^(?:please |just |can you |could you |yes |ok |okay |uh |um |sure )*(?:hold on|hang on|hold the line|(?:just )?(?:one|a|1) (?:moment|second|sec|minute|min)|wait(?=$| a | one | please| for | until | let | while | i (?:need|have|will|am|got))|(?:two|2) seconds|gimme a (?:sec|second|minute)|i (?:have|need|got) to (?:look|find|get|grab|check)|bear with me|give me (?:a|one) (?:moment|second|sec|minute)|let me (?:check|see|think|look|get|find|grab)|where is my)\b/,
  ],
  [
    'drop',
    /\b(?:never ?mind|scrap (?:that|it|this)|do not bother|forget (?:it|about it|about that|that)|cancel that|scratch that|leave it|changed my mind)\b/,
  ],
  [
    'goodbye',
    new RegExp(
      String.raw`\b(?:good ?bye|bye|see you (?:later|soon)|talk to you later|talk soon|(?:got|have|need) to (?:go|run|leave)|i gotta go|(?<!(?:tell|ask|let|say)\b.*)(?:i|can i|let me|i will|i would rather) (?:just )?(?:call|try|ring)(?: you)? (?:again|back|later|another time)|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend|night)|take care)\b(?: now| bye| then| ${thanks})*$`,
    ),
  ],
  [
    'done',
    new RegExp(
      String.raw`^${polite}(?:that is|that will be|that was|that would be|that is about|that does) (?:all|it|everything)(?: i need(?:ed)?| for (?:now|today)| from me)?(?: ${thanks})?$|^${polite}(?:nothing(?: else)?|i am (?:good|fine|done|all set|finished|all good)|we are (?:done|good)|nothing more|that is (?:fine|ok|okay)(?= thank)|all good)(?: ${thanks})?$`,
    ),
  ],
  [
    'back',
    /^(?:(?:ok|okay|alright|all right|yes|yeah|hi|hello|hey|sorry|so|and|um|uh|right|thanks|thank you|now) )*(?:i am (?:back|here|ready)(?: again| now)?|(?:back|here) again|here i am|(?:i )?(?:got|have|found) (?:it|a pen|my pen)|ready)$/,
  ],
  ['wrong-number', /\b(?:wrong (?:number|place|clinic|office)|mis ?dialed|dialed wrong)\b/],
  ['how-are-you', /\bhow are you(?: doing| today)*$|\bhow is it going$|\bhow do you do$|\bhow are things$/],
  ['thanks', new RegExp(String.raw`^${polite}${thanks}$`)],
  [
    'hello',
    /^(?:(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|there|yes|yeah|um|uh) ?)*(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|anybody there|anyone there|is (?:anybody|anyone|someone) there|are you (?:still )?there|can you hear me|there|speaking|this is (?:she|he|her|him)|(?:that|it) is me)$/,
  ],
];

const swearing = new Set(curses);

/** The command an utterance gives, if it is one. */
export function readCommand(utterance: string): Command | undefined {
  const said = tokenize(utterance)
    .filter((word) => !swearing.has(word))
    .join(' ');
  return commands.find(([, pattern]) => pattern.test(said))?.[0];
}

/** Whether the caller will not or cannot answer. */
export function refuses(utterance: string): boolean {
  return /\b(?:on file|already (?:have|got|gave)|same as (?:always|before|last time)|will not (?:give|tell|say)|rather not|prefer not|not want to (?:say|give|tell|answer)|not (?:like|wish) to (?:say|give|answer)|skip(?: that| this| it| the question)?$|no comment|no idea|none of your|do not (?:have|know|remember)\b|not (?:sure|have (?:one|it|a (?:phone|number)))|next question|does not matter|do not (?:care|mind)|no preference|nothing (?:comes to mind|really)|not really$|^(?:no )?nothing$)/.test(
    tokenize(utterance).join(' '),
  );
}

/** Whether an utterance asks something rather than answers. */
export function isQuestion(utterance: string): boolean {
  return (
    /\?\s*$/.test(utterance) ||
    /^(?:(?:and|but|so|well|um|uh|sorry|wait|hi|hello|yes|no|actually|also|ok|okay) )*(?:what|which|who|when|where|why|how)\b|\b(?:what|when|where|why|how|which|who) (?:is|are|do|does|did|can|could|would|will|was|were|much|many|long|late|time|day|kind|about|happens)\b|\b(?:do|does|did|can|could|will|would|should|may|have) (?:i|you|we|they|he|she|it|there|this|anybody|anyone|someone|somebody)\b|\b(?:is|are) (?:there|it|this|you|they|he|she)\b|^(?:(?:and|but|so|ok|okay|wait|um|uh) )*(?:is|are|does) (?:the|that|my|your)\b/.test(
      tokenize(utterance).join(' '),
    )
  );
}
