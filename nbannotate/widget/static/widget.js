/**
 * The page of the annotation widget: it shows one task, takes one answer, and talks to the kernel.
 *
 * It keeps one thing true: an answer the annotator has given is either acknowledged by the
 * kernel as stored, or still held here and said to be so.
 *
 * The sections, in reading order: types, offsets, spans, drafts, keys, words, ids and time, unsent
 * answers, exchange (the protocol, no DOM), page (the DOM), render. One file, because a widget's module
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
 * @property {WireSpan[]|null} [prediction]  the model's whole reading, where one span of it is asked about
 * @property {WireOption[]} options
 * @property {string|null} label
 * @property {number|null} score
 * @property {string} why
 * @property {string} why_text
 * @property {string|null} model_version
 * @property {Record<string, unknown>} meta
 */
/** @typedef {{value: number, low: number, high: number, n: number}} LiveAccuracy */
/** @typedef {{answers: number, value: number, low: number, high: number}} Outlook */
/** @typedef {{answered: number, remaining: number|null, target: number|null, accuracy: number|null, live_accuracy?: LiveAccuracy|null, outlook?: Outlook|null, counts: Record<string, number>}} Progress */
/** @typedef {{state: "none"|"rebuilding"|"learning"|"ready"|"paused", learned: number, pending: number, version: string|null, message: string|null, done: number|null, total: number|null}} ModelState */
/** @typedef {{phase: "preparing"|"asking"|"paused"|"finished"|"closed", progress: Progress, model: ModelState, notices: string[]}} Status */
/** @typedef {{name: string, key: string|null, color: number}} Label */
/** @typedef {{dataset: string, view: string, layout: "spans"|"choice"|"binary", session_id: string, annotator: string, labels: Label[], exclusive: boolean, overlaps?: boolean, correct_rejects?: boolean, instructions: string|null, has_model: boolean}} Config */
/** @typedef {"accept"|"reject"|"ignore"} Verdict */
/** @typedef {{answer: Verdict, spans?: WireSpan[]|null, accept?: string[]|null}} Restored */
/** @typedef {{type: "answer", answer_id: string, task_hash: string, answer: Verdict, seconds: number, spans?: WireSpan[], accept?: string[]}} AnswerMessage */

/** A span that stands in the text; `suggested` while only the model has said so. */
/** @typedef {{start: number, end: number, label: string, score: number|null, suggested: boolean}} Mark */
/**
 * The annotator's work on one task. A range of tokens is picked while `anchor` is a number.
 * @typedef {object} Draft
 * @property {Mark[]} marks     in text order; overlapping only where the view lets them
 * @property {string[]} chosen  labels of the options now on
 * @property {boolean} touched  whether the annotator changed `chosen`
 * @property {Mark|null} selected
 * @property {Mark|null} fresh  the mark just made, so that Backspace can take it away
 * @property {number|null} anchor
 * @property {number|null} cursor
 * @property {"asked"|"rejected"|null} correcting  in a binary view: why the whole text is being marked
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
 * @param {readonly {start: number, end: number}[]} cutAt  spans whose bounds are cut at too, overlapping or not
 * @returns {{start: number, end: number, token: number, span: number}[]}  -1 where none covers the piece
 */
export function pieces(length, tokens, spans, cutAt = []) {
  const cuts = new Set([0, length]);
  for (const [start, end] of tokens) cuts.add(start).add(end);
  for (const { start, end } of [...spans, ...cutAt]) cuts.add(start).add(end);
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

/** @param {{start: number, end: number, label: string}} a @param {{start: number, end: number, label: string}} b */
export const sameSpan = (a, b) => a.start === b.start && a.end === b.end && a.label === b.label;

/** Text order; of those that begin together the longest first. @param {Mark} a @param {Mark} b */
const inTextOrder = (a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : Number(a.label > b.label));

/**
 * Put a mark in; whatever may not stand beside it gives way: what it overlaps, or, where spans
 * may overlap, only its own double.
 * @param {readonly Mark[]} marks @param {Mark} mark @param {boolean} mayOverlap @returns {Mark[]}
 */
export function placeMark(marks, mark, mayOverlap = false) {
  const clashes = mayOverlap ? sameSpan : overlaps;
  return [...marks.filter((other) => !clashes(other, mark)), mark].sort(inTextOrder);
}

/**
 * The span from one token to another, whichever comes first.
 * @param {number[][]} tokens @param {number} a @param {number} b
 */
export function tokenSpan(tokens, a, b) {
  return { start: tokens[Math.min(a, b)][0], end: tokens[Math.max(a, b)][1] };
}

/**
 * Keep the first of any that may not stand together, drop empty ones.
 * @param {readonly Mark[]} marks @param {boolean} mayOverlap @returns {Mark[]}
 */
export function withoutClashes(marks, mayOverlap = false) {
  const clashes = mayOverlap ? sameSpan : overlaps;
  /** @type {Mark[]} */
  const kept = [];
  for (const mark of marks) {
    if (mark.end > mark.start && !kept.some((other) => clashes(other, mark))) kept.push(mark);
  }
  return kept.sort(inTextOrder);
}

/**
 * Give each interval a lane such that no two in one lane overlap, in as few lanes as can be:
 * in order of their starts, each takes the first lane that is free again (interval partitioning;
 * Kleinberg and Tardos, Algorithm Design, 4.1).
 * @param {readonly {start: number, end: number}[]} intervals @returns {number[]} a lane each, from 0
 */
export function lanes(intervals) {
  const order = intervals.map((_, i) => i);
  order.sort((a, b) => intervals[a].start - intervals[b].start || intervals[b].end - intervals[a].end);
  /** @type {number[]} */
  const freeFrom = [];
  /** @type {number[]} */
  const result = new Array(intervals.length);
  for (const i of order) {
    const free = freeFrom.findIndex((end) => end <= intervals[i].start);
    result[i] = free < 0 ? freeFrom.length : free;
    freeFrom[result[i]] = intervals[i].end;
  }
  return result;
}

/**
 * The way a paragraph runs, by its first letter that has one, as the browser decides it.
 * @param {string} text
 */
export function runsRightToLeft(text) {
  const first = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]|\p{L}/u.exec(text)?.[0];
  return first !== undefined && /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first);
}

// ============================================================================ drafts

/** @param {WireSpan} span @param {boolean} suggested @returns {Mark} */
const toMark = ({ start, end, label, score }, suggested) => ({ start, end, label, score: score ?? null, suggested });

/** @param {{start: number, end: number, label: string}} span @returns {WireSpan} */
const bareSpan = ({ start, end, label }) => ({ start, end, label });

/** @typedef {{exclusive: boolean, layout?: string, overlaps?: boolean}} Asking */

/**
 * What an annotator starts from: given spans solid, suggestions dashed, likely options on.
 * A span with a probability is a suggestion wherever it stands, as is the one that is asked about.
 * @param {WireTask} task @param {Asking} config @returns {Draft}
 */
export function newDraft(task, { exclusive, layout, overlaps: mayOverlap = false }) {
  const given = (task.spans ?? []).map((span) => toMark(span, layout === "binary" || typeof span.score === "number"));
  const suggested = (task.suggestions ?? []).map((span) => toMark(span, true));
  const likely = (task.options ?? []).filter((option) => (option.score ?? 0) >= 0.5);
  likely.sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  return {
    marks: withoutClashes([...given, ...suggested], mayOverlap),
    chosen: (exclusive ? likely.slice(0, 1) : likely).map((option) => option.label),
    touched: false, selected: null, fresh: null, anchor: null, cursor: null, correcting: null, seconds: 0,
  };
}

/**
 * A binary question opened for correction: the model's whole reading, as suggestions; without
 * the span asked about where that one was rejected.
 * @param {WireTask} task @param {Asking} config @param {"asked"|"rejected"} correcting @returns {Draft}
 */
export function correctionDraft(task, config, correcting) {
  const asked = newDraft(task, config);
  const gone = (/** @type {Mark} */ mark) => correcting === "rejected" && asked.marks.some((other) => sameSpan(other, mark));
  const reading = (task.prediction ?? []).map((span) => toMark(span, true));
  return { ...asked, marks: withoutClashes(reading.filter((mark) => !gone(mark)), config.overlaps), correcting };
}

