/**
 * A kernel that lives in the page: it speaks the protocol, stores answers in a list, and can be
 * slow, busy or unwilling. Messages wait in `inbox` until `step` is called, unless `delay` is set.
 */

/** @param {any} value */
const copy = (value) => JSON.parse(JSON.stringify(value));

/** @param {any} row */
const restored = ({ answer, spans = null, accept = null, inputs = {}, relations = null, flagged = false, note = null }) => ({ answer, spans, accept, inputs, relations, flagged, note });

export class FakeKernel {
  /** @param {{config: object, tasks: any[], delay?: number|null, ahead?: boolean, status?: object}} setup */
  constructor({ config, tasks, delay = null, ahead = true, status = {} }) {
    this.config = config;
    this.tasks = tasks;
    this.delay = delay;
    this.promises = ahead;
    this.extra = status;
    this.busy = false;
    this.at = 0;
    /** @type {any[]} */
    this.stored = [];
    /** @type {any[]} */
    this.inbox = [];
    /** @type {any[]} */
    this.received = [];
    /** @type {{reason: string, error: string}|null} */
    this.refusal = null;
    /** @type {Map<string, Set<Function>>} */
    this.handlers = new Map();
  }

  // The part of anywidget's model that the page uses.
  /** @param {string} name */
  get(name) {
    return name === "_config" ? this.config : undefined;
  }
  /** @param {string} event @param {Function} handler */
  on(event, handler) {
    this.handlers.set(event, (this.handlers.get(event) ?? new Set()).add(handler));
  }
  /** @param {string} event @param {Function} handler */
  off(event, handler) {
    this.handlers.get(event)?.delete(handler);
  }
  /** @param {any} message */
  send(message) {
    this.received.push(copy(message));
    this.inbox.push(copy(message));
    if (this.delay !== null) setTimeout(() => !this.busy && this.step(), this.delay);
  }

  /** Answer the oldest message, if any. */
  step() {
    const message = this.inbox.shift();
    if (message?.type === "hello") this.reply({ type: "state", ...this.now(), restored: null });
    else if (message?.type === "undo") this.undo();
    else if (message?.type === "answer" || message?.type === "change") this.answer(message);
    else if (message?.type === "history") this.history(message.words);
    else if (message?.type === "open") this.open(message.answer_id);
    else if (message?.type === "resume") this.resume();
    else if (message?.type === "accept_agreed") this.acceptAgreed();
    return message !== undefined;
  }

  release() {
    this.busy = false;
    while (this.step());
  }

  /** @param {any} message */
  answer(message) {
    const { answer_id, changes, task_hash } = message;
    const known = this.stored.some((row) => row.answer_id === answer_id);
    const stale = !known && !changes && this.tasks[this.at]?.task_hash !== task_hash;
    const gone = changes && !known && !this.stored.some((row) => row.answer_id === changes);
    const refusal = this.refusal ?? (gone ? { reason: "invalid", error: "no such answer" } : null) ?? (stale ? { reason: "stale", error: "This text is no longer the current one." } : null);
    this.refusal = null;
    if (refusal) return this.reply({ type: "refused", answer_id, ...refusal, ...this.now() });
    if (!known) {
      this.stored = [...this.stored.filter((row) => row.answer_id !== changes), message];
      if (!changes) this.at += 1;
    }
    this.reply({ type: "saved", answer_id, ...this.now() });
  }

  undo() {
    const last = this.stored.pop();
    if (last) {
      const [task] = this.tasks.splice(this.tasks.findIndex((each) => each.task_hash === last.task_hash), 1);
      this.tasks.splice(--this.at, 0, task);
    }
    this.reply({ type: "state", ...this.now(), restored: last ? restored(last) : null });
  }

  /** @param {string} words */
  history(words) {
    const wanted = words.toLowerCase().split(/\s+/);
    const rows = this.stored.map((row) => this.row(row)).reverse();
    this.reply({ type: "history", words, rows: rows.filter((row) => wanted.every((word) => JSON.stringify(row).toLowerCase().includes(word))) });
  }

  /** @param {any} stored */
  row({ answer_id, answer, task_hash, spans = [], accept = [], inputs = {}, flagged = false, note = null }) {
    const task = this.tasks.find((each) => each.task_hash === task_hash);
    const characters = [...task.text];
    const words = (/** @type {any} */ span) => characters.slice(span.start, span.end).join("");
    const listed = spans.slice(0, 6).map((/** @type {any} */ span) => ({ label: span.label, text: words(span) }));
    return { answer_id, excerpt: task.text.slice(0, 160), answer, label: task.label, accept, spans: listed, more_spans: spans.length - listed.length, inputs: Object.values(inputs).filter(Boolean).join(" · "), flagged, note };
  }

