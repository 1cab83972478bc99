import { type Mark, markAt, mayBecomeMark } from './marks.ts';
import type { ToolTable } from './tool-table.ts';
import { answerIn, argumentsIn, callsIn, callsInText, JsonScan, parsed, type WrittenCall } from './written-calls.ts';

/** What a piece of an answer turned out to be. */
export type Understood = { speech: string; calls: WrittenCall[] };

type State =
  | { kind: 'speech' }
  /** Thoughts, scripts and comments: only the mark that ends them is looked for. */
  | { kind: 'hidden'; until: RegExp }
  /** Between the marks of a tool call or of a code block. */
  | { kind: 'marked'; until: RegExp; text: string }
  /** JSON, or the brackets behind a tool's name; `tool` is the one named before it. */
  | { kind: 'brackets'; scan: JsonScan; text: string; tool: string | undefined }
  /** The model went on to speak for the caller, or after its own end. */
  | { kind: 'over' };

/** What is longer than this is no call of a tool, characters; it is not kept, and not spoken either. */
const longestCall = 32_000;
/** The longest mark that ends something, characters, and how much is looked at in one go. */
const longestEnd = 48;
const longestLook = 4_096;
const notSpoken =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these are what is to be found
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffd\u20e3]|\p{Extended_Pictographic}|[\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{e007f}]/gu;
const loneHalf = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Emphasis, headings and bullets of Markdown; a text is held until it is clear where such a mark ends. */
const emphasis = /\*{2,}|(?<![\p{L}\p{N}*])\*(?=\p{L})|(?<=[\p{L}.,!?])\*(?![\p{L}\p{N}*])/gu;
const lineMark = /(?<=\n)[ \t]*(?:#{1,6}|[-*•])[ \t]+/g;

/** Without Markdown, and without the gaps that what was left out has made. */
function unmarked(text: string, before: string): string {
  const all = (before.slice(-1) || '\n') + text;
  const marked = all.replace(lineMark, '');
  // What was said before stays.
  const plain = marked.replace(emphasis, (mark, at: number) => (at === 0 ? mark : '')).replace(/ {2,}/g, ' ');
  return /^\s /.test(plain) ? plain.slice(2) : plain.slice(1);
}

/**
 * Tells what a model says from what it does not mean to be heard, while the answer comes in pieces cut anywhere: thoughts
 * in all their spellings, control tokens, tool calls written as text, JSON, code, HTML, emoji. Text is held back only as
 * long as it may be the beginning of such a mark.
 */
export class SpeechFilter {
  readonly #tools: ToolTable;
  #pending = '';
  #state: State = { kind: 'speech' };
  /** The last letters that were spoken, for what a mark stands behind. */
  #before = '';
  /** A tool whose name was written, until it is clear what follows. */
  #named: string | undefined;
  #anySpeech = false;
  #closedThought = false;

  constructor(tools: ToolTable) {
    this.#tools = tools;
  }

  /** A thought ended that no mark had opened: what was said before it was one. */
  get closedThought(): boolean {
    return this.#closedThought;
  }

  push(piece: string): Understood {
    const understood: Understood = { speech: '', calls: [] };
    // DeepSeek writes its tokens with a bar of double width and a low block: <｜User｜>, <｜tool▁calls▁begin｜>.
    this.#pending += piece.replaceAll('｜', '|').replaceAll('▁', '_');
    while (this.#pending && this.#step(understood, false));
    return understood;
  }

  /** The answer is complete. */
  end(): Understood {
    const understood: Understood = { speech: '', calls: [] };
    while (this.#pending && this.#step(understood, true));
    const state = this.#state;
    if (state.kind === 'marked') understood.calls.push(...callsInText(state.text + this.#pending, this.#tools));
    if (this.#named && !this.#anySpeech && this.#tools.needsNothing(this.#named))
      understood.calls.push({ name: this.#named, args: {} });
    return understood;
  }

  /** Reads on as far as it is clear. Returns whether there may be more to read. */
  #step(understood: Understood, isEnd: boolean): boolean {
    const state = this.#state;
    if (state.kind === 'over') return this.#take(this.#pending.length, false);
    if (state.kind === 'hidden') return this.#skip(state);
    if (state.kind === 'marked') return this.#gather(state, understood);
    if (state.kind === 'brackets') return this.#scan(state, understood);
    return this.#speak(understood, isEnd);
  }

  #speak(understood: Understood, atEnd: boolean): boolean {
    // A window, so that reading a very long piece takes no longer per letter than reading a short one.
    const text = this.#pending.slice(0, longestLook);
    const isEnd = atEnd && text.length === this.#pending.length;
    if (this.#named) {
      const bridge =
        /^(?::\d{1,3})?(?:<\|tool_call_argument_begin\|>)?[\s"'\u0060:]{0,32}(?:\[ARGS\]|action input\s*:|arg\w*\s*:|with)?\s*(?=[({])/i.exec(
          text,
        );
      if (bridge) {
        this.#enter({ kind: 'brackets' }, understood);
        return this.#take(bridge[0].length, true);
      }
      if (
        !isEnd &&
        /^(?::\d{0,3})?[\s"'\u0060:]{0,16}(?:\[[A-Z]{0,4}\]?|action( i\w{0,4}\s?:?)?|\w{0,6}:?)\s*$/i.test(text)
      )
        return false;
    }
    const context = { atStart: !this.#anySpeech, before: this.#before, tools: this.#tools };
    const found = markAt(text, context);
    const open = isEnd ? text.length : mayBecomeMark(text, context);
    // A longer mark may be growing where a shorter one is complete.
    const mark = found && open > found.index ? found : undefined;
    const end = mark?.index ?? open;
    this.#say(text.slice(0, end), understood);
    if (!mark) {
      this.#take(end, false);
      return end > 0 && this.#pending.length > text.length - end;
    }
    this.#take(end + mark.length, true);
    this.#enter(mark.mark, understood);
    return true;
  }

  #say(text: string, understood: Understood): void {
    const plain = unmarked(text.replace(loneHalf, '').replace(notSpoken, ''), this.#before);
    if (!plain) return;
    if (/[\p{L}\p{N}]/u.test(plain)) {
      this.#anySpeech = true;
      this.#named = undefined;
    }
    this.#before = (this.#before + plain).slice(-8);
    understood.speech += plain;
  }

  #enter(mark: Mark, understood: Understood): void {
    if (mark.kind === 'thought' || mark.kind === 'hidden') this.#state = { kind: 'hidden', until: mark.until };
    else if (mark.kind === 'call') this.#state = { kind: 'marked', until: mark.until, text: mark.text ?? '' };
    else if (mark.kind === 'brackets')
      this.#state = { kind: 'brackets', scan: new JsonScan(), text: '', tool: this.#named };
    else if (mark.kind === 'tool') this.#named = mark.name;
    else if (mark.kind === 'tool-alone') {
      if (this.#tools.needsNothing(mark.name)) understood.calls.push({ name: mark.name, args: {} });
    } else if (mark.kind === 'thought-end') {
      this.#closedThought = true;
      understood.speech = '';
      this.#anySpeech = false;
      this.#before = '';
    } else if (mark.kind === 'end' && (this.#anySpeech || mark.always)) this.#state = { kind: 'over' };
    // What is left: a token or a tag without a meaning for the voice. Some stand for a space.
    else if (mark.kind === 'break' && this.#before && !/\s$/.test(this.#before)) this.#pending = ` ${this.#pending}`;
  }

  #skip(state: Extract<State, { kind: 'hidden' }>): boolean {
    const end = state.until.exec(this.#pending);
    if (end) {
      this.#state = { kind: 'speech' };
      return this.#take(end.index + end[0].length, true);
    }
    this.#take(Math.max(0, this.#pending.length - longestEnd), false);
    return false;
  }

  #gather(state: Extract<State, { kind: 'marked' }>, understood: Understood): boolean {
    const end = state.until.exec(this.#pending);
    const length = end ? end.index : Math.max(0, this.#pending.length - longestEnd);
    if (state.text.length < longestCall) state.text += this.#pending.slice(0, length);
    if (!end) {
      this.#take(length, false);
      return false;
    }
    understood.calls.push(...callsInText(state.text, this.#tools));
    this.#state = { kind: 'speech' };
    return this.#take(length + end[0].length, true);
  }

  #scan(state: Extract<State, { kind: 'brackets' }>, understood: Understood): boolean {
    const length = state.scan.push(this.#pending);
    const part = this.#pending.slice(0, length);
    if (state.text.length < longestCall) state.text += part;
    if (length === undefined) return this.#take(this.#pending.length, false);
    const calls = state.text.startsWith('(') ? [] : callsIn(parsed(state.text), this.#tools);
    if (calls.length === 0 && state.tool) calls.push({ name: state.tool, args: argumentsIn(state.text) });
    else if (calls.length === 0) calls.push(...callsInText(state.text, this.#tools));
    if (calls.length === 0 && !this.#anySpeech) this.#say(answerIn(parsed(state.text)), understood);
    understood.calls.push(...calls);
    this.#named = undefined;
    this.#state = { kind: 'speech' };
    return this.#take(length, true);
  }

  #take(length: number, goesOn: boolean): boolean {
    this.#pending = this.#pending.slice(length);
    return goesOn;
  }
}
