import { tokenize } from './tokenize.ts';

const fillers = /^(?:(?:uh|um|er|oh|ah|well|so|hmm|hm|look|listen|hi|hello|hey|sorry|and|but|i mean) )+/;
const yesAfterAll =
  /^(?:no (?:no )?(?:problem|worries|trouble)|why not|no (?:no )?(?:that|it) (?:is|was|sounds) (?:right|correct|fine|good|perfect|it|ok|okay)|not a problem|can not wait|i do not mind|i would not mind|not at all$)/;
const no =
  /^(?:no|know(?= thank|$)|nope|nah|naw|negative|never|wrong|incorrect|not)\b|\b(?:can|will|would|do|does|did|is|am|are|could|should) not\b|\bnot (?:really|right|correct|quite|today|now|at all|interested|possible|good|able|sure)\b|\b(?:unfortunately|afraid not|incorrect|impossible|unable)\b|\b(?:that|it|this) is (?:all )?wrong\b|\bis wrong\b|\brather not\b|\bno (?:thank|thanks)\b|^i am afraid\b/;
const yes =
  /^(?:yes|yeah|yea|yep|yup|ya|aye|sure|ok|okay|right(?! now)|correct|exactly|absolutely|definitely|certainly|indeed|affirmative|perfect|great|fine|good|please(?= do\b|$)|true|alright|mhm|mm hmm|mmhmm|uh huh|totally|probably|fair enough|go ahead|go on|go for it|by all means|shoot|fire away|make it (?:quick|short|fast)|go right ahead|bring it on|let us (?:do it|go)|i am game|of course|naturally|gladly|you bet|sounds|why yes|i guess|i suppose)\b|\b(?:that|it) (?:is|was|sounds|works|will work|would be|looks|seems) (?:all )?(?:right(?! now)|correct|fine|good|great|perfect|ok|okay|lovely|for me|well|true|it)\b|\bi (?:really |definitely |certainly |sure )?(?:can|will|would|do|did|am)(?:$| (?:definitely|certainly|absolutely|make it|come|be there|be coming|attend|do (?:it|that|so)|recommend|say so|be (?:happy|glad)|love to)\b)|\bi (?:think|guess|suppose|believe|hope) so\b|\bwould be (?:better|best|good|great|fine|ok|okay|nice|perfect|easier)\b|\b(?:works for me|see you|of course|i will be there|you can|please do|you may|all (?:right|correct|good))\b/;

/** Neither, unless it begins with one. */
const undecided =
  /\b(?:do not know|not sure|maybe|might|perhaps|depends|(?:have|need|let me|let us) (?:to )?(?:check|look|see|think|ask))\b/;
/** What somebody else is or can answers nothing: "she is not home". */
const ofOthers =
  /\b(?:he|she|they|nobody|no one|there) (?:is|are|was|can|could|does|do|did|will|would|has|have|had)(?: not)?\b.*/;

/** Says who speaks, and answers nothing yet: "yes, this is Sara". */
const identifies =
  /^(?:(?:yes|yeah|hello|hi) )*(?:speaking|(?:that|it) is me|this is (?!(?:fine|good|ok|okay|great|perfect|correct|right|true)\b)\w+(?: \w+)?(?: speaking)?)$/;

/** Whether an answer means yes or no; undefined where it means neither. */
export function readYesNo(utterance: string): boolean | undefined {
  const said = tokenize(utterance).join(' ').replace(fillers, '');
  if (said === '') return /\b(?:uh huh|mm hmm)\b/i.test(utterance.replace(/-/g, ' ')) ? true : undefined;
  if (identifies.test(said)) return undefined;
  if (yesAfterAll.test(said)) return true;
  if (!/^(?:yes|yeah|yep|no|nope)\b/.test(said) && (undecided.test(said) || ofOthers.test(said))) return undefined;
  if (/^(?:yes|yeah|yep|yup|sure|of course|absolutely|definitely|ok|okay)\b/.test(said)) return true;
  if (/^uh huh\b|^mm hmm\b/i.test(utterance.trim().replace(/-/g, ' '))) return true;
  if (/\b(?:do not|not) think so\b/.test(said) || no.test(said)) return false;
  return yes.test(said) ? true : undefined;
}