  /** @param {string} answer_id */
  open(answer_id) {
    const row = this.stored.find((each) => each.answer_id === answer_id);
    if (!row) return this.reply({ type: "opened", answer_id, task: null, restored: null, error: "no such answer" });
    const task = this.tasks.find((each) => each.task_hash === row.task_hash);
    this.reply({ type: "opened", answer_id, task, restored: restored(row) });
  }

  resume() {
    const { phase: _, model, ...rest } = /** @type {any} */ (this.extra);
    this.extra = { ...rest, model: { ...model, state: "ready", message: null } };
    this.reply({ type: "state", ...this.now(), restored: null });
  }

  acceptAgreed() {
    const count = /** @type {any} */ (this.extra).n_agreed ?? 0;
    this.extra = { ...this.extra, n_agreed: 0 };
    this.reply({ type: "state", ...this.now(), restored: null, hint: `accepted ${count} agreed texts` });
  }

  /** Change the widget's configuration, as a cell does. @param {Partial<Record<string, any>>} more */
  configure(more) {
    this.config = makeConfig({ ...this.config, ...more });
    this.emit("change:_config");
  }

  now() {
    const isPaused = /** @type {any} */ (this.extra).phase === "paused";
    const task = isPaused ? null : this.tasks[this.at] ?? null;
    return { task, ahead: this.promises ? this.tasks[this.at + 1] ?? null : null, status: this.status() };
  }

  status() {
    const answered = this.stored.length;
    const counts = /** @type {Record<string, number>} */ ({});
    for (const row of this.stored) {
      for (const label of [...(row.accept ?? []), ...(row.spans ?? []).map((/** @type {any} */ span) => span.label)]) counts[label] = (counts[label] ?? 0) + 1;
    }
    const progress = { answered, remaining: this.tasks.length - this.at, target: null, accuracy: null, counts };
    const model = { state: "none", learned: 0, pending: 0, version: null, message: null, done: null, total: null };
    const phase = this.at < this.tasks.length ? "asking" : "finished";
    const { progress: p, model: m, ...rest } = /** @type {any} */ (this.extra);
    if (p?.before) progress.answered += p.before;
    return { phase, notices: [], ...rest, progress: { ...progress, ...p }, model: { ...model, ...m } };
  }

  /** @param {any} message */
  reply(message) {
    this.emit("msg:custom", copy(message), []);
  }

  /** @param {string} event @param {...unknown} values */
  emit(event, ...values) {
    for (const handler of this.handlers.get(event) ?? []) handler(...values);
  }
}

/**
 * A task over a text, split at whitespace and around punctuation; offsets in code points.
 * @param {string} text @param {object} [more]
 */
export function makeTask(text, more = {}) {
  const characters = [...text];
  const tokens = [];
  let start = -1;
  for (let i = 0; i <= characters.length; i++) {
    const inWord = i < characters.length && !/[\s.,!?;:()"]/u.test(characters[i]);
    if (inWord && start < 0) start = i;
    if (!inWord && start >= 0) {
      tokens.push([start, i]);
      start = -1;
    }
    if (!inWord && i < characters.length && !/\s/u.test(characters[i])) tokens.push([i, i + 1]);
  }
  const hash = `t${[...text].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0, 7)}`;
  return {
    task_hash: hash, input_hash: hash, text, tokens, spans: [], suggestions: [], options: [], prediction: null, label: null, score: null,
    why: "random", why_text: "Drawn at random from the texts not yet answered.", model_version: null, meta: {}, ...more,
  };
}

/** @param {Partial<Record<string, any>>} more */
export function makeConfig(more = {}) {
  const names = more.names ?? ["DRUG", "DOSE", "EFFECT", "ROUTE"];
  const { names: _, labels: __, groups, ...rest } = more;
  const key = (/** @type {number} */ i) => (i < 20 ? (i < 10 ? "" : "shift+") + String((i + 1) % 10) : null);
  return {
    dataset: "drugs", view: "ner.correct", blocks: ["spans"], session_id: "alice-morning", annotator: "alice",
    labels: names.map((/** @type {string} */ name, /** @type {number} */ i) => ({ name, key: key(i), color: i % 10, block: groups?.[i] ?? null })),
    exclusive: false, overlaps: false, instructions: null, has_model: true, keys: {}, ...rest,
  };
}
