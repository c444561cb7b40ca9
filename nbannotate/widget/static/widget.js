/**
 * The page of the annotation widget: it shows one task, takes one answer, and talks to the kernel.
 *
 * It keeps one thing true: an answer the annotator has given is either acknowledged by the
 * kernel as stored, or still held here and said to be so.
 *
 * The sections, in reading order: types, offsets, spans, drafts, keys, words, ids and time,
 * exchange (the protocol, no DOM), page (the DOM), render. One file, because a widget's module
 * is loaded as one blob that cannot import its neighbours.
 */

// ============================================================================ types

/** @typedef {{start: number, end: number, label: string, score?: number|null}} WireSpan */
/** @typedef {{label: string, score: number|null}} WireOption */
/**
 * A task as sent by the kernel. All offsets are code points, end exclusive.
 * @typedef {object} WireTask
 * @property {string} task_hash
 * @property {string} input_hash
 * @property {string} text
 * @property {number[][]} tokens
 * @property {WireSpan[]} spans
 * @property {WireSpan[]} [suggestions]
 * @property {WireOption[]} options
 * @property {string|null} label
 * @property {number|null} score
 * @property {string} why
 * @property {string} why_text
 * @property {string|null} model_version
 * @property {Record<string, unknown>} meta
 */
/** @typedef {{answered: number, remaining: number|null, target: number|null, accuracy: number|null, counts: Record<string, number>}} Progress */
/** @typedef {{state: "none"|"rebuilding"|"learning"|"ready"|"paused", learned: number, pending: number, version: string|null, message: string|null, done: number|null, total: number|null}} ModelState */
/** @typedef {{phase: "preparing"|"asking"|"finished"|"closed", progress: Progress, model: ModelState, notices: string[]}} Status */
/** @typedef {{name: string, key: string|null, color: number}} Label */
/** @typedef {{dataset: string, view: string, layout: "spans"|"choice"|"binary", session_id: string, annotator: string, labels: Label[], exclusive: boolean, instructions: string|null, has_model: boolean}} Config */
/** @typedef {"accept"|"reject"|"ignore"} Verdict */
/** @typedef {{answer: Verdict, spans?: WireSpan[]|null, accept?: string[]|null}} Restored */
/** @typedef {{type: "answer", answer_id: string, task_hash: string, answer: Verdict, seconds: number, spans?: WireSpan[], accept?: string[]}} AnswerMessage */

/** A span that stands in the text; `suggested` while only the model has said so. */
/** @typedef {{start: number, end: number, label: string, score: number|null, suggested: boolean}} Mark */
/**
 * The annotator's work on one task. A range of tokens is picked while `anchor` is a number.
 * @typedef {object} Draft
 * @property {Mark[]} marks     in text order, never overlapping
 * @property {string[]} chosen  labels of the options now on
 * @property {boolean} touched  whether the annotator changed `chosen`
 * @property {Mark|null} selected
 * @property {Mark|null} fresh  the mark just made, so that Backspace can take it away
 * @property {number|null} anchor
 * @property {number|null} cursor
 * @property {number} seconds   time already spent on it
 */

// ============================================================================ offsets

/**
 * Where each code point of a text begins in UTF-16 units, with the text's length at the end.
 * @param {string} text
 * @returns {Uint32Array|null} null when every code point is one unit
 */
export function unitIndex(text) {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return null;
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  for (const character of text) {
    starts[count++] = unit;
    unit += character.length;
  }
  starts[count++] = unit;
  return starts.subarray(0, count);
}

/**
 * The only place where code points become UTF-16 units.
 * @param {string} text
 * @returns {{length: number, slice: (start: number, end: number) => string}} in code points
 */
export function codePoints(text) {
  const index = unitIndex(text);
  if (index === null) return { length: text.length, slice: (start, end) => text.slice(start, end) };
  const last = index.length - 1;
  const unit = (/** @type {number} */ at) => index[Math.min(at, last)];
  return { length: last, slice: (start, end) => text.slice(unit(start), unit(end)) };
}

// ============================================================================ spans

/**
 * Cut a text at every token and span boundary.
 * @param {number} length  of the text, in code points
 * @param {number[][]} tokens
 * @param {{start: number, end: number}[]} spans  not overlapping, in text order
 * @returns {{start: number, end: number, token: number, span: number}[]}  -1 where none covers the piece
 */
export function pieces(length, tokens, spans) {
  const cuts = new Set([0, length]);
  for (const [start, end] of tokens) cuts.add(start).add(end);
  for (const { start, end } of spans) cuts.add(start).add(end);
  const at = [...cuts].filter((cut) => cut >= 0 && cut <= length).sort((a, b) => a - b);
  const result = [];
  let token = 0;
  let span = 0;
  for (let i = 0; i + 1 < at.length; i++) {
    const [start, end] = [at[i], at[i + 1]];
    while (token < tokens.length && tokens[token][1] <= start) token++;
    while (span < spans.length && spans[span].end <= start) span++;
    const inToken = token < tokens.length && tokens[token][0] <= start;
    const inSpan = span < spans.length && spans[span].start <= start;
    result.push({ start, end, token: inToken ? token : -1, span: inSpan ? span : -1 });
  }
  return result;
}

/** @param {{start: number, end: number}} a @param {{start: number, end: number}} b */
export const overlaps = (a, b) => a.start < b.end && b.start < a.end;

/**
 * Put a mark in; whatever it overlaps gives way.
 * @param {readonly Mark[]} marks @param {Mark} mark @returns {Mark[]}
 */
export function placeMark(marks, mark) {
  return [...marks.filter((other) => !overlaps(other, mark)), mark].sort((a, b) => a.start - b.start);
}

/**
 * The span from one token to another, whichever comes first.
 * @param {number[][]} tokens @param {number} a @param {number} b
 */
export function tokenSpan(tokens, a, b) {
  return { start: tokens[Math.min(a, b)][0], end: tokens[Math.max(a, b)][1] };
}

/**
 * Keep the first of any that overlap, drop empty ones.
 * @param {readonly Mark[]} marks @returns {Mark[]}
 */
export function withoutOverlaps(marks) {
  /** @type {Mark[]} */
  const kept = [];
  for (const mark of marks) {
    if (mark.end > mark.start && !kept.some((other) => overlaps(other, mark))) kept.push(mark);
  }
  return kept.sort((a, b) => a.start - b.start);
}

// ============================================================================ drafts

/** @param {WireSpan} span @param {boolean} suggested @returns {Mark} */
const toMark = ({ start, end, label, score }, suggested) => ({ start, end, label, score: score ?? null, suggested });

/** @typedef {{exclusive: boolean, layout?: string}} Asking */

/**
 * What an annotator starts from: given spans solid, suggestions dashed, likely options on.
 * A span with a probability is a suggestion wherever it stands, as is the one that is asked about.
 * @param {WireTask} task @param {Asking} config @returns {Draft}
 */
export function newDraft(task, { exclusive, layout }) {
  const given = (task.spans ?? []).map((span) => toMark(span, layout === "binary" || typeof span.score === "number"));
  const suggested = (task.suggestions ?? []).map((span) => toMark(span, true));
  const likely = (task.options ?? []).filter((option) => (option.score ?? 0) >= 0.5);
  likely.sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  return {
    marks: withoutOverlaps([...given, ...suggested]),
    chosen: (exclusive ? likely.slice(0, 1) : likely).map((option) => option.label),
    touched: false, selected: null, fresh: null, anchor: null, cursor: null, seconds: 0,
  };
}

/**
 * An answer taken back, to be mended.
 * @param {WireTask} task @param {Asking} config @param {Restored} restored @returns {Draft}
 */
export function restoredDraft(task, config, restored) {
  const draft = newDraft(task, config);
  if (restored.spans && config.layout !== "binary") draft.marks = withoutOverlaps(restored.spans.map((span) => toMark(span, false)));
  if (restored.accept) Object.assign(draft, { chosen: [...restored.accept], touched: true });
  return draft;
}