/**
 * The reading around the span that a binary question is about.
 * @param {WireTask} task @param {readonly Mark[]} asked
 */
export function restOfReading(task, asked) {
  const reading = withoutClashes((task.prediction ?? []).map((span) => toMark(span, true)), true);
  const rest = reading.filter((mark) => !asked.some((other) => sameSpan(other, mark)));
  return { rest, holdsAsked: rest.length < reading.length };
}

/**
 * An answer taken back, to be mended. One on a whole text, given in a binary view, is mended
 * where its spans can be seen.
 * @param {WireTask} task @param {Asking} config @param {Restored} restored @returns {Draft}
 */
export function restoredDraft(task, config, restored) {
  const marks = withoutClashes((restored.spans ?? []).map((span) => toMark(span, false)), config.overlaps);
  const draft = newDraft(task, config);
  if (config.layout === "binary") {
    const onlyAsked = marks.length === draft.marks.length && marks.every((mark, i) => sameSpan(mark, draft.marks[i]));
    if (!task.prediction || !restored.spans || restored.answer !== "accept" || onlyAsked) return draft;
    return { ...draft, marks, correcting: "asked" };
  }
  if (restored.spans) draft.marks = marks;
  if (restored.accept) Object.assign(draft, { chosen: [...restored.accept], touched: true });
  return draft;
}

/** Nothing picked, nothing selected. @param {Draft} draft @returns {Draft} */
export const settled = (draft) => ({ ...draft, selected: null, fresh: null, anchor: null });

/**
 * Make a span of the tokens a to b.
 * @param {Draft} draft @param {number[][]} tokens @param {number} a @param {number} b @param {string} label
 * @param {boolean} mayOverlap @returns {Draft}
 */
export function markTokens(draft, tokens, a, b, label, mayOverlap = false) {
  const mark = { ...tokenSpan(tokens, a, b), label, score: null, suggested: false };
  return { ...settled(draft), marks: placeMark(draft.marks, mark, mayOverlap), fresh: mark, cursor: Math.max(a, b) };
}

/**
 * Replace one mark; the annotator has touched it, so it is a suggestion no more. Its double,
 * where the change makes one, goes.
 * @param {Draft} draft @param {Mark} mark @param {Partial<Mark>} change @returns {Draft}
 */
export function changeMark(draft, mark, change) {
  const next = { ...mark, suggested: false, ...change };
  if (!sameSpan(next, mark)) next.score = null;
  const others = draft.marks.filter((other) => other !== mark && !sameSpan(other, next));
  return { ...settled(draft), marks: [...others, next].sort(inTextOrder), selected: next };
}

/**
 * Move the start or the end of a mark by so many tokens; it keeps one token at least.
 * @param {Draft} draft @param {number[][]} tokens @param {Mark} mark @param {"start"|"end"} edge @param {number} step @returns {Draft}
 */
export function stretchMark(draft, tokens, mark, edge, step) {
  const held = tokensOf(tokens, mark);
  if (!held) return draft;
  const { first, last } = held;
  const moved = Math.max(0, Math.min(tokens.length - 1, (edge === "start" ? first : last) + step));
  const span = edge === "start" ? tokenSpan(tokens, Math.min(moved, last), last) : tokenSpan(tokens, first, Math.max(moved, first));
  return changeMark(draft, mark, span);
}

/**
 * The first and the last token that a span touches.
 * @param {number[][]} tokens @param {{start: number, end: number}} span
 */
export function tokensOf(tokens, span) {
  const first = tokens.findIndex(([, end]) => end > span.start);
  const last = tokens.findLastIndex(([start]) => start < span.end);
  return first < 0 || last < first ? null : { first, last };
}

/**
 * The mark after the one selected, among those at the cursor or, without one there, among all.
 * @param {Draft} draft @param {number[][]} tokens @param {number} step  1 or -1 @returns {Mark|null}
 */
