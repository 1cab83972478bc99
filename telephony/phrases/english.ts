import type { Phrases } from './phrases.ts';

export const english: Phrases = {
  // Pixel: "the person you're calling is using a screening service from Google, and will get a copy of this conversation. Go ahead
  // and say your name, and why you're calling." iOS 26: "If you record your name and reason for calling, I'll see if this person
  // is available." Google Voice: "Please state your name after the tone, and … will try to connect you."
  assistant: [
    /\b(screening (service|assistant)|call (screening|assistant|assist)|screen(s|ing) (this|your|their|my|all) calls?)\b/,
    /\b(copy|transcript) of (this|the) (conversation|call)\b/,
    /\b(truecaller|bixby)\b/,
  ],
  screening: [
    /\b(record|say|state) (your|you) name\b/,
    /\b(tell|give) (me |us )?(your|you) name and (the |your )?(reason|purpose|why)\b/,
    /\bname and why you (re|are) calling\b/,
  ],
  fetching: [
    /\bsee if (this person|the person you (re|are) calling) (is|s) available\b/,
    /\bname\b.*\b(connect|put) you\b/,
    /\bbefore (i|we) (try to )?(connect|put) you\b/,
  ],
  recording: [
    /\b(after|at|following) the (sound of the )?(tone|beep|signal)\b/,
    // "Record your name and reason" is screening: what follows the name has to be heard first.
    /\brecord (your|a) (message\b|name (?!and( (the )?(reason|purpose|why)|$)))/,
    /\b(finished|done|stop) recording\b/,
    /\bhang up or press\b/,
    /\bvoice ?mail ?box\b/,
    /\bmailbox (is full|belonging|of)\b/,
    /\b(automated|automatic) voice ?(mail|message|messaging)\b/,
    /\b(forwarded|redirected|transferred) to (a |an |the )?(automated |automatic )?voice ?(mail|message)/,
    /\breached the (voice ?mail|mailbox|answering machine) (of|for)\b/,
    /\bcalling (us )?outside (of )?(our |normal |regular )?(business|office|opening|working)? ?hours\b/,
  ],
  request: [
    /\bleave (me |us )?(your|a) (brief |short |detailed )?(name|number)\b/,
    /\b(your|a) (name and (phone |telephone )?number|(phone |telephone )?number and a (brief |short )?message)\b/,
  ],
  greeting: [
    /\bleave (me |us )?(a|your) (brief |short |detailed )?message\b(?! (on|via|by|in|over) (?!the (answering|voice)))/,
    /\b(voice ?mail|mailbox|answering machine|answering service)\b/,
    /\byou (ve|have) reached\b/,
    /\bwe (are|re) (currently |presently |all )?(away|closed|out|unable|busy|not (available|able|open|here|in))\b/,
    /\b(offices?|store|practice|clinic) (is|are) (now |currently |presently )?closed\b/,
    /\b(business|office|opening) hours are\b/,
    /\b(no one|nobody) is available\b(?! (but|except))/,
    /\bmissed your call\b/,
  ],
  absence: [
    /\b(can t|cannot|can not|unable to|not able to|couldn t) (come to|take|answer|get to|pick up)\b/,
    /\b(is|am|are|m|re) (currently |presently )?(not|un) ?available\b/,
    /\b(get back to you|return your call|call you (right )?back)\b/,
    /\baway from (my|the|our) (phone|desk|office)\b/,
  ],
  hold: [
    /\bplease (hold|wait|stay)\b/,
    /\b(hold|stay on) the line\b/,
    /\b(hold|wait) (for )?(a|one|just a) (moment|second|minute)\b/,
  ],
  menu: [
    /\b(press|dial|enter) (the )?(zero|one|two|three|four|five|six|seven|eight|nine|[0-9]|star|pound|hash)\b/,
    /\bif you know your party s extension\b/,
    /\b(menu options|our menu has changed|following (menu|options))\b/,
    /\b(say or enter|in a few words|you can say things like)\b/,
  ],
  announcement: [
    /\b(number|person|party|subscriber|customer|mobile) (that )?you (have |are |re |ve )?(dialed|dialled|called|calling|trying)\b/,
    /\b(not|no longer) in service\b/,
    /\bcannot be (completed|connected)\b/,
    /\bcheck the number\b/,
  ],
  person: [
    /\bwith me\b/,
    /\b(on|to) (her|his|their) (voice ?mail|cell|mobile)\b/,
    /\bi (ll|will|can) (pass|give|tell|let|take|note|write)\b/,
    /\bwho (is|s) (this|that|it|there|calling|speaking)\b/,
    /\bwho (is|s) .*\bplease\b/,
    /\bwho am i (speaking|talking)\b/,
    /\bwho are you\b/,
    /\b(how|what) (can|may|could) i (help|do)\b/,
    /\b(can|may|could|shall|should) i (help|take|ask|know|tell|give|pass|have)\b/,
    /\b(would you like|do you want|do you need|did you want)\b/,
    /\bwhat (do you|is this|s this|is it)\b/,
    /\b(hold on|hang on|one moment|one second|just a (moment|second|minute)|let me (get|see|check))\b/,
    /\b(can you hear|are you there|is (anyone|anybody|somebody) there|hello hello)\b/,
    /\b(he|she) (is|s|ll|will|can|said|says|has|had|does) (?!(calling|speaking) )/,
    /\b(he|she) (isn|doesn|won|can|didn) t\b/,
    /\b(mom|mum|mommy|mummy|dad|daddy|(my|her|his) (husband|wife|boss|mother|father|son|daughter|colleague)) (is|isn t|s|has|will|ll|can)\b/,
  ],
};