/** Nothing picked, nothing selected. @param {Draft} draft @returns {Draft} */
export const settled = (draft) => ({ ...draft, selected: null, fresh: null, anchor: null });

/**
 * Make a span of the tokens a to b.
 * @param {Draft} draft @param {number[][]} tokens @param {number} a @param {number} b @param {string} label @returns {Draft}
 */
export function markTokens(draft, tokens, a, b, label) {
  const mark = { ...tokenSpan(tokens, a, b), label, score: null, suggested: false };
  return { ...settled(draft), marks: placeMark(draft.marks, mark), fresh: mark, cursor: Math.max(a, b) };
}

/**
 * Replace one mark; the annotator has touched it, so it is a suggestion no more.
 * @param {Draft} draft @param {Mark} mark @param {Partial<Mark>} change @returns {Draft}
 */
export function changeMark(draft, mark, change) {
  const kept = change.label === undefined || change.label === mark.label;
  const next = { ...mark, suggested: false, score: kept ? mark.score : null, ...change };
  return { ...settled(draft), marks: draft.marks.map((other) => (other === mark ? next : other)), selected: next };
}

/** @param {Draft} draft @param {Mark} mark @returns {Draft} */
export function removeMark(draft, mark) {
  return { ...settled(draft), marks: draft.marks.filter((other) => other !== mark) };
}

/** @param {Draft} draft @param {number[][]} tokens @param {number} token @returns {Mark|null} */
export function markAtToken(draft, tokens, token) {
  const [start, end] = tokens[token];
  return draft.marks.find((mark) => overlaps(mark, { start, end })) ?? null;
}

/**
 * Move the token cursor; a single token inside a span selects that span.
 * @param {Draft} draft @param {number[][]} tokens @param {number} to @param {boolean} extend @returns {Draft}
 */
export function moveCursor(draft, tokens, to, extend) {
  const cursor = Math.max(0, Math.min(tokens.length - 1, to));
  if (extend) return { ...settled(draft), anchor: draft.anchor ?? draft.cursor ?? cursor, cursor };
  return { ...settled(draft), anchor: cursor, cursor, selected: markAtToken(draft, tokens, cursor) };
}

// ============================================================================ keys

/**
 * One name for a key press. Digits go by their place on the keyboard (so Shift+1 is "shift+1"
 * on every layout), letters of other alphabets by the Latin letter on the same key.
 * @param {{key: string, code?: string, shiftKey: boolean}} event
 */
export function keyName({ key, code = "", shiftKey }) {
  const digit = /^Digit(\d)$/.exec(code);
  let name = key;
  if (digit) name = digit[1];
  else if (key.length === 1) {
    name = (key > "\x7f" && /^Key[A-Z]$/.test(code) ? code[3] : key).toLowerCase();
  }
  return shiftKey ? `shift+${name}` : name;
}

/**
 * The key of each label: its own, or 1-9, 0, then Shift with them; none after the twentieth.
 * @param {readonly {key: string|null}[]} labels @returns {(string|null)[]}
 */
export function labelKeys(labels) {
  return labels.map(({ key }, i) => {
    if (key) return key.toLowerCase();
    if (i >= 20) return null;
    return (i >= 10 ? "shift+" : "") + String((i + 1) % 10);
  });
}

/** @param {string} key */
const shownKey = (key) => key.replace("shift+", "⇧");

// ============================================================================ words

/** A probability in three characters: ".62". @param {number|null|undefined} score */
export function scoreText(score) {
  if (score === null || score === undefined || !Number.isFinite(score)) return "";
  return score >= 0.995 ? "1.0" : Math.max(0, score).toFixed(2).slice(1);
}

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** @param {number} seconds */
export function leftText(seconds) {
  if (seconds < 60) return "under a minute left";
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}

/** How many answers in all, null when unknown. @param {Progress} progress */
export function expectedTotal({ answered, remaining, target }) {
  if (target !== null && target !== undefined) return target;
  return remaining === null || remaining === undefined ? null : answered + remaining;
}

/**
 * Progress, pace and time left; a break counts as two minutes at most.
 * @param {Progress} progress @param {number} unsent @param {readonly number[]} seconds  of the latest answers
 */
export function progressText(progress, unsent, seconds) {
  const answered = progress.answered + unsent;
  const total = expectedTotal(progress);
  if (total === 0) return [];
  const counted = total === null || answered > total ? plural(answered, "answer") : `${answered} of ${total}`;
  const parts = [total !== null && answered > total ? `${counted}, target was ${total}` : counted];
  if (seconds.length >= 3) {
    const mean = seconds.reduce((sum, value) => sum + Math.min(value, 120), 0) / seconds.length;
    const pace = 60 / Math.max(mean, 0.2);
    parts.push(`${pace >= 1.5 ? Math.round(pace) : pace.toFixed(1)} a minute`);
    if (total !== null && total > answered) parts.push(leftText((total - answered) * mean));
  }
  return parts;
}

/** @param {ModelState} model */
export function modelText({ state, learned, version, message, done, total }) {
  if (state === "none") return "";
  if (state === "paused") return `model paused: ${message ?? "see the cell's output"}`;
  if (state === "rebuilding") {
    const share = total ? ` · ${Math.floor((100 * (done ?? 0)) / total)}\u00a0%` : "";
    return `rebuilding from ${total ? plural(total, "stored answer") : "stored answers"}${share}`;
  }
  const named = version && version !== "base" ? ` · ${version}` : "";
  const facts = `model learned ${learned}${named}`;
  return state === "learning" && learned === 0 ? "model learning…" : facts;
}

/** @param {Record<string, number>} counts @param {number} most */
export function countsText(counts, most) {
  const rows = Object.entries(counts ?? {}).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  const shown = rows.slice(0, most).map(([label, n]) => `${label} ${n}`);
  if (rows.length > most) shown.push(`+ ${rows.length - most} more`);
  return shown.join(" · ");
}

// ============================================================================ ids and time

/**
 * A maker of UUIDv7 answer ids that only ever increase.
 * @param {() => number} now @param {(bytes: Uint8Array) => Uint8Array} fill
 */