export function nextMark({ marks, selected, cursor }, tokens, step) {
  const here = cursor === null ? [] : marks.filter((mark) => overlaps(mark, { start: tokens[cursor][0], end: tokens[cursor][1] }));
  const round = here.length > 0 ? here : marks;
  if (round.length === 0) return null;
  const at = selected ? round.indexOf(selected) : -1;
  return at < 0 ? round.at(step > 0 ? 0 : -1) ?? null : round[(at + step + round.length) % round.length];
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
 * Move the token cursor; a single token inside a span selects that span, unless several may be there.
 * @param {Draft} draft @param {number[][]} tokens @param {number} to @param {boolean} extend @param {boolean} mayOverlap @returns {Draft}
 */
export function moveCursor(draft, tokens, to, extend, mayOverlap = false) {
  const cursor = Math.max(0, Math.min(tokens.length - 1, to));
  if (extend) return { ...settled(draft), anchor: draft.anchor ?? draft.cursor ?? cursor, cursor };
  return { ...settled(draft), anchor: cursor, cursor, selected: mayOverlap ? null : markAtToken(draft, tokens, cursor) };
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

/**
 * Which labels a few typed letters mean: the label itself, then those that begin so, then the rest.
 * @param {readonly string[]} names @param {string} typed @returns {number[]} indices, best first
 */
export function matchLabels(names, typed) {
  const wanted = typed.trim().toLowerCase();
  const rank = (/** @type {string} */ name) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 3);
  const found = names.map((name, i) => ({ i, rank: rank(name.toLowerCase()) })).filter((each) => each.rank < 3);
  return found.sort((a, b) => a.rank - b.rank || a.i - b.i).map(({ i }) => i);
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

/** A share as whole per cent. @param {number} share */
const percent = (share) => String(Math.round(100 * share));

/** @param {LiveAccuracy|null|undefined} accuracy */
export function accuracyText(accuracy) {
  if (!accuracy) return "";
  return `accuracy ${percent(accuracy.value)}\u00a0% (${percent(accuracy.low)}–${percent(accuracy.high)})`;
}

/** @param {Outlook|null|undefined} outlook */
export function outlookText(outlook) {
  if (!outlook) return "";
  return `≈ ${percent(outlook.value)}\u00a0% after ${outlook.answers} more (${percent(outlook.low)}–${percent(outlook.high)})`;
}

/** @param {ModelState} model */
export function modelText({ state, learned, message, done, total }) {
  if (state === "none") return "";
  if (state === "paused") return `model paused: ${message ?? "see the cell's output"}`;
  if (state === "rebuilding") {
    const share = total ? ` · ${Math.floor((100 * (done ?? 0)) / total)}\u00a0%` : "";
    return `rebuilding from ${total ? plural(total, "stored answer") : "stored answers"}${share}`;
  }
  return state === "learning" && learned === 0 ? "model learning…" : `model learned ${learned}`;
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

// ============================================================================ unsent answers

/**
 * The answers that no kernel has acknowledged, kept where a reload of the page does not reach.
 * Each is added and removed by its id, so that two views of one widget do not undo each other.
 */
export class UnsentAnswers {
  /** @param {Pick<Storage, "getItem"|"setItem"|"removeItem">|null} storage @param {string} key */
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    /** @type {Set<string>} */
    this.held = new Set();
  }

  /** What was left behind, in the order given. @returns {Given[]} */
  take() {
    const left = Object.values(this.read());
    left.sort((a, b) => (a.message.answer_id < b.message.answer_id ? -1 : 1));
    for (const { message } of left) this.held.add(message.answer_id);
    return left;
  }

  /** Hold these, and no longer those held before. @param {readonly Given[]} unsent */
  keep(unsent) {
    const ids = new Set(unsent.map(({ message }) => message.answer_id));
    if (ids.size === this.held.size && [...ids].every((id) => this.held.has(id))) return;
    const rows = this.read();
    for (const id of this.held) if (!ids.has(id)) delete rows[id];
    for (const given of unsent) rows[given.message.answer_id] = given;
    this.held = ids;
    this.write(rows);
  }

  /** @returns {Record<string, Given>} */
  read() {
    try {
      return JSON.parse(this.storage?.getItem(this.key) ?? "{}");
    } catch {
      return {};
    }
  }

  /** A browser without room or leave to store has the answers in this page only. @param {Record<string, Given>} rows */
  write(rows) {
    try {
      if (Object.keys(rows).length === 0) this.storage?.removeItem(this.key);
      else this.storage?.setItem(this.key, JSON.stringify(rows));
    } catch {}
  }
}

/** The tab's own storage, where the browser gives one. @returns {Storage|null} */
function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
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

/** @param {Given} given @returns {Past} */
const pastOf = ({ task, summary, message }) => ({ text: task.text, summary, answer_id: message.answer_id, saved: false });

/**
 * The protocol with the kernel, without a DOM: one message in flight at a time, in the order
 * given, each held until it is acknowledged.
 */
export class Exchange {
  /**
   * @param {(message: object) => void} send
   * @param {Screen} screen
   * @param {(callback: () => void, ms: number) => () => void} schedule  returns its own cancel
   * @param {UnsentAnswers} unsent
   */
  constructor(send, screen, schedule, unsent = new UnsentAnswers(null, "")) {
    this.send = send;
    this.screen = screen;
    this.schedule = schedule;
    /** @type {WireTask|null} */
    this.task = null;
    /** @type {Status|null} */
    this.status = null;
    this.unsent = unsent;
    /** @type {Sending[]} */
    this.outbox = unsent.take().map((given) => ({ given }));
    this.inFlight = false;
    this.gone = false;
    this.resuming = false;
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
    this.past = this.outbox.flatMap(({ given }) => (given ? [pastOf(given)] : []));
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
    this.past.push(pastOf(given));
    if (this.past.length > 50) this.past.shift();
    this.remember();
    this.pump();
    this.advance();
    return true;
  }

  remember() {
    this.unsent.keep(this.outbox.flatMap(({ given }) => (given ? [given] : [])));
  }

  /** Let a paused model go on; asking twice does no harm. */
  resume() {
    if (this.closed) return;
    this.resuming = true;
    this.send({ type: "resume" });
    if (!this.inFlight) this.listenForSilence();
    this.screen.refresh();
  }

  /** The notebook says that its kernel is gone; any reply proves it wrong. */
  lose() {
    if (!this.greeted || this.closed) return;
    this.gone = true;
    this.send({ type: "hello" });
    this.screen.refresh();
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
      this.remember();
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
    this.gone = false;
    if (message.status) this.status = message.status;
    if (this.resuming && !this.inFlight) this.hush();
    this.resuming = false;
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
    this.remember();
    this.screen.refresh();
  }

  /** @param {{task: WireTask|null, ahead: WireTask|null, restored: Restored|null}} message */
  onState({ task, ahead, restored }) {
    const left = !this.greeted && this.outbox.length > 0;
    this.greeted = true;
    const undone = this.inFlight && !this.outbox[0].given;
    if (undone) this.acknowledge();
    else if (!this.inFlight) this.hush();
    if (left) this.pump();
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

/** @param {Mark} mark */
const spanId = (mark) => `${mark.start}-${mark.end}-${mark.label}`;

/** @param {Mark} mark @param {Drawing} drawing @returns {Record<string, string>} */
function markAttributes(mark, { asked }) {
  const said = mark.suggested ? `, suggested ${scoreText(mark.score)}` : "";
  const role = asked.length === 0 ? "" : asked.includes(mark) ? "asked" : "quiet";
  return { "aria-label": `${mark.label}${said}`, "data-span": spanId(mark), "data-suggested": String(mark.suggested), "data-role": role };
}

/** @param {Mark} mark */
const deleteButton = (mark) =>
  h("button", { type: "button", class: "nba-delete", "data-action": "delete", "aria-label": `Delete ${mark.label}` });

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/**
 * Join boxes that touch into one a line, in line order.
 * @param {readonly Box[]} boxes @returns {Box[]}
 */
export function joinBoxes(boxes) {
  const sorted = [...boxes].sort((a, b) => (Math.abs(a.top - b.top) > 4 ? a.top - b.top : a.left - b.left));
  /** @type {Box[]} */
  const joined = [];
  for (const box of sorted) {
    const last = joined.at(-1);
    if (last && Math.abs(last.top - box.top) <= 4 && box.left - last.right <= 1.5) last.right = Math.max(last.right, box.right);
    else joined.push({ ...box });
  }
  return joined;
}

const LANE_PIXELS = 17;
const LABEL_GAP_PIXELS = 5;

/**
 * Marks that may overlap: rules under their words, each in a lane of its own, with the label at
 * its start. They lie over the text and are placed by where the browser has put the words, which
 * holds for every script, for wrapped words and for spans over several lines.
 */
class LaneView {
  /** @param {(label: string) => string} colorOf */
  constructor(colorOf) {
    this.colorOf = colorOf;
    this.flow = h("div", { class: "nba-flow" });
    this.lines = this.flow;
    this.layer = this.flow;
    /** @type {{mark: Mark, element: HTMLElement, name: HTMLElement, runs: HTMLElement[], leftward: boolean}[]} */
    this.placed = [];
    this.width = 0;
    this.size = "";
    this.sizes = new ResizeObserver(() => {
      if (this.sizeNow !== this.size) this.place();
    });
  }

  /** @param {HTMLElement} lines @returns {HTMLElement} */
  around(lines) {
    this.lines = lines;
    this.layer = h("div", { class: "nba-layer" });
    this.flow = h("div", { class: "nba-flow", style: `--nba-lanes: ${LANE_PIXELS}px` }, lines, this.layer);
    this.sizes.disconnect();
    this.sizes.observe(this.flow);
    return this.flow;
  }

  /** @param {ReturnType<typeof codePoints>} text @param {Drawing} drawing @param {HTMLElement[]} runs @param {{start: number, end: number}[]} bounds */
  paint(text, drawing, runs, bounds) {
    this.placed = drawing.marks.map((mark) => {
      const before = text.slice(0, mark.start).split("\n").at(-1) ?? "";
      const after = text.slice(mark.start, text.length).split("\n", 1)[0];
      const { element, name } = this.spanElement(mark, drawing, text.slice(mark.start, mark.end));
      return { mark, element, name, runs: runs.filter((_, i) => overlaps(bounds[i], mark)), leftward: runsRightToLeft(before + after) };
    });
    this.layer.replaceChildren(...this.placed.map(({ element }) => element));
    this.place();
  }

  /** @param {Mark} mark @param {Drawing} drawing @param {string} words */
  spanElement(mark, drawing, words) {
    const { editable, selected } = drawing;
    const element = h("div", { class: `nba-span ${this.colorOf(mark.label)}`, role: "group", ...markAttributes(mark, drawing) });
    const score = mark.suggested ? scoreText(mark.score) : "";
    const name = h(editable ? "button" : "span", { class: "nba-name", "data-tag": mark.label, "data-score": score, title: mark.label });
    if (editable) {
      const said = { type: "button", tabindex: "-1", "aria-pressed": String(mark === selected), "aria-label": `${mark.label}: ${words}` };
      for (const [key, value] of Object.entries(said)) name.setAttribute(key, value);
    }
    element.append(name);
    if (mark === selected) {
      element.dataset.selected = "true";
      element.append(deleteButton(mark), h("i", { class: "nba-grip", "data-grip": "start" }), h("i", { class: "nba-grip", "data-grip": "end" }));
    }
    return { element, name };
  }

  get sizeNow() {
    return `${this.flow.clientWidth} ${this.flow.clientHeight}`;
  }

  /** Lay the rules where the words are now. */
  place() {
    const { flow, placed } = this;
    this.width = flow.clientWidth;
    if (!flow.isConnected || this.width === 0) return;
    const widths = placed.map(({ name }) => name.offsetWidth);
    const lane = lanes(this.intervals(this.measure(), widths));
    const count = Math.max(1, ...lane.map((i) => i + 1));
    flow.style.setProperty("--nba-lanes", `${count * LANE_PIXELS}px`);
    this.measure().forEach((boxes, i) => this.placeSpan(placed[i], boxes, lane[i], widths[i]));
    this.size = this.sizeNow;
  }

  /** Where each span's words are, one box for each stretch on a line. @returns {Box[][]} */
  measure() {
    const origin = this.flow.getBoundingClientRect();
    return this.placed.map(({ runs }) => {
      const boxes = runs.flatMap((run) => [...run.getClientRects()]).map(({ left, right, top, bottom }) => ({
        left: left - origin.left, right: Math.min(right - origin.left, this.width), top: top - origin.top, bottom: bottom - origin.top,
      }));
      const visible = boxes.filter((box) => box.right - box.left > 0.5);
      if (visible.length > 0) return joinBoxes(visible);
      return boxes.slice(0, 1).map((box) => ({ ...box, right: box.left + 6 }));
    });
  }

  /** Each span as a stretch of one long line, its label's width included. @param {Box[][]} measured @param {number[]} widths */
  intervals(measured, widths) {
    const tops = joinBoxes(measured.flat().map((box) => ({ ...box, left: 0, right: 0 }))).map(({ top }) => top);
    const lineOf = (/** @type {Box} */ box) => tops.findIndex((top) => Math.abs(top - box.top) <= 4);
    const mirrored = this.lines.matches(":dir(rtl)");
    return measured.map((boxes, i) => {
      const all = boxes.length > 0 ? [...boxes, this.labelBox(boxes, widths[i] + LABEL_GAP_PIXELS, this.placed[i].leftward)] : [];
      const ends = all.map((box) => {
        const from = lineOf(box) * (this.width + 1);
        return mirrored ? [from + this.width - box.right, from + this.width - box.left] : [from + box.left, from + box.right];
      });
      return { start: Math.min(...ends.map(([start]) => start)), end: Math.max(...ends.map(([, end]) => end)) };
    });
  }

  /** The label stands at the start of the first stretch, and never outside. @param {Box[]} boxes @param {number} width @param {boolean} leftward @returns {Box} */
  labelBox(boxes, width, leftward) {
    const line = boxes.filter((box) => Math.abs(box.top - boxes[0].top) <= 4);
    const first = line[leftward ? line.length - 1 : 0];
    const wanted = leftward ? first.right - width : first.left;
    const left = Math.max(0, Math.min(wanted, this.width - width));
    return { ...first, left, right: Math.min(left + width, this.width) };
  }

  /** @param {LaneView["placed"][number]} span @param {Box[]} boxes @param {number} lane @param {number} width */
  placeSpan({ element, name, leftward }, boxes, lane, width) {
    for (const rule of element.querySelectorAll(".nba-rule")) rule.remove();
    if (boxes.length === 0) return;
    const down = lane * LANE_PIXELS;
    for (const box of boxes) {
      const rule = h("i", { class: "nba-rule" });
      setBox(rule, { left: box.left, top: box.bottom + down, width: box.right - box.left });
      element.prepend(rule);
    }
    const label = this.labelBox(boxes, width, leftward);
    setBox(name, { left: label.left, top: label.bottom + down + 3 });
    const cross = /** @type {HTMLElement|null} */ (element.querySelector(".nba-delete"));
    if (!cross) return;
    const beside = leftward ? Math.max(0, label.left - 19) : Math.min(label.left + width + 5, this.width - 16);
    setBox(cross, { left: beside, top: label.bottom + down + 2 });
    const last = boxes[boxes.length - 1];
    const [atStart, atEnd] = leftward ? [boxes[0].right, last.left] : [boxes[0].left, last.right];
    for (const [grip, x, box] of /** @type {const} */ ([["start", atStart, boxes[0]], ["end", atEnd, last]])) {
      const handle = /** @type {HTMLElement} */ (element.querySelector(`[data-grip="${grip}"]`));
      setBox(handle, { left: x - 7, top: box.top, height: box.bottom - box.top + down + 4 });
    }
  }
}

/** @param {HTMLElement} element @param {Record<string, number>} pixels */
function setBox(element, pixels) {
  for (const [name, value] of Object.entries(pixels)) element.style.setProperty(name, `${value}px`);
}

/**
 * What is drawn on a text.
 * @typedef {object} Drawing
 * @property {Mark[]} marks         in text order
 * @property {Mark|null} selected
 * @property {readonly Mark[]} asked  those a binary question is about; the others are drawn quietly
 * @property {boolean} editable     whether there are tokens to pick
 * @property {boolean} stacked      whether marks are drawn in lanes, as they may overlap
 */

/** The text with its marks and tokens: painting, highlighting, and which token is where. */
class TextView {
  /** @param {HTMLElement} box  the element that scrolls @param {(label: string) => string} colorOf */
  constructor(box, colorOf) {
    this.box = box;
    this.colorOf = colorOf;
    this.lanes = new LaneView(colorOf);
    /** @type {HTMLElement[]} every token and gap, in text order */
    this.runs = [];
    /** @type {{start: number, end: number}[]} what each run covers */
    this.bounds = [];
    /** @type {number[]} */
    this.firstRun = [];
    /** @type {number[]} */
    this.lastRun = [];
    /** @type {HTMLElement[]} */
    this.lit = [];
  }

  /** @param {WireTask} task @param {Drawing} drawing */
  paint(task, drawing) {
    const text = codePoints(task.text);
    const { stacked, marks } = drawing;
    const withRuns = drawing.editable || stacked;
    const tokens = withRuns ? task.tokens ?? [] : [];
    [this.runs, this.bounds, this.firstRun, this.lastRun, this.lit] = [[], [], [], [], []];
    const lines = h("div", { class: "nba-lines" });
    /** @type {HTMLElement|null} */
    let open = null;
    let openSpan = -1;
    for (const piece of pieces(text.length, tokens, stacked ? [] : marks, stacked ? marks : [])) {
      if (piece.span !== openSpan) {
        openSpan = piece.span;
        open = openSpan < 0 ? null : this.markElement(marks[openSpan], drawing);
        if (open) lines.append(open);
      }
      const node = this.pieceNode(text.slice(piece.start, piece.end), piece, withRuns);
      if (open) open.insertBefore(node, open.lastChild);
      else lines.append(node);
    }
    // Set last: while it is there, each child appended makes the browser read all of them again.
    lines.dir = "auto";
    this.box.dataset.stacked = String(stacked);
    this.box.replaceChildren(stacked ? this.lanes.around(lines) : lines);
    if (stacked) this.lanes.paint(text, drawing, this.runs, this.bounds);
    else if (drawing.selected) this.addDelete(drawing.selected);
  }

  /** @param {string} text @param {{start: number, end: number, token: number}} piece @param {boolean} withRuns */
  pieceNode(text, { start, end, token }, withRuns) {
    if (!withRuns) return document.createTextNode(text);
    const element = document.createElement("span");
    element.textContent = text;
    if (token >= 0) {
      element.dataset.token = String(token);
      this.firstRun[token] ??= this.runs.length;
      this.lastRun[token] = this.runs.length;
    }
    this.runs.push(element);
    this.bounds.push({ start, end });
    return element;
  }

  /** The tag is painted by CSS, so that the text stays the text when it is read or copied. @param {Mark} mark @param {Drawing} drawing */
  markElement(mark, drawing) {
    const attributes = { class: `nba-mark ${this.colorOf(mark.label)}`, role: "group", ...markAttributes(mark, drawing) };
    const score = mark.suggested ? scoreText(mark.score) : "";
    return h("mark", attributes, h("span", { class: "nba-tag", "data-tag": mark.label, "data-score": score }));
  }

  /** @param {Mark} mark */
  addDelete(mark) {
    const element = this.find(mark);
    element?.setAttribute("data-selected", "true");
    element?.append(deleteButton(mark));
  }

  /** @param {Mark} mark @returns {HTMLElement|null} */
  find(mark) {
    return this.box.querySelector(`[data-span="${CSS.escape(spanId(mark))}"]`);
  }

  /** Show the picked range and the cursor; in lanes, the words of the selected mark. @param {Draft} draft @param {string} color */
  highlight(draft, color) {
    for (const element of this.lit) element.className = "";
    this.lit = [];
    const { anchor, cursor, selected } = draft;
    if (selected && this.box.dataset.stacked === "true") {
      this.lit = this.runs.filter((_, i) => overlaps(this.bounds[i], selected));
      for (const element of this.lit) element.className = `nba-held ${this.colorOf(selected.label)}`;
    }
    if (selected || anchor === null || cursor === null || !this.runs.length) return;
    const [from, to] = [this.firstRun[Math.min(anchor, cursor)], this.lastRun[Math.max(anchor, cursor)]];
    this.lit = this.runs.slice(from, to + 1);
    for (const element of this.lit) element.className = `nba-picked ${color}`;
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
      return this.box.querySelector(".nba-lines")?.matches(":dir(rtl)") ?? false;
    } catch {
      return false;
    }
  }
}

// ============================================================================ page

/** @typedef {{get: (name: string) => any, send: (message: object) => void, on: (event: string, callback: (...args: any[]) => void) => void, off: (event: string, callback: (...args: any[]) => void) => void}} Model */

const ACTION_KEYS = /** @type {Record<string, string>} */ ({
  a: "accept", x: "reject", " ": "ignore", Backspace: "back", Delete: "back", u: "undo", h: "help", "?": "why", "shift+?": "why",
  Escape: "escape", Enter: "enter", "shift+a": "all", e: "correct", s: "next", "shift+s": "previous", "/": "filter",
});
const FILTER_FROM_LABELS = 31;
const MOVES = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });

/** One view of the widget: the annotator's hands on one side, the exchange on the other. */
class Page {
  /** @param {Model} model @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(model, root, signal) {
    this.root = root;
    this.signal = signal;
    /** @type {Config} */
    this.config = model.get("_config");
    const send = (/** @type {object} */ message) => {
      try {
        model.send(message);
      } catch (error) {
        console.warn("nbannotate: the notebook could not send", error);
      }
    };
    const { dataset, session_id } = this.config;
    const unsent = new UnsentAnswers(tabStorage(), `nbannotate:unsent:${JSON.stringify([dataset, session_id])}`);
    this.exchange = new Exchange(send, this.screen(), (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    }, unsent);
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
    /** @type {{anchor: number, exact: boolean, moved: boolean, grip: "start"|"end"|null}|null} */
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
    const bar = make("bar", { role: "progressbar", "aria-label": "Progress" });
    bar.append(h("i"));
    const names = [h("strong", {}, config.dataset), h("span", {}, config.view), h("span", { class: "nba-session" }, config.session_id)];
    const head = h("header", { class: "nba-head" }, h("div", { class: "nba-names" }, ...names), make("progress"));
    make("stage").append(make("ask", { role: "group", "aria-label": "Asked", hidden: "" }), make("text", { role: "group", "aria-label": "Text" }), make("panel", { hidden: "" }));
    for (const name of ["why", "history", "help", "details"]) make(name, { hidden: "" });
    const foot = make("status", {}, "footer");
    const model = make("model", { type: "button", "data-action": "details", "aria-expanded": "false" }, "button");
    foot.append(make("save", { role: "status" }, "span"), model, make("pause", {}, "span"), make("accuracy", {}, "span"), make("counts", {}, "span"));
    const { stage, why, help, history, details } = this.part;
    root.replaceChildren(bar, head, this.buildInstructions(), this.buildFilter(), make("labels", { role: "group", "aria-label": "Labels" }), stage,
      make("options", { role: "group", "aria-label": "Options" }), why, this.buildReading(), this.buildActions(), help, history, details,
      make("alert", { role: "alert", hidden: "" }), make("notices"), foot, make("announce", { "aria-live": "polite", class: "nba-unseen" }));
    this.buildLabels();
  }

  buildInstructions() {
    const text = this.config.instructions;
    const box = h("div", { class: "nba-instructions" });
    this.part.instructions = box;
    if (!text) box.hidden = true;
    else box.append(button("instructions", "Instructions"), h("div", { dir: "auto" }, text));
    return box;
  }

  buildFilter() {
    this.filterInput = /** @type {HTMLInputElement} */ (h("input", { type: "search", placeholder: "Filter labels", "aria-label": "Filter labels", spellcheck: "false", autocomplete: "off" }));
    this.part.filter = h("div", { class: "nba-filter", hidden: "" }, this.filterInput, h("kbd", { "aria-hidden": "true" }, "/"));
    return this.part.filter;
  }

  /** The chips, their keys and what the help says of them. */
  buildLabels() {
    const { labels } = this.config;
    this.keys = labelKeys(labels);
    this.part.labels.replaceChildren(...labels.map(({ name }, i) => {
      const chip = h("button", { type: "button", class: `nba-label ${this.colorOf(name)}`, "data-label": name }, h("span", {}, name));
      const key = this.keys[i];
      if (key) chip.append(h("kbd", { "aria-hidden": "true" }, shownKey(key)));
      return chip;
    }));
    this.part.options.replaceChildren();
    this.applyFilter();
  }

  /** The two answers on the model's whole reading. */
  buildReading() {
    const choices = h("div", { class: "nba-choices" }, button("all", "", "⇧a", "nba-small"), button("correct", "Correct", "e", "nba-small"));
    this.part.reading = h("div", { class: "nba-reading", role: "group", "aria-label": "The whole reading", hidden: "" }, h("span", {}, "The whole reading"), choices);
    return this.part.reading;
  }

  buildActions() {
    const answers = [button("accept", "Accept", "a", "nba-accept"), button("reject", "Reject", "x", "nba-reject"),
      button("ignore", "Ignore", "space", "nba-plain"), button("escape", "Back", "esc")];
    const names = { why: ["Why this text", "?"], history: ["History", ""], help: ["Keys", "h"] };
    const panels = Object.entries(names).map(([name, [text, key]]) => button(name, text, key));
    for (const panel of panels) panel.setAttribute("aria-expanded", "false");
    const actions = h("div", { class: "nba-actions" }, h("div", { class: "nba-answers" }, ...answers),
      button("undo", "Undo", "⌫"), h("div", { class: "nba-panels" }, ...panels));
    this.part.actions = actions;
    return actions;
  }

  paintHelp() {
    const { config: { exclusive, labels }, layout } = this;
    const range = `${shownKey(this.keys[0] ?? "1")}–${shownKey(this.keys[Math.min(labels.length, 10) - 1] ?? "0")}`;
    const more = labels.length > 10 ? [["⇧ 1–0", "labels 11 to 20"]] : [];
    if (this.filters) more.push(["/", "filter the labels"]);
    const stacked = this.config.overlaps ? [["s ⇧s", "select the next or previous span at the cursor"], ["⇧ ← →", "with a span selected, move its end"],
      ["⇧ ↑ ↓", "with a span selected, move its start"]] : [];
    const reading = this.reading ? [["⇧a", "answer for the whole reading"], ["e", "correct the whole reading"]] : [];
    const rows = {
      spans: [["a", "accept: these spans are right and complete"], ...(this.canReject ? [["x", "reject this text"]] : []), [range, "choose a label, or relabel what is selected"],
        ...more, ["drag", "mark words; a click marks one"], ["← →", "move word by word, ↑ ↓ by line"], ["⇧ ← →", "pick several words"],
        ["enter", "mark what is picked"], ...stacked, ["⌫", "delete the selected or newest span, else undo"], ["u", "undo the last answer"]],
      choice: [[range, exclusive ? "choose and accept at once" : "turn an option on or off"], ...more,
        ["a", exclusive ? "accept the option shown as chosen" : "accept; with none on: none of these"], ["⌫ u", "undo the last answer"]],
      binary: [["a", "accept: right"], ["x", "reject: wrong"], ...reading, ["⌫ u", "undo the last answer"]],
    }[layout];
    const escape = this.work?.correcting ? "back to the question" : "close, or let go of what is picked";
    const every = [["space", "ignore: say nothing about this text"], ["?", "why this text is asked"], ["h", "show or hide these keys"], ["esc", escape]];
    const list = [...rows, ...every].flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]);
    this.part.help.replaceChildren(h("dl", {}, ...list));
  }

  /** @param {Model} model */
  listen(model) {
    const { root, signal } = this;
    const onMessage = (/** @type {any} */ message) => this.exchange.receive(message);
    const onConfig = () => this.configure(model.get("_config"));
    const onLoss = () => this.exchange.lose();
    model.on("msg:custom", onMessage);
    model.on("comm_live_update", onLoss);
    model.on("change:_config", onConfig);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      model.off("change:_config", onConfig);
      model.off("comm_live_update", onLoss);
      this.text.lanes.sizes.disconnect();
      this.exchange.hush();
    });
    window.addEventListener("keydown", (event) => this.onKey(event), { capture: true, signal });
    document.addEventListener("visibilitychange", () => this.watch.run(this.isTimed), { signal });
    root.addEventListener("mousedown", (event) => this.onMouseDown(event), { signal });
    root.addEventListener("click", (event) => this.onClick(event), { signal });
    root.addEventListener("input", () => this.applyFilter(), { signal });
    root.addEventListener("pointerdown", (event) => this.onPointerDown(event), { signal });
    root.addEventListener("pointermove", (event) => this.onPointerMove(event), { signal });
    root.addEventListener("pointerup", () => this.onPointerUp(), { signal });
    root.addEventListener("pointercancel", () => this.endDrag(), { signal });
    const sizes = new ResizeObserver(([entry]) => root.classList.toggle("nba-narrow", entry.contentRect.width < 560));
    sizes.observe(root);
    signal.addEventListener("abort", () => sizes.disconnect());
    followTheme(root, signal);
  }

  /** Labels may change while a text is being marked: what is marked, selected, open and scrolled to stays. @param {Config} config */
  configure(config) {
    const before = this.config;
    const held = this.hasFocus;
    const active = before.labels[this.active]?.name;
    this.config = config;
    this.active = Math.max(0, config.labels.findIndex(({ name }) => name === active));
    const onlyLabels = JSON.stringify({ ...before, labels: [] }) === JSON.stringify({ ...config, labels: [] });
    const scrolled = this.part.text.scrollTop;
    if (onlyLabels) this.buildLabels();
    else this.build();
    this.text.box = this.part.text;
    if (this.exchange.task) this.paint();
    this.part.text.scrollTop = scrolled;
    this.refresh();
    if (held && !this.hasFocus) this.focus();
  }

  /** How the text is asked now: a binary question that is being corrected is asked as spans. */
  get layout() {
    return this.work?.correcting ? "spans" : this.config.layout;
  }

  /** Whether the model's whole reading can be answered for. */
  get reading() {
    return this.config.layout === "binary" && Array.isArray(this.exchange.task?.prediction);
  }

  get canReject() {
    return this.work?.correcting ? this.work.correcting === "rejected" : this.config.layout !== "choice";
  }

  get filters() {
    return this.config.labels.length >= FILTER_FROM_LABELS;
  }

  /** Show the labels and options that the typed letters mean. */
  applyFilter() {
    const typed = this.filterInput?.value ?? "";
    for (const [box, key] of /** @type {const} */ ([[this.part.labels, "label"], [this.part.options, "option"]])) {
      const chips = /** @type {HTMLElement[]} */ ([...box.children]);
      const found = new Set(matchLabels(chips.map((chip) => chip.dataset[key] ?? ""), typed));
      chips.forEach((chip, i) => { chip.hidden = !found.has(i); });
    }
  }

  endFilter() {
    if (this.filterInput?.value) this.filterInput.value = "";
    this.applyFilter();
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
      this.endFilter();
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
      this.letScroll();
      if (this.layout === "binary") this.text.reveal(this.part.text.querySelector('[data-role="asked"] .nba-rule, mark[data-role="asked"]'));
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

  /** A text that scrolls can be reached by tab, as whatever scrolls must. */
  letScroll() {
    const { text } = this.part;
    if (text.scrollHeight > text.clientHeight) text.tabIndex = 0;
    else text.removeAttribute("tabindex");
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
    this.root.dataset.layout = this.layout;
    this.part.text.hidden = false;
    this.paintText(task, this.work);
    if (this.config.layout === "choice") this.paintOptions(task, this.work);
    if (this.layout === "binary") this.paintAsk(task);
    this.paintWhy(task);
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintText(task, draft) {
    const editable = this.layout === "spans";
    this.text.paint(task, this.drawing(task, draft, editable));
    if (!editable) return;
    this.text.highlight(draft, this.activeColor);
    this.config.labels.forEach(({ name }, i) => {
      const on = draft.selected ? draft.selected.label === name : i === this.active;
      this.part.labels.children[i].setAttribute("aria-pressed", String(on));
    });
  }

  /** @param {WireTask} task @param {Draft} draft @param {boolean} editable @returns {Drawing} */
  drawing(task, { marks, selected, correcting }, editable) {
    const binary = this.config.layout === "binary" && !correcting;
    const all = binary ? withoutClashes([...marks, ...restOfReading(task, marks).rest], true) : marks;
    const stacked = Boolean(this.config.overlaps) || withoutClashes(all).length < all.length;
    return { marks: all, selected, asked: binary ? marks : [], editable, stacked };
  }

  /** What an answer for the whole reading would say, in words. @param {WireTask} task */
  readingText(task) {
    const { holdsAsked } = restOfReading(task, this.work?.marks ?? []);
    if (!task.prediction?.length) return "Nothing here";
    return holdsAsked ? "All right" : "Only the dashed";
  }

  /** @param {WireTask} task */
  optionsOf(task) {
    const order = new Map(this.config.labels.map(({ name }, i) => [name, i]));
    const place = (/** @type {WireOption} */ option) => order.get(option.label) ?? order.size;
    const asked = task.options ?? [];
    const added = this.config.labels.filter(({ name }) => !asked.some(({ label }) => label === name));
    return [...asked, ...added.map(({ name }) => ({ label: name, score: null }))].sort((a, b) => place(a) - place(b));
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintOptions(task, draft) {
    const { options: box } = this.part;
    const options = this.optionsOf(task);
    const shown = [...box.children].map((element) => element.getAttribute("data-option"));
    if (shown.join("\n") !== options.map(({ label }) => label).join("\n")) {
      box.replaceChildren(...options.map(({ label }) => this.optionButton(label)));
      this.applyFilter();
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
    ask.hidden = !task.label || (task.spans ?? []).length + (task.suggestions ?? []).length > 0;
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
    return status?.phase === "finished" || status?.phase === "paused" ? status.phase : "preparing";
  }

  /** @param {string} text */
  hint(text) {
    this.hintText = text;
    this.refresh();
  }

  refresh() {
    const { root, exchange, phase, part, layout } = this;
    const held = this.hasFocus;
    root.dataset.phase = phase;
    root.dataset.layout = layout;
    root.dataset.saved = exchange.savedId;
    const isWaiting = exchange.waiting && exchange.task !== null;
    root.dataset.waiting = String(isWaiting);
    for (const name of ["text", "ask", "options", "labels"]) part[name].setAttribute("aria-disabled", String(isWaiting));
    const asking = phase === "asking";
    part.text.hidden = !asking;
    part.panel.hidden = asking;
    if (!asking) this.refreshPanel();
    if (!asking || layout !== "binary") part.ask.hidden = true;
    part.labels.hidden = !asking || layout !== "spans";
    part.options.hidden = !asking || layout !== "choice";
    part.filter.hidden = !asking || layout === "binary" || !this.filters;
    part.why.hidden = !asking || !this.isOpen("why");
    this.refreshActions();
    this.refreshHead();
    this.refreshFoot();
    this.refreshNotices();
    if (!part.help.hidden) this.paintHelp();
    if (!part.history.hidden) this.paintHistory();
    if (!part.details.hidden) this.paintDetails();
    if (held && !this.hasFocus) this.focus();
  }

  /** @param {string} name */
  isOpen(name) {
    return this.root.querySelector(`[data-action="${name}"]`)?.getAttribute("aria-expanded") === "true";
  }

  refreshActions() {
    const { actions, reading } = this.part;
    const { task } = this.exchange;
    const find = (/** @type {string} */ action) => /** @type {HTMLElement} */ (actions.querySelector(`[data-action="${action}"]`));
    find("reject").hidden = !this.canReject;
    setText(/** @type {HTMLElement} */ (find("reject").firstElementChild), this.work?.correcting ? "Only reject" : "Reject");
    find("escape").hidden = !this.work?.correcting;
    reading.hidden = this.phase !== "asking" || this.layout !== "binary" || !this.reading;
    if (!reading.hidden && task) setText(/** @type {HTMLElement} */ (reading.querySelector('[data-action="all"] > span')), this.readingText(task));
  }

  refreshPanel() {
    const { status, greeted, closed, outbox } = this.exchange;
    const answered = status?.progress.answered ?? 0;
    const left = outbox.length > 0 ? `Sending ${plural(outbox.length, "answer")} kept from before.` : "";
    const model = status?.model;
    const [title, more] = {
      closed: ["This widget is closed", "Run the cell again to go on. Every answer marked as saved is in the store."],
      finished: [`All done: ${plural(answered, "answer")}`, "The next cell can use them now. Undo brings the last one back."],
      paused: ["The model is paused", model?.message ?? ""],
      preparing: ["Preparing the first text…", greeted ? left : "Waiting for the kernel."],
      asking: ["", ""],
    }[this.phase];
    const detail = !closed && model?.state === "rebuilding" ? `The model is ${modelText(model)}.` : more;
    const heading = this.phase === "preparing" && answered > 0 ? "Preparing the next text…" : title;
    const rows = [h("strong", {}, heading), h("p", {}, detail)];
    if (this.phase === "paused") {
      rows.push(h("p", {}, `Texts are left, and the next is chosen once it goes on. ${answered ? `Your ${plural(answered, "answer")} ${answered === 1 ? "is" : "are"} stored.` : ""}`), this.resumeButton("nba-plain"));
    }
    if (model?.state === "rebuilding" && model.total && this.phase === "preparing") {
      const rail = h("div", { class: "nba-rail" }, h("i"));
      rail.style.setProperty("--nba-share", String((model.done ?? 0) / model.total));
      rows.push(rail);
    }
    this.part.panel.replaceChildren(...rows);
  }

  /** @param {string} style */
  resumeButton(style) {
    const { resuming } = this.exchange;
    const element = button("resume", resuming ? "Resuming…" : "Resume", "", style);
    if (resuming) element.setAttribute("aria-disabled", "true");
    return element;
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
    const { progress } = status;
    const isPaused = status.model.state === "paused";
    model.dataset.state = status.model.state;
    setText(model, isPaused ? "" : modelText(status.model));
    model.title = status.model.state === "learning" ? "learning… (details)" : "Details";
    this.refreshPause(isPaused && this.phase === "asking" ? modelText(status.model) : "");
    const agreed = progress.accuracy === null || progress.accuracy === undefined ? "" : `agreed ${percent(progress.accuracy)}\u00a0%`;
    setText(accuracy, accuracyText(progress.live_accuracy) || agreed);
    accuracy.title = progress.live_accuracy
      ? `How often the model was right on ${plural(progress.live_accuracy.n, "question")} asked at random, with its 95 % interval`
      : "How often the model had predicted the answer before it learned from it";
    setText(counts, countsText(progress.counts, 6));
    counts.title = countsText(progress.counts, 1000);
  }

  /** @param {string} text */
  refreshPause(text) {
    const { pause } = this.part;
    const shown = `${text}${this.exchange.resuming}`;
    if (pause.dataset.shown === shown) return;
    pause.dataset.shown = shown;
    pause.replaceChildren(...(text ? [h("span", {}, text), this.resumeButton("nba-quiet")] : []));
  }

  paintDetails() {
    const { status } = this.exchange;
    if (!status) return;
    const { model, progress } = status;
    const live = progress.live_accuracy;
    const rows = [
      ["Model", model.state === "none" ? "none" : `${model.version ?? "base"} · learned ${model.learned}${model.pending ? ` · ${model.pending} to learn` : ""}`],
      ["Accuracy", live ? `${accuracyText(live).replace("accuracy ", "")} on ${plural(live.n, "question")} asked at random, 95\u00a0% interval` : ""],
      ["Outlook", outlookText(progress.outlook)],
      ["Agreed", progress.accuracy === null || progress.accuracy === undefined ? "" : `${percent(progress.accuracy)}\u00a0% of the answers were predicted before they were learned`],
      ["Labels", countsText(progress.counts, 1000)],
    ];
    this.part.details.replaceChildren(h("dl", {}, ...rows.filter(([, text]) => text).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])));
  }

  /** @returns {[string, string]} the state's name and its words */
  saveState() {
    const { exchange } = this;
    if (exchange.gone) {
      const kept = exchange.unsaved ? `${plural(exchange.unsaved, "answer")} waiting; ` : "";
      return ["busy", `● kernel gone: ${kept}run the cell again`];
    }
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

  /** @param {Verdict} verdict @param {readonly WireSpan[]|null} spans  of the whole text, where they are not those on the page */
  answer(verdict, spans = null) {
    const { task } = this.exchange;
    const { layout, config: { exclusive } } = this;
    const draft = this.work;
    if (!task || !draft || this.exchange.waiting) return;
    if (layout === "choice" && exclusive && verdict === "accept" && draft.chosen.length === 0) {
      this.hint(`choose an option first${this.keys[0] ? `: press ${shownKey(this.keys[0])} …` : ""}`);
      return;
    }
    const seconds = this.watch.seconds;
    /** @type {AnswerMessage} */
    const message = { type: "answer", answer_id: this.nextId(), task_hash: task.task_hash, answer: verdict, seconds };
    const onText = verdict === "accept" || !draft.correcting;
    if (layout === "spans" && onText) message.spans = (spans ?? draft.marks).map(bareSpan);
    else if (spans) message.spans = spans.map(bareSpan);
    if (layout === "choice") message.accept = verdict === "accept" ? [...draft.chosen] : [];
    let summary = /** @type {string} */ (verdict);
    if (verdict === "accept" && message.spans) summary = plural(message.spans.length, "span");
    if (verdict === "accept" && message.accept) summary = message.accept.join(", ") || "none of these";
    const kept = { ...settled(draft), seconds };
    this.paces = [...this.paces.slice(-19), seconds];
    this.hintText = "";
    this.exchange.answer({ message, task, draft: kept, summary });
  }

  /** Answer for the model's whole reading. */
  acceptReading() {
    const { task } = this.exchange;
    if (task?.prediction && this.reading && this.layout === "binary") this.answer("accept", task.prediction);
  }

  /** Open the whole reading for correction. @param {"asked"|"rejected"} why */
  correct(why) {
    const { task, waiting } = this.exchange;
    if (!task || !this.work || waiting || !this.reading || this.work.correcting) return;
    this.edit(correctionDraft(task, this.config, why));
    setText(this.part.announce, `Correcting: ${plural(this.work.marks.length, "span")}`);
  }

  reject() {
    if (!this.canReject) return;
    if (this.config.correct_rejects && this.reading && !this.work?.correcting) this.correct("rejected");
    else this.answer("reject");
  }

  /** Back from the correction to the question. */
  leaveCorrection() {
    const { task } = this.exchange;
    if (!task) return;
    this.work = newDraft(task, this.config);
    this.paint();
    this.refresh();
  }

  /** @param {number} step */
  selectNext(step) {
    const { task, waiting } = this.exchange;
    if (!task || !this.work || waiting || this.layout !== "spans") return;
    const mark = nextMark(this.work, task.tokens, step);
    if (mark) this.select(mark);
  }

  /** @param {Mark} mark */
  select(mark) {
    if (!this.work) return;
    const { cursor } = this.work;
    this.edit({ ...settled(this.work), selected: mark, cursor });
    this.text.reveal(this.text.find(mark)?.querySelector(".nba-rule"));
    setText(this.part.announce, `${mark.label} selected`);
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
    this.edit(markTokens(this.work, task.tokens, from, to, label.name, this.config.overlaps));
    const { start, end } = tokenSpan(task.tokens, from, to);
    setText(this.part.announce, `${label.name}: ${codePoints(task.text).slice(start, end)}`);
  }

  /** @param {Draft} draft */
  edit(draft) {
    const { layout } = this.root.dataset;
    this.work = draft;
    this.hintText = "";
    this.root.dataset.layout = this.layout;
    if (this.exchange.task) this.paintText(this.exchange.task, draft);
    this.letScroll();
    if (layout === this.layout) this.refreshFoot();
    else this.refresh();
  }

  /** @param {string} action */
  act(action) {
    switch (action) {
      case "accept": case "ignore": return this.answer(action);
      case "reject": return this.reject();
      case "all": return this.acceptReading();
      case "correct": return this.correct("asked");
      case "next": return this.selectNext(1);
      case "previous": return this.selectNext(-1);
      case "filter": return this.filterInput?.focus();
      case "undo": return this.exchange.undo();
      case "resend": return this.exchange.resend();
      case "resume": return this.exchange.resuming ? undefined : this.exchange.resume();
      case "why": case "history": case "help": case "details": return this.toggle(action);
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
    const editing = this.work && mark && this.layout === "spans" && !this.exchange.waiting;
    if (editing) this.edit(removeMark(/** @type {Draft} */ (this.work), mark));
    else if (!only) this.exchange.undo();
  }

  escape() {
    for (const name of ["help", "history", "details", "why"]) if (!this.part[name].hidden) return this.toggle(name, false);
    this.endDrag();
    if (!this.work || this.exchange.waiting) return;
    const { correcting, selected, anchor, cursor } = this.work;
    const isHolding = selected !== null || anchor !== null || cursor !== null;
    if (correcting && !isHolding) this.leaveCorrection();
    else this.edit({ ...settled(this.work), cursor: null });
  }

  enter() {
    if (!this.work || this.exchange.waiting) return;
    const { selected, anchor, cursor } = this.work;
    if (this.layout === "choice") this.answer("accept");
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
    if (target === this.filterInput) return this.onFilterKey(event);
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
    const pressable = target instanceof Element && target.closest("button");
    if (pressable && (event.key === " " || event.key === "Enter")) {
      if (event.repeat) event.preventDefault();
      return;
    }
    if (this.press(keyName(event), event.repeat)) event.preventDefault();
  }

  /** Enter takes the best match, Escape lets go; both give the keys back to the text. @param {KeyboardEvent} event */
  onFilterKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.repeat) return;
    const names = this.config.labels.map(({ name }) => name);
    const typed = this.filterInput?.value ?? "";
    const best = event.key === "Enter" && typed.trim() ? matchLabels(names, typed)[0] : undefined;
    this.focus();
    this.endFilter();
    if (best === undefined) return;
    if (this.layout === "spans") this.pickLabel(best);
    else this.choose(names[best]);
  }

  /** @param {string} name @param {boolean} repeated @returns {boolean} whether the key means something here */
  press(name, repeated) {
    const bare = name.replace("shift+", "");
    if (/^Arrow|^Home$|^End$|^Page/.test(bare)) return this.move(bare, name !== bare);
    const action = this.knows(ACTION_KEYS[name]) ? ACTION_KEYS[name] : null;
    const label = this.keys.indexOf(name);
    if (action) {
      if (!repeated) this.act(action);
      return true;
    }
    if (label < 0) return false;
    if (!repeated && this.layout === "spans") this.pickLabel(label);
    else if (!repeated && this.layout === "choice") this.choose(this.config.labels[label].name);
    return true;
  }

  /** Whether an action means something for what is shown. @param {string|undefined} action */
  knows(action) {
    switch (action) {
      case undefined: return false;
      case "all": case "correct": return this.reading && this.layout === "binary";
      case "next": case "previous": return Boolean(this.config.overlaps) && this.layout === "spans";
      case "filter": return this.filters && this.layout !== "binary";
      default: return true;
    }
  }

  /** Move the token cursor, or scroll a long text. @param {string} key @param {boolean} extend */
  move(key, extend) {
    const { task, waiting } = this.exchange;
    const box = this.part.text;
    const page = { PageUp: -0.85, PageDown: 0.85 }[key];
    if (page || this.layout !== "spans") {
      const lines = { ArrowUp: -0.12, ArrowDown: 0.12 }[key];
      box.scrollTop += (page ?? lines ?? 0) * box.clientHeight;
      return box.scrollHeight > box.clientHeight;
    }
    if (!task?.tokens.length || !this.work || waiting) return true;
    const last = task.tokens.length - 1;
    const from = this.work.cursor;
    const step = (MOVES[key] ?? 0) * (this.text.readsRightToLeft ? -1 : 1);
    if (extend && this.config.overlaps && this.work.selected) return this.stretch(step, { ArrowUp: -1, ArrowDown: 1 }[key] ?? 0);
    let to = from === null ? (step < 0 || key === "ArrowUp" ? last : 0) : from + step;
    if (key === "Home") to = 0;
    else if (key === "End") to = last;
    else if (step === 0 && from !== null) to = this.text.beside(from, key === "ArrowUp" ? -1 : 1);
    const before = this.work.selected;
    this.work = moveCursor(this.work, task.tokens, to, extend, this.config.overlaps);
    if (before !== this.work.selected) this.paintText(task, this.work);
    else this.text.highlight(this.work, this.activeColor);
    this.text.reveal(this.text.runs[this.text.firstRun[this.work.cursor ?? 0]]);
    return true;
  }

  /** Move the end or the start of the selected span. @param {number} end @param {number} start  tokens */
  stretch(end, start) {
    const { task } = this.exchange;
    const mark = this.work?.selected;
    if (!task || !this.work || !mark || (end === 0 && start === 0)) return true;
    this.edit(stretchMark(this.work, task.tokens, mark, end ? "end" : "start", end || start));
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
    const span = /** @type {HTMLElement|null} */ (target.closest?.(".nba-span"));
    if (span && pressed?.dataset.action !== "delete") return this.clickSpan(span);
    if (!pressed) return;
    const { action, option, label } = pressed.dataset;
    if (option !== undefined) this.choose(option);
    else if (label !== undefined) this.pickLabel(this.config.labels.findIndex(({ name }) => name === label));
    else if (action === "dismiss") this.dismiss(pressed);
    else if (action) this.act(action);
  }

  /** @param {HTMLElement} element */
  clickSpan(element) {
    if (this.layout !== "spans" || this.exchange.waiting || !this.work) return;
    const mark = this.work.marks.find((each) => spanId(each) === element.dataset.span);
    if (mark && mark !== this.work.selected) this.edit({ ...changeMark(this.work, mark, {}), cursor: null });
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
    if (this.layout !== "spans" || this.exchange.waiting || event.button !== 0) return;
    if (!target.closest?.(".nba-text") || target.closest("button")) return;
    const grip = /** @type {HTMLElement|null} */ (target.closest("[data-grip]"))?.dataset.grip;
    if (!grip && target.closest(".nba-span")) return;
    this.part.text.setPointerCapture(event.pointerId);
    if (grip) {
      this.drag = { anchor: -1, exact: true, moved: false, grip: grip === "start" ? "start" : "end" };
      return;
    }
    const { token, exact } = this.text.tokenAt(event.clientX, event.clientY);
    if (token < 0) return;
    const onTag = target.closest(".nba-mark") !== null;
    this.drag = { anchor: token, exact: exact || onTag, moved: false, grip: null };
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
    if (drag.grip) return this.dragGrip(drag.grip, token);
    drag.moved = true;
    this.work = { ...settled(work), anchor: drag.anchor, cursor: token };
    if (work.selected) this.paintText(/** @type {WireTask} */ (this.exchange.task), this.work);
    else this.text.highlight(this.work, this.activeColor);
  }

  /** @param {"start"|"end"} edge @param {number} token */
  dragGrip(edge, token) {
    const { task } = this.exchange;
    const mark = this.work?.selected;
    const held = task && mark && tokensOf(task.tokens, mark);
    if (!task || !this.work || !mark || !held) return;
    const step = token - (edge === "start" ? held.first : held.last);
    if (step !== 0) this.edit(stretchMark(this.work, task.tokens, mark, edge, step));
  }

  onPointerUp() {
    const { drag, work } = this;
    const { task } = this.exchange;
    this.drag = null;
    if (!drag || !work || !task) return;
    const { anchor, exact, moved, grip } = drag;
    if (grip) return;
    if (moved && work.cursor !== anchor) return this.place(anchor, work.cursor ?? anchor);
    const mark = this.config.overlaps ? null : markAtToken(work, task.tokens, anchor);
    const now = performance.now();
    const again = this.lastPlaced.token === anchor && now - this.lastPlaced.time < 400;
    if (!exact) return this.edit({ ...settled(work), cursor: null });
    if (again && (mark || this.config.overlaps)) return;
    if (mark) return this.edit({ ...changeMark(work, mark, {}), cursor: anchor });
    this.lastPlaced = { token: anchor, time: now };
    this.place(anchor, anchor);
  }

  endDrag() {
    if (!this.drag || !this.work) return;
    const { grip } = this.drag;
    this.drag = null;
    if (grip) return;
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