export function answerIds(now = Date.now, fill = (bytes) => crypto.getRandomValues(bytes)) {
  let last = 0;
  let sequence = 0;
  return () => {
    const time = Math.max(now(), last);
    sequence = time === last ? sequence + 1 : 0;
    last = sequence > 0xfff ? time + 1 : time;
    if (sequence > 0xfff) sequence = 0;
    const random = [...fill(new Uint8Array(8))];
    random[0] = (random[0] & 0x3f) | 0x80;
    const tail = random.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const head = last.toString(16).padStart(12, "0");
    const middle = (0x7000 | sequence).toString(16);
    return `${head.slice(0, 8)}-${head.slice(8)}-${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  };
}

/** Counts seconds while it runs; paused while the tab is hidden. */
export class Stopwatch {
  /** @param {() => number} now milliseconds */
  constructor(now = () => performance.now()) {
    this.now = now;
    this.spent = 0;
    /** @type {number|null} */
    this.since = null;
  }
  /** @param {number} carried seconds @param {boolean} running */
  start(carried, running) {
    this.spent = carried * 1000;
    this.since = running ? this.now() : null;
  }
  /** @param {boolean} running */
  run(running) {
    if (running === (this.since !== null)) return;
    if (this.since !== null) this.spent += this.now() - this.since;
    this.since = running ? this.now() : null;
  }
  get seconds() {
    const running = this.since === null ? 0 : this.now() - this.since;
    return Math.round(this.spent + running) / 1000;
  }
}

// ============================================================================ exchange

const BUSY_AFTER_MS = 1500;
const LOST_AFTER_MS = 20000;

/** @typedef {{message: AnswerMessage, task: WireTask, draft: Draft, summary: string}} Given */
/** @typedef {{given: Given|null}} Sending  null: an undo */
/** @typedef {{text: string, summary: string, answer_id: string, saved: boolean}} Past */
/**
 * What the exchange tells the page.
 * @typedef {object} Screen
 * @property {(task: WireTask|null, draft: Draft|null, restored: Restored|null) => void} show
 * @property {() => Draft|null} draft   the work now on the page
 * @property {() => void} refresh       something about saving, waiting or status changed
 * @property {(text: string) => void} hint
 */

/**
 * The protocol with the kernel, without a DOM: one message in flight at a time, in the order
 * given, each held until it is acknowledged.
 */
export class Exchange {
  /**
   * @param {(message: object) => void} send
   * @param {Screen} screen
   * @param {(callback: () => void, ms: number) => () => void} schedule  returns its own cancel
   */
  constructor(send, screen, schedule) {
    this.send = send;
    this.screen = screen;
    this.schedule = schedule;
    /** @type {WireTask|null} */
    this.task = null;
    /** @type {Status|null} */
    this.status = null;
    /** @type {Sending[]} */
    this.outbox = [];
    this.inFlight = false;
    this.waiting = true;
    this.mending = false;
    this.greeted = false;
    /** @type {0|1|2} */
    this.silence = 0;
    /** @type {Map<string, WireTask>} */
    this.promised = new Map();
    /** @type {{task: WireTask, draft: Draft|null}|null} */
    this.parked = null;
    this.error = "";
    this.refused = false;
    this.savedId = "";
    /** @type {Past[]} */
    this.past = [];
    /** @type {(() => void)[]} */
    this.alarms = [];
  }

  /** Answers not yet acknowledged. */
  get unsaved() {
    return this.outbox.filter((sending) => sending.given).length;
  }

  get closed() {
    return this.status?.phase === "closed";
  }

  hello() {
    this.send({ type: "hello" });
    this.listenForSilence();
  }

  /** @param {Given} given @returns {boolean} whether it was taken */
  answer(given) {
    if (!this.task || this.waiting || this.closed) return false;
    if (this.mending) this.outbox.unshift({ given });
    else this.outbox.push({ given });
    this.mending = false;
    this.forgive();
    this.past.push({ text: given.task.text, summary: given.summary, answer_id: given.message.answer_id, saved: false });
    if (this.past.length > 50) this.past.shift();
    this.pump();
    this.advance();
    return true;
  }

  forgive() {
    this.error = "";
    this.refused = false;
  }

  undo() {
    if (this.closed) return;
    if (this.mending && this.outbox.length > 0) {
      this.screen.hint(`answer this text first: ${plural(this.unsaved, "answer")} behind it wait`);
      return;
    }
    const tail = this.outbox.at(-1);
    const sent = this.outbox.length === 1 && this.inFlight;
    if (tail?.given && !sent) {
      this.outbox.pop();
      this.past.pop();
      this.show(tail.given.task, tail.given.draft);
      return;
    }
    if (!tail && !this.status?.progress.answered) {
      this.screen.hint("nothing to undo");
      return;
    }
    this.mending = false;
    this.outbox.push({ given: null });
    this.wait();
    this.pump();
  }

  /** Send what is in flight once more; the kernel knows answers by their id. */
  resend() {
    if (!this.greeted) this.send({ type: "hello" });
    else if (this.inFlight) this.send(this.outbox[0].given?.message ?? { type: "undo" });
    this.listenForSilence();
  }

  pump() {
    if (this.inFlight || this.mending || this.closed || this.outbox.length === 0) return;
    this.inFlight = true;
    this.send(this.outbox[0].given?.message ?? { type: "undo" });
    this.listenForSilence();
  }

  listenForSilence() {
    this.hush();
    const stage = (/** @type {0|1|2} */ silence) => () => {
      this.silence = silence;
      this.screen.refresh();
    };
    this.alarms = [this.schedule(stage(1), BUSY_AFTER_MS), this.schedule(stage(2), LOST_AFTER_MS)];
  }

  hush() {
    for (const cancel of this.alarms) cancel();
    this.alarms = [];
    this.silence = 0;
  }

  /** @param {WireTask|null} task @param {Draft|null} draft @param {Restored|null} restored */
  show(task, draft = null, restored = null) {
    this.task = task;
    this.waiting = false;
    this.screen.show(task, draft, restored);
  }

  wait() {
    this.waiting = true;
    this.screen.refresh();
  }

  /** After an answer: the text put aside, the text promised, or the old one dimmed. */
  advance() {
    const parked = this.parked;
    this.parked = null;
    if (parked) return this.show(parked.task, parked.draft);
    const next = this.promised.get(this.outbox.at(-1)?.given?.task.task_hash ?? this.task?.task_hash ?? "");
    if (next) return this.show(next);
    return this.wait();
  }

  /** @param {WireTask|null} after @param {WireTask|null|undefined} task */
  promise(after, task) {
    if (after && task) this.promised.set(after.task_hash, task);
  }

  /** Bring the page to the kernel's task, unless answers on their way will change it. @param {WireTask|null} task */
  settle(task) {
    if (this.outbox.length > 0) {
      if (this.waiting && this.outbox.every((sending) => sending.given)) this.advance();
      return;
    }
    const same = this.task?.task_hash === task?.task_hash;
    if (this.waiting || !same) {
      this.mending = false;
      this.parked = null;
      this.show(task);
    }
  }

  /** @param {any} message */
  receive(message) {
    if (message.status) this.status = message.status;
    switch (message.type) {
      case "state": this.onState(message); break;
      case "saved": this.onSaved(message); break;
      case "refused": this.onRefused(message); break;
      case "ahead":
        if (message.task) this.promised.set(message.after, message.task);
        else this.promised.delete(message.after);
        if (this.waiting && this.outbox.length > 0) this.settle(null);
        break;
      case "error": this.onError(message.error); break;
      case "status": break;
      default: return;
    }
    this.screen.refresh();
  }

  /** @param {{task: WireTask|null, ahead: WireTask|null, restored: Restored|null}} message */
  onState({ task, ahead, restored }) {
    this.greeted = true;
    const undone = this.inFlight && !this.outbox[0].given;
    if (undone) this.acknowledge();
    else if (!this.inFlight) this.hush();
    if (this.outbox.length > 0) return this.promise(task, ahead);
    this.promised.clear();
    this.promise(task, ahead);
    if (undone && !restored) this.screen.hint("nothing to undo");
    if (undone && !restored && task && this.task?.task_hash === task.task_hash) this.waiting = false;
    if (!restored) return this.settle(task);
    this.mending = false;
    this.parked = null;
    this.forgive();
    this.past.pop();
    this.show(task, null, restored);
  }

  /** The head of the outbox is done with. @returns {Sending|undefined} */
  acknowledge() {
    this.hush();
    this.inFlight = false;
    const done = this.outbox.shift();
    this.pump();
    return done;
  }

  /** @param {string} id */
  isInFlight(id) {
    return this.inFlight && this.outbox[0]?.given?.message.answer_id === id;
  }

  /** @param {{answer_id: string, task: WireTask|null, ahead: WireTask|null}} message */
  onSaved({ answer_id, task, ahead }) {
    this.savedId = answer_id;
    const past = this.past.find((row) => row.answer_id === answer_id);
    if (past) past.saved = true;
    this.promise(task, ahead);
    if (this.isInFlight(answer_id)) {
      const given = /** @type {Given} */ (this.outbox[0].given);
      this.promised.delete(given.task.task_hash);
      this.acknowledge();
    }
    this.settle(task);
  }

  /** @param {{answer_id: string, reason: string, error: string, task: WireTask|null, ahead: WireTask|null}} message */
  onRefused({ answer_id, reason, error, task, ahead }) {
    if (!this.isInFlight(answer_id)) return this.settle(task);
    const given = /** @type {Given} */ (this.outbox[0].given);
    this.past = this.past.filter((row) => row.answer_id !== answer_id);
    this.hush();
    this.inFlight = false;
    this.outbox.shift();
    this.outbox = this.outbox.filter((sending) => sending.given);
    this.error = error;
    this.refused = true;
    if (reason === "closed") return this.onClosed();
    if (reason === "stale") return this.onStale(task, ahead);
    this.promise(task, ahead);
    this.parked = this.waiting || !this.task ? null : { task: this.task, draft: this.screen.draft() };
    this.mending = true;
    if (!task || task.task_hash === given.task.task_hash) this.show(given.task, given.draft);
    else this.show(task);
  }

  /** @param {WireTask|null} task @param {WireTask|null} ahead */
  onStale(task, ahead) {
    const follows = this.outbox.length > 0 && this.outbox[0].given?.task.task_hash === task?.task_hash;
    if (!follows) {
      const behind = this.unsaved;
      if (behind > 0) this.error += ` (${plural(behind, "answer")} after it went with it.)`;
      const gone = new Set(this.outbox.map((sending) => sending.given?.message.answer_id));
      this.past = this.past.filter((row) => !gone.has(row.answer_id));
      this.outbox = [];
      this.promised.clear();
    }
    this.promise(task, ahead);
    this.pump();
    this.settle(task);
  }

  onClosed() {
    if (this.unsaved > 0) this.error += ` ${plural(this.unsaved + 1, "answer")} could not be stored.`;
    this.outbox = [];
    if (this.status) this.status = { ...this.status, phase: "closed" };
    this.show(null);
  }

  /** @param {string} error */
  onError(error) {
    this.error = error;
    this.refused = false;
    if (!this.inFlight || this.outbox[0].given) return;
    this.acknowledge();
    if (this.outbox.length === 0) this.waiting = false;
  }
}

// ============================================================================ page: elements

/**
 * An element with attributes, then children; text only ever enters as text.
 * @param {string} tag @param {Record<string, string>} attributes @param {...(Node|string)} children
 * @returns {HTMLElement}
 */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} action @param {string} text @param {string} [key] @param {string} [style] */
function button(action, text, key = "", style = "nba-quiet") {
  const attributes = { type: "button", class: `nba-button ${style}`, "data-action": action };
  const element = h("button", attributes, h("span", {}, text));
  if (key) element.append(h("kbd", { "aria-hidden": "true" }, key));
  return element;
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} root @returns {DocumentOrShadowRoot} */
const treeOf = (root) => /** @type {any} */ (root.getRootNode());

/** @param {string} color as computed: rgb(…) or color(srgb …) @returns {boolean|null} null when not opaque */
export function isDarkColor(color) {
  const [r, g, b, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  if (!Number.isFinite(b) || alpha < 0.5) return null;
  const scale = color.startsWith("rgb") ? 255 : 1;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / scale < 0.5;
}

/**
 * Follow the notebook's theme, or the system's where there is no notebook.
 * @param {HTMLElement} root @param {AbortSignal} signal
 */
function followTheme(root, signal) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const decide = () => {
    const { documentElement: html, body } = document;
    const jupyter = document.querySelector("[data-jp-theme-light]")?.getAttribute("data-jp-theme-light");
    const known = [...html.classList, ...body.classList].find((name) => /^(dark|light)(-theme)?$/.test(name));
    let dark = system.matches;
    if (jupyter) dark = jupyter === "false";
    else if (body.dataset.vscodeThemeKind) dark = !body.dataset.vscodeThemeKind.includes("light");
    else if (known) dark = known.startsWith("dark");
    root.dataset.theme = dark ? "dark" : "light";
    const painted = jupyter ? null : isDarkColor(getComputedStyle(root).backgroundColor);
    if (painted !== null && painted !== dark) root.dataset.theme = painted ? "dark" : "light";
  };
  const observer = new MutationObserver(decide);
  const attributeFilter = ["class", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true, attributeFilter });
  system.addEventListener("change", decide, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  decide();
}

// ============================================================================ page: the text

/** The text with its marks and tokens: painting, highlighting, and which token is where. */
class TextView {
  /** @param {HTMLElement} box  the element that scrolls @param {(label: string) => string} colorOf */
  constructor(box, colorOf) {
    this.box = box;
    this.colorOf = colorOf;
    /** @type {HTMLElement[]} every token and gap, in text order */
    this.runs = [];
    /** @type {number[]} */
    this.firstRun = [];
    /** @type {number[]} */
    this.lastRun = [];
    /** @type {HTMLElement[]} */
    this.lit = [];
  }

  /** @param {WireTask} task @param {Draft} draft @param {boolean} withTokens */
  paint(task, draft, withTokens) {
    const text = codePoints(task.text);
    const tokens = withTokens ? task.tokens ?? [] : [];
    [this.runs, this.firstRun, this.lastRun, this.lit] = [[], [], [], []];
    const lines = document.createElement("div");
    lines.className = "nba-lines";
    /** @type {HTMLElement|null} */
    let open = null;
    let openSpan = -1;
    for (const piece of pieces(text.length, tokens, draft.marks)) {
      if (piece.span !== openSpan) {
        openSpan = piece.span;
        open = openSpan < 0 ? null : this.markElement(draft.marks[openSpan]);
        if (open) lines.append(open);
      }
      const node = this.pieceNode(text.slice(piece.start, piece.end), piece.token, withTokens);
      if (open) open.insertBefore(node, open.lastChild);
      else lines.append(node);
    }
    // Set last: while it is there, each child appended makes the browser read all of them again.
    lines.dir = "auto";
    this.box.replaceChildren(lines);
    if (draft.selected) this.addDelete(draft.selected);
  }

  /** @param {string} text @param {number} token @param {boolean} withTokens */
  pieceNode(text, token, withTokens) {
    if (!withTokens) return document.createTextNode(text);
    const element = document.createElement("span");
    element.textContent = text;
    if (token >= 0) {
      element.dataset.token = String(token);
      this.firstRun[token] ??= this.runs.length;
      this.lastRun[token] = this.runs.length;
    }
    this.runs.push(element);
    return element;
  }

  /** The tag is painted by CSS, so that the text stays the text when it is read or copied. @param {Mark} mark */
  markElement(mark) {
    const score = mark.suggested ? scoreText(mark.score) : "";
    const said = `${mark.label}${mark.suggested ? `, suggested ${score}` : ""}`;
    const attributes = {
      class: `nba-mark ${this.colorOf(mark.label)}`, role: "group", "aria-label": said,
      "data-span": `${mark.start}-${mark.end}-${mark.label}`, "data-suggested": String(mark.suggested),
    };
    return h("mark", attributes, h("span", { class: "nba-tag", "data-tag": mark.label, "data-score": score }));
  }

  /** @param {Mark} mark */
  addDelete(mark) {
    const element = this.find(mark);
    element?.setAttribute("data-selected", "true");
    const attributes = { type: "button", class: "nba-delete", "data-action": "delete", "aria-label": `Delete ${mark.label}` };
    element?.append(h("button", attributes));
  }

  /** @param {Mark} mark @returns {HTMLElement|null} */
  find(mark) {
    return this.box.querySelector(`[data-span="${CSS.escape(`${mark.start}-${mark.end}-${mark.label}`)}"]`);
  }

  /** Show the picked range and the cursor. @param {Draft} draft @param {string} color */
  highlight(draft, color) {
    for (const element of this.lit) element.className = "";
    this.lit = [];
    const { anchor, cursor, selected } = draft;
    if (anchor === null || cursor === null || !this.runs.length) return;
    const [from, to] = [this.firstRun[Math.min(anchor, cursor)], this.lastRun[Math.max(anchor, cursor)]];
    this.lit = this.runs.slice(from, to + 1);
    for (const element of this.lit) element.className = selected ? "" : `nba-picked ${color}`;
  }

  /** The token at a point, or the nearest; `exact` when the point is on it. @param {number} x @param {number} y */
  tokenAt(x, y) {
    const hit = treeOf(this.box).elementFromPoint(x, y)?.closest?.("[data-token]");
    if (hit instanceof HTMLElement && this.box.contains(hit)) return { token: Number(hit.dataset.token), exact: true };
    let best = -1;
    let least = Infinity;
    this.firstRun.forEach((run, token) => {
      for (const rect of this.runs[run].getClientRects()) {
        const dx = Math.max(rect.left - x, 0, x - rect.right);
        const dy = Math.max(rect.top - y, 0, y - rect.bottom);
        const distance = dx + 20 * dy;
        if (distance < least) [least, best] = [distance, token];
      }
    });
    return { token: best, exact: false };
  }

  /** The token one line up (-1) or down (1), nearest in the line. @param {number} token @param {number} direction */
  beside(token, direction) {
    const from = this.runs[this.firstRun[token]].getBoundingClientRect();
    const centre = from.left + from.width / 2;
    let best = token;
    let line = Infinity;
    let least = Infinity;
    this.firstRun.forEach((run, other) => {
      const rect = this.runs[run].getBoundingClientRect();
      const away = direction * (rect.top - from.top);
      if (away < from.height / 2 || away > line + 4) return;
      if (away < line - 4) least = Infinity;
      line = Math.min(line, away);
      const dx = Math.abs(rect.left + rect.width / 2 - centre);
      if (dx < least) [least, best] = [dx, other];
    });
    return best;
  }

  /** Scroll the text, never the notebook. @param {Element|null|undefined} element */
  reveal(element) {
    if (!element || this.box.scrollHeight <= this.box.clientHeight) return;
    const [inner, outer] = [element.getBoundingClientRect(), this.box.getBoundingClientRect()];
    if (inner.top < outer.top + 24) this.box.scrollTop -= outer.top + 24 - inner.top;
    else if (inner.bottom > outer.bottom - 24) this.box.scrollTop += inner.bottom - outer.bottom + 24;
  }

  get readsRightToLeft() {
    try {
      return this.box.firstElementChild?.matches(":dir(rtl)") ?? false;
    } catch {
      return false;
    }
  }
}

// ============================================================================ page

/** @typedef {{get: (name: string) => any, send: (message: object) => void, on: (event: string, callback: (...args: any[]) => void) => void, off: (event: string, callback: (...args: any[]) => void) => void}} Model */

const ACTION_KEYS = /** @type {Record<string, string>} */ ({
  a: "accept", x: "reject", " ": "ignore", Backspace: "back", Delete: "back", u: "undo", h: "help", "shift+?": "help",
  Escape: "escape", Enter: "enter",
});
const MOVES = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });
const REJECTABLE = ["spans", "binary"];

/** One view of the widget: the annotator's hands on one side, the exchange on the other. */
class Page {
  /** @param {Model} model @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(model, root, signal) {
    this.root = root;
    this.signal = signal;
    /** @type {Config} */
    this.config = model.get("_config");
    this.exchange = new Exchange((message) => model.send(message), this.screen(), (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    });
    this.watch = new Stopwatch();
    this.nextId = answerIds();
    /** @type {Draft|null} */
    this.work = null;
    this.active = 0;
    this.painted = 0;
    this.hintText = "";
    /** @type {number[]} */
    this.paces = [];
    /** @type {Set<string>} */
    this.dismissed = new Set();
    /** @type {number[]} */
    this.heights = [];
    /** @type {Record<string, HTMLElement>} */
    this.part = {};
    /** @type {(string|null)[]} the key of each label */
    this.keys = [];
    /** @type {{anchor: number, exact: boolean, moved: boolean}|null} */
    this.drag = null;
    this.lastPlaced = { token: -1, time: 0 };
    this.build();
    this.text = new TextView(this.part.text, (label) => this.colorOf(label));
    this.listen(model);
  }

  /** @returns {Screen} */
  screen() {
    return {
      show: (task, draft, restored) => this.show(task, draft, restored),
      draft: () => this.work && { ...this.work, seconds: this.watch.seconds },
      refresh: () => this.refresh(),
      hint: (text) => this.hint(text),
    };
  }

  // -------------------------------------------------------------- building

  build() {
    const { config, root } = this;
    const make = (/** @type {string} */ name, attributes = {}, tag = "div") =>
      (this.part[name] = h(tag, { class: `nba-${name}`, ...attributes }));
    root.setAttribute("aria-label", `Annotate ${config.dataset}`);
    root.dataset.layout = config.layout;
    const bar = make("bar", { role: "progressbar", "aria-label": "Progress" });
    bar.append(h("i"));
    const names = [h("strong", {}, config.dataset), h("span", {}, config.view), h("span", { class: "nba-session" }, config.session_id)];
    const head = h("header", { class: "nba-head" }, h("div", { class: "nba-names" }, ...names), make("progress"));
    make("stage").append(make("ask", { hidden: "" }), make("text"), make("panel", { hidden: "" }));
    make("why", { hidden: "" });
    make("history", { hidden: "" });
    make("help", { hidden: "" });
    const save = make("save", { role: "status" }, "span");
    const model = make("model", {}, "span");
    const counts = make("counts", {}, "span");
    const foot = make("status", {}, "footer");
    foot.append(save, model, make("accuracy", {}, "span"), counts);
    const { stage, why, help, history } = this.part;
    root.replaceChildren(bar, head, this.buildInstructions(), this.buildLabels(), stage, make("options", { role: "group", "aria-label": "Options" }),
      why, this.buildActions(), help, history, make("alert", { role: "alert", hidden: "" }), make("notices"), foot,
      make("announce", { "aria-live": "polite", class: "nba-unseen" }));
    this.buildHelp();
  }

  buildInstructions() {
    const text = this.config.instructions;
    const box = h("div", { class: "nba-instructions" });
    this.part.instructions = box;
    if (!text) box.hidden = true;
    else box.append(button("instructions", "Instructions"), h("div", { dir: "auto" }, text));
    return box;
  }

  buildLabels() {
    const { labels, layout } = this.config;
    this.keys = labelKeys(labels);
    const box = h("div", { class: "nba-labels", role: "group", "aria-label": "Labels" });
    this.part.labels = box;
    box.hidden = layout !== "spans";
    labels.forEach(({ name }, i) => {
      const chip = h("button", { type: "button", class: `nba-label ${this.colorOf(name)}`, "data-label": name }, h("span", {}, name));
      const key = this.keys[i];
      if (key) chip.append(h("kbd", { "aria-hidden": "true" }, shownKey(key)));
      box.append(chip);
    });
    return box;
  }

  buildActions() {
    const answers = [button("accept", "Accept", "a", "nba-accept")];
    if (REJECTABLE.includes(this.config.layout)) answers.push(button("reject", "Reject", "x", "nba-reject"));
    answers.push(button("ignore", "Ignore", "space", "nba-plain"));
    const panels = ["why", "history", "help"].map((name, i) =>
      button(name, ["Why this text", "History", "Keys"][i], name === "help" ? "h" : ""));
    for (const panel of panels) panel.setAttribute("aria-expanded", "false");
    const actions = h("div", { class: "nba-actions" }, h("div", { class: "nba-answers" }, ...answers),
      button("undo", "Undo", "⌫"), h("div", { class: "nba-panels" }, ...panels));
    this.part.actions = actions;
    return actions;
  }

  buildHelp() {
    const { layout, exclusive, labels } = this.config;
    const range = `${shownKey(this.keys[0] ?? "1")}–${shownKey(this.keys[Math.min(labels.length, 10) - 1] ?? "0")}`;
    const more = labels.length > 10 ? [["⇧ 1–0", "labels 11 to 20"]] : [];
    const rows = {
      spans: [["a", "accept: these spans are right and complete"], ["x", "reject this text"], [range, "choose a label, or relabel what is picked"],
        ...more, ["drag", "mark words; a click marks one"], ["← →", "move word by word, ↑ ↓ by line"], ["⇧ ← →", "pick several words"],
        ["enter", "mark what is picked"], ["⌫", "delete the selected or newest span, else undo"], ["u", "undo the last answer"]],
      choice: [[range, exclusive ? "choose and accept at once" : "turn an option on or off"], ...more,
        ["a", exclusive ? "accept the option shown as chosen" : "accept; with none on: none of these"], ["⌫ u", "undo the last answer"]],
      binary: [["a", "accept: right"], ["x", "reject: wrong"], ["⌫ u", "undo the last answer"]],
    }[layout];
    const every = [["space", "ignore: say nothing about this text"], ["h", "show or hide these keys"], ["esc", "close, or let go of what is picked"]];
    const list = [...rows, ...every].flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]);
    this.part.help.replaceChildren(h("dl", {}, ...list));
  }

  /** @param {Model} model */
  listen(model) {
    const { root, signal } = this;
    const onMessage = (/** @type {any} */ message) => this.exchange.receive(message);
    const onConfig = () => this.configure(model.get("_config"));
    model.on("msg:custom", onMessage);
    model.on("change:_config", onConfig);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      model.off("change:_config", onConfig);
      this.exchange.hush();
    });
    window.addEventListener("keydown", (event) => this.onKey(event), { capture: true, signal });
    document.addEventListener("visibilitychange", () => this.watch.run(this.isTimed), { signal });
    root.addEventListener("mousedown", (event) => this.onMouseDown(event), { signal });
    root.addEventListener("click", (event) => this.onClick(event), { signal });
    root.addEventListener("pointerdown", (event) => this.onPointerDown(event), { signal });
    root.addEventListener("pointermove", (event) => this.onPointerMove(event), { signal });
    root.addEventListener("pointerup", () => this.onPointerUp(), { signal });
    root.addEventListener("pointercancel", () => this.endDrag(), { signal });
    const sizes = new ResizeObserver(([entry]) => root.classList.toggle("nba-narrow", entry.contentRect.width < 560));
    sizes.observe(root);
    signal.addEventListener("abort", () => sizes.disconnect());
    followTheme(root, signal);
  }

  /** @param {Config} config */
  configure(config) {
    const held = this.hasFocus;
    this.config = config;
    this.active = Math.min(this.active, Math.max(0, config.labels.length - 1));
    this.build();
    this.text.box = this.part.text;
    if (this.exchange.task) this.paint();
    this.refresh();
    if (held) this.focus();
  }

  get hasFocus() {
    return this.root.contains(treeOf(this.root).activeElement);
  }

  get isTimed() {
    return document.visibilityState === "visible" && this.phase === "asking";
  }

  focus() {
    this.root.focus({ preventScroll: true });
  }

  /** @param {string} label */
  colorOf(label) {
    const found = this.config.labels.find(({ name }) => name === label);
    return found ? `nba-c${found.color % 10}` : "nba-c9";
  }

  get activeColor() {
    return this.colorOf(this.config.labels[this.active]?.name ?? "");
  }

  // -------------------------------------------------------------- painting

  /** @param {WireTask|null} task @param {Draft|null} draft @param {Restored|null} restored */
  show(task, draft, restored) {
    this.work = null;
    this.drag = null;
    this.hintText = restored ? `undone: ${restored.answer}` : "";
    if (task) {
      this.work = restored ? restoredDraft(task, this.config, restored) : draft ?? newDraft(task, this.config);
      this.paint();
      this.root.dataset.taskHash = task.task_hash;
      this.afterFrame(task.task_hash);
      setText(this.part.announce, `${task.label ? `${task.label}? ` : ""}${task.text.slice(0, 300)}`);
    }
    this.refresh();
    this.watch.start(this.work?.seconds ?? 0, this.isTimed);
  }

  /** Scroll once the frame is laid out, then tell benchmarks that its pixels are on screen. @param {string} hash */
  afterFrame(hash) {
    requestAnimationFrame(() => {
      this.part.text.scrollTop = 0;
      if (this.config.layout === "binary") this.text.reveal(this.part.text.querySelector("mark"));
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        performance.mark("nbannotate:painted", { detail: hash });
        this.root.dataset.painted = String(++this.painted);
        this.steady();
      };
      port2.postMessage(null);
    });
  }

  /** Keep room for the tallest of the latest texts, so that the buttons stay where they are. */
  steady() {
    const { text, stage } = this.part;
    this.heights = [...this.heights.slice(-7), text.offsetHeight];
    stage.style.setProperty("--nba-floor", `${Math.max(...this.heights)}px`);
  }

  paint() {
    const { task } = this.exchange;
    if (!task || !this.work) return;
    this.paintText(task, this.work);
    if (this.config.layout === "choice") this.paintOptions(task, this.work);
    if (this.config.layout === "binary") this.paintAsk(task);
    this.paintWhy(task);
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintText(task, draft) {
    const spans = this.config.layout === "spans";
    this.text.paint(task, draft, spans);
    if (!spans) return;
    this.text.highlight(draft, this.activeColor);
    this.config.labels.forEach(({ name }, i) => {
      const on = draft.selected ? draft.selected.label === name : i === this.active;
      this.part.labels.children[i].setAttribute("aria-pressed", String(on));
    });
  }

  /** @param {WireTask} task */
  optionsOf(task) {
    const order = new Map(this.config.labels.map(({ name }, i) => [name, i]));
    const place = (/** @type {WireOption} */ option) => order.get(option.label) ?? order.size;
    return [...(task.options ?? [])].sort((a, b) => place(a) - place(b));
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintOptions(task, draft) {
    const { options: box } = this.part;
    const options = this.optionsOf(task);
    const shown = [...box.children].map((element) => element.getAttribute("data-option"));
    if (shown.join("\n") !== options.map(({ label }) => label).join("\n")) {
      box.replaceChildren(...options.map(({ label }) => this.optionButton(label)));
    }
    options.forEach(({ label, score }, i) => {
      const element = /** @type {HTMLElement} */ (box.children[i]);
      const on = draft.chosen.includes(label);
      element.setAttribute("aria-pressed", String(on));
      element.dataset.suggested = String(on && !draft.touched);
      setText(/** @type {HTMLElement} */ (element.children[1]), scoreText(score));
      element.style.setProperty("--nba-share", String(score ?? 0));
    });
  }

  /** @param {string} label */
  optionButton(label) {
    const at = this.config.labels.findIndex(({ name }) => name === label);
    const key = this.keys[at];
    const attributes = { type: "button", class: "nba-option", "data-option": label };
    const element = h("button", attributes, h("span", { class: "nba-option-name", dir: "auto" }, label), h("span", { class: "nba-score" }));
    if (key) element.append(h("kbd", { "aria-hidden": "true" }, shownKey(key)));
    return element;
  }

  /** @param {WireTask} task */
  paintAsk(task) {
    const { ask } = this.part;
    ask.hidden = !task.label || this.text.box.querySelector("mark") !== null;
    if (ask.hidden || !task.label) return;
    ask.style.setProperty("--nba-share", String(task.score ?? 0));
    ask.replaceChildren(h("span", { class: `nba-asked ${this.colorOf(task.label)}`, dir: "auto" }, task.label),
      h("span", { class: "nba-score" }, scoreText(task.score)));
  }

  /** @param {WireTask} task */
  paintWhy(task) {
    if (this.part.why.hidden) return;
    const facts = Object.entries(task.meta ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
    if (task.model_version) facts.unshift(`model ${task.model_version}`);
    if (task.score !== null && task.score !== undefined) facts.unshift(`score ${scoreText(task.score)}`);
    this.part.why.replaceChildren(h("span", {}, task.why_text || task.why || "next in order"),
      h("span", { class: "nba-facts", dir: "auto" }, facts.join(" · ")));
  }

  // -------------------------------------------------------------- state

  /** What the page is doing, in the protocol's words. */
  get phase() {
    const { closed, task, status } = this.exchange;
    if (closed) return "closed";
    if (task) return "asking";
    return status?.phase === "finished" ? "finished" : "preparing";
  }

  /** @param {string} text */
  hint(text) {
    this.hintText = text;
    this.refresh();
  }

  refresh() {
    const { root, exchange, phase, part } = this;
    const held = this.hasFocus;
    root.dataset.phase = phase;
    root.dataset.saved = exchange.savedId;
    root.dataset.waiting = String(exchange.waiting && exchange.task !== null);
    const asking = phase === "asking";
    part.text.hidden = !asking;
    part.panel.hidden = asking;
    if (!asking) {
      part.ask.hidden = true;
      this.refreshPanel();
    }
    part.labels.hidden = !asking || this.config.layout !== "spans";
    part.options.hidden = !asking || this.config.layout !== "choice";
    part.why.hidden = !asking || root.querySelector('[data-action="why"]')?.getAttribute("aria-expanded") !== "true";
    this.refreshHead();
    this.refreshFoot();
    this.refreshNotices();
    if (!part.history.hidden) this.paintHistory();
    if (held && !this.hasFocus) this.focus();
  }

  refreshPanel() {
    const { status, greeted, closed } = this.exchange;
    const answered = status?.progress.answered ?? 0;
    const [title, more] = {
      closed: ["This widget is closed", "Run the cell again to go on. Every answer marked as saved is in the store."],
      finished: [`All done: ${plural(answered, "answer")}`, "The next cell can use them now. Undo brings the last one back."],
      preparing: ["Preparing the first text…", greeted ? "" : "Waiting for the kernel."],
      asking: ["", ""],
    }[this.phase];
    const model = status?.model;
    const detail = !closed && model?.state === "rebuilding" ? `The model is ${modelText(model)}.` : more;
    const heading = this.phase === "preparing" && answered > 0 ? "Preparing the next text…" : title;
    this.part.panel.replaceChildren(h("strong", {}, heading), h("p", {}, detail));
    if (model?.state === "rebuilding" && model.total && this.phase === "preparing") {
      const rail = h("div", { class: "nba-rail" }, h("i"));
      rail.style.setProperty("--nba-share", String((model.done ?? 0) / model.total));
      this.part.panel.append(rail);
    }
  }

  refreshHead() {
    const { status, unsaved } = this.exchange;
    const { bar, progress } = this.part;
    if (!status) return;
    setText(progress, progressText(status.progress, unsaved, this.paces).join(" · "));
    const total = expectedTotal(status.progress);
    bar.hidden = total === null;
    if (!total) return;
    const share = Math.min(1, (status.progress.answered + unsaved) / total);
    bar.style.setProperty("--nba-share", String(share));
    bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  }

  refreshFoot() {
    const { status } = this.exchange;
    const { save, model, accuracy, counts, status: foot } = this.part;
    const [state, text] = this.saveState();
    save.dataset.state = state;
    foot.dataset.state = state;
    setText(save, text);
    if (this.exchange.silence === 2) save.append(button("resend", "Send again"));
    if (!status) return;
    model.dataset.state = status.model.state;
    setText(model, modelText(status.model));
    model.title = status.model.state === "learning" ? "learning…" : status.model.message ?? "";
    const share = status.progress.accuracy;
    setText(accuracy, share === null || share === undefined ? "" : `agreed ${Math.round(100 * share)} %`);
    accuracy.title = "How often the model had predicted the answer before it learned from it";
    setText(counts, countsText(status.progress.counts, 6));
    counts.title = countsText(status.progress.counts, 1000);
  }

  /** @returns {[string, string]} the state's name and its words */
  saveState() {
    const { exchange } = this;
    if (exchange.silence > 0 && this.phase !== "closed") {
      const kept = exchange.unsaved ? `${plural(exchange.unsaved, "answer")} kept here, sent when it is free` : "waiting for its reply";
      const lost = exchange.silence === 2 ? "; if the kernel was restarted, run the cell again" : "";
      return ["busy", `● kernel busy: ${kept}${lost}`];
    }
    if (this.hintText) return ["hint", this.hintText];
    if (exchange.refused) return ["refused", "not saved"];
    if (exchange.outbox.length > 0) return ["saving", exchange.unsaved ? "saving…" : "undoing…"];
    if (exchange.savedId) return ["saved", "✓ saved"];
    return ["ready", this.phase === "asking" ? "press h for the keys" : ""];
  }

  refreshNotices() {
    const { alert, notices } = this.part;
    const { error, status } = this.exchange;
    alert.hidden = !error;
    if (error && alert.dataset.text !== error) {
      alert.replaceChildren(h("span", {}, error), h("button", { type: "button", "data-action": "dismiss", "aria-label": "Dismiss" }));
    }
    alert.dataset.text = error;
    const lines = (status?.notices ?? []).filter((line) => !this.dismissed.has(line));
    if (lines.join("\n") === notices.dataset.text) return;
    notices.dataset.text = lines.join("\n");
    notices.replaceChildren(...lines.map((line) => h("div", { "data-notice": line }, h("span", {}, line),
      h("button", { type: "button", "data-action": "dismiss", "aria-label": "Dismiss" }))));
  }

  paintHistory() {
    const rows = this.exchange.past.slice(-10).reverse().map(({ text, summary, saved }) =>
      h("li", {}, h("span", {}, saved ? "✓" : "…"), h("b", {}, summary), h("span", { dir: "auto" }, text.slice(0, 160))));
    this.part.history.replaceChildren(rows.length ? h("ol", {}, ...rows) : h("p", {}, "Answers given on this page will be listed here."));
  }

  // -------------------------------------------------------------- answering

  /** @param {Verdict} verdict */
  answer(verdict) {
    const { task } = this.exchange;
    const { layout, exclusive } = this.config;
    const draft = this.work;
    if (!task || !draft || this.exchange.waiting) return;
    if (layout === "choice" && exclusive && verdict === "accept" && draft.chosen.length === 0) {
      this.hint(`choose an option first${this.keys[0] ? `: press ${shownKey(this.keys[0])} …` : ""}`);
      return;
    }
    const seconds = this.watch.seconds;
    /** @type {AnswerMessage} */
    const message = { type: "answer", answer_id: this.nextId(), task_hash: task.task_hash, answer: verdict, seconds };
    if (layout === "spans") message.spans = draft.marks.map(({ start, end, label }) => ({ start, end, label }));
    if (layout === "choice") message.accept = verdict === "accept" ? [...draft.chosen] : [];
    let summary = /** @type {string} */ (verdict);
    if (verdict === "accept" && message.spans) summary = plural(message.spans.length, "span");
    if (verdict === "accept" && message.accept) summary = message.accept.join(", ") || "none of these";
    const kept = { ...settled(draft), seconds };
    this.paces = [...this.paces.slice(-19), seconds];
    this.hintText = "";
    this.exchange.answer({ message, task, draft: kept, summary });
  }

  /** @param {string} label */
  choose(label) {
    const { task, waiting } = this.exchange;
    if (!task || !this.work || waiting) return;
    const { chosen } = this.work;
    const { exclusive } = this.config;
    const rest = chosen.filter((other) => other !== label);
    const next = exclusive ? [label] : rest.length < chosen.length ? rest : [...rest, label];
    this.work = { ...this.work, chosen: next, touched: true };
    this.paintOptions(task, this.work);
    if (exclusive) this.answer("accept");
  }

  /** Choose a label, and give it to what is selected or picked. @param {number} i */
  pickLabel(i) {
    const { task, waiting } = this.exchange;
    const label = this.config.labels[i];
    if (!label) return;
    this.active = i;
    if (!task || !this.work || waiting) return;
    const { selected, anchor, cursor } = this.work;
    if (selected) this.edit(changeMark(this.work, selected, { label: label.name }));
    else if (anchor !== null && cursor !== null) this.place(anchor, cursor);
    else this.edit({ ...this.work, fresh: null });
  }

  /** @param {number} from @param {number} to tokens */
  place(from, to) {
    const { task } = this.exchange;
    const label = this.config.labels[this.active];
    if (!task || !this.work || !label) return;
    this.edit(markTokens(this.work, task.tokens, from, to, label.name));
    setText(this.part.announce, `${label.name}: ${this.text.find(/** @type {Mark} */ (this.work.fresh))?.textContent ?? ""}`);
  }

  /** @param {Draft} draft */
  edit(draft) {
    this.work = draft;
    this.hintText = "";
    if (this.exchange.task) this.paintText(this.exchange.task, draft);
    this.refreshFoot();
  }

  /** @param {string} action */
  act(action) {
    switch (action) {
      case "accept": case "reject": case "ignore": return this.answer(action);
      case "undo": return this.exchange.undo();
      case "resend": return this.exchange.resend();
      case "why": case "history": case "help": return this.toggle(action);
      case "instructions": return void this.part.instructions.classList.toggle("nba-folded");
      case "back": case "delete": return this.back(action === "delete");
      case "escape": return this.escape();
      case "enter": return this.enter();
    }
  }

  /** @param {string} name @param {boolean} [open] */
  toggle(name, open = this.part[name].hidden) {
    this.part[name].hidden = !open;
    this.root.querySelector(`[data-action="${name}"]`)?.setAttribute("aria-expanded", String(open));
    if (this.exchange.task) this.paintWhy(this.exchange.task);
    this.refresh();
  }

  /** Delete the span in hand, else undo. @param {boolean} only  never undo */
  back(only) {
    const mark = this.work?.selected ?? this.work?.fresh;
    const editing = this.work && mark && this.config.layout === "spans" && !this.exchange.waiting;
    if (editing) this.edit(removeMark(/** @type {Draft} */ (this.work), mark));
    else if (!only) this.exchange.undo();
  }

  escape() {
    for (const name of ["help", "history", "why"]) if (!this.part[name].hidden) return this.toggle(name, false);
    this.endDrag();
    if (this.work) this.edit({ ...settled(this.work), cursor: null });
  }

  enter() {
    if (!this.work || this.exchange.waiting) return;
    const { selected, anchor, cursor } = this.work;
    if (this.config.layout === "choice") this.answer("accept");
    else if (selected) this.edit(settled(changeMark(this.work, selected, {})));
    else if (anchor !== null && cursor !== null) this.place(anchor, cursor);
  }

  // -------------------------------------------------------------- keyboard

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const path = event.composedPath();
    if (!path.includes(this.root)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.stopImmediatePropagation();
    const target = path[0];
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
    const pressable = target instanceof Element && target.closest("button");
    if (pressable && (event.key === " " || event.key === "Enter")) {
      if (event.repeat) event.preventDefault();
      return;
    }
    if (this.press(keyName(event), event.repeat)) event.preventDefault();
  }

  /** @param {string} name @param {boolean} repeated @returns {boolean} whether the key means something here */
  press(name, repeated) {
    const bare = name.replace("shift+", "");
    if (/^Arrow|^Home$|^End$|^Page/.test(bare)) return this.move(bare, name !== bare);
    const action = ACTION_KEYS[name];
    const label = this.keys.indexOf(name);
    if (action) {
      const absent = action === "reject" && !REJECTABLE.includes(this.config.layout);
      if (!repeated && !absent) this.act(action);
      return true;
    }
    if (label < 0) return false;
    if (!repeated && this.config.layout === "spans") this.pickLabel(label);
    else if (!repeated && this.config.layout === "choice") this.choose(this.config.labels[label].name);
    return true;
  }

  /** Move the token cursor, or scroll a long text. @param {string} key @param {boolean} extend */
  move(key, extend) {
    const { task, waiting } = this.exchange;
    const box = this.part.text;
    const page = { PageUp: -0.85, PageDown: 0.85 }[key];
    if (page || this.config.layout !== "spans") {
      const lines = { ArrowUp: -0.12, ArrowDown: 0.12 }[key];
      box.scrollTop += (page ?? lines ?? 0) * box.clientHeight;
      return box.scrollHeight > box.clientHeight;
    }
    if (!task?.tokens.length || !this.work || waiting) return true;
    const last = task.tokens.length - 1;
    const from = this.work.cursor;
    const step = (MOVES[key] ?? 0) * (this.text.readsRightToLeft ? -1 : 1);
    let to = from === null ? (step < 0 || key === "ArrowUp" ? last : 0) : from + step;
    if (key === "Home") to = 0;
    else if (key === "End") to = last;
    else if (step === 0 && from !== null) to = this.text.beside(from, key === "ArrowUp" ? -1 : 1);
    const before = this.work.selected;
    this.work = moveCursor(this.work, task.tokens, to, extend);
    if (before !== this.work.selected) this.paintText(task, this.work);
    else this.text.highlight(this.work, this.activeColor);
    this.text.reveal(this.text.runs[this.text.firstRun[this.work.cursor ?? 0]]);
    return true;
  }

  // -------------------------------------------------------------- mouse

  /** A click must leave the focus where the keys are heard. @param {MouseEvent} event */
  onMouseDown(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (!target.closest?.("button")) return;
    event.preventDefault();
    this.focus();
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const pressed = /** @type {HTMLElement|null} */ (target.closest?.("button"));
    if (!pressed) return;
    const { action, option, label } = pressed.dataset;
    if (option !== undefined) this.choose(option);
    else if (label !== undefined) this.pickLabel(this.config.labels.findIndex(({ name }) => name === label));
    else if (action === "dismiss") this.dismiss(pressed);
    else if (action) this.act(action);
  }

  /** @param {HTMLElement} pressed */
  dismiss(pressed) {
    const notice = /** @type {HTMLElement|null} */ (pressed.closest("[data-notice]"));
    if (notice) this.dismissed.add(notice.dataset.notice ?? "");
    else this.exchange.forgive();
    this.refresh();
  }

  /** @param {PointerEvent} event */
  onPointerDown(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (this.config.layout !== "spans" || this.exchange.waiting || event.button !== 0) return;
    if (!target.closest?.(".nba-text") || target.closest("button")) return;
    const { token, exact } = this.text.tokenAt(event.clientX, event.clientY);
    if (token < 0) return;
    const onTag = target.closest(".nba-mark") !== null;
    this.drag = { anchor: token, exact: exact || onTag, moved: false };
    this.part.text.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  onPointerMove(event) {
    const { drag, work } = this;
    if (!drag || !work) return;
    const outer = this.part.text.getBoundingClientRect();
    if (event.clientY < outer.top) this.part.text.scrollTop -= 16;
    else if (event.clientY > outer.bottom) this.part.text.scrollTop += 16;
    const { token } = this.text.tokenAt(event.clientX, event.clientY);
    if (token < 0 || (token === drag.anchor && !drag.moved)) return;
    drag.moved = true;
    this.work = { ...settled(work), anchor: drag.anchor, cursor: token };
    if (work.selected) this.paintText(/** @type {WireTask} */ (this.exchange.task), this.work);
    else this.text.highlight(this.work, this.activeColor);
  }

  onPointerUp() {
    const { drag, work } = this;
    const { task } = this.exchange;
    this.drag = null;
    if (!drag || !work || !task) return;
    const { anchor, exact, moved } = drag;
    if (moved && work.cursor !== anchor) return this.place(anchor, work.cursor ?? anchor);
    const mark = markAtToken(work, task.tokens, anchor);
    const now = performance.now();
    const again = this.lastPlaced.token === anchor && now - this.lastPlaced.time < 400;
    if (!exact) return this.edit({ ...settled(work), cursor: null });
    if (again && mark) return;
    if (mark) return this.edit({ ...changeMark(work, mark, {}), cursor: anchor });
    this.lastPlaced = { token: anchor, time: now };
    this.place(anchor, anchor);
  }

  endDrag() {
    if (!this.drag || !this.work) return;
    this.drag = null;
    this.edit(settled(this.work));
  }
}

// ============================================================================ render

/**
 * Show the widget in an element; anywidget calls the returned function when the view goes.
 * @param {{model: Model, el: HTMLElement}} view
 * @returns {() => void}
 */
function render({ model, el }) {
  const life = new AbortController();
  const root = h("div", { class: "nbannotate", tabindex: "0", role: "group", "data-phase": "preparing", "data-saved": "", "data-painted": "0" });
  el.append(root);
  const page = new Page(model, root, life.signal);
  page.refresh();
  page.exchange.hello();
  return () => {
    life.abort();
    root.remove();
  };
}

export default { render };
