/**
 * The protocol with the kernel, without a DOM.
 *
 * It keeps one thing true: an answer the annotator has given is either acknowledged by the
 * kernel as stored, or still held here and said to be so.
 */

import { UnsentAnswers } from "./unsent.js";
import { plural } from "./words.js";

/** @import { AnswerMessage, Draft, HistoryRow, Restored, Status, WireTask } from "./types.js" */

const BUSY_AFTER_MS = 1500;
const LOST_AFTER_MS = 20000;

/** @typedef {{message: AnswerMessage, task: WireTask, draft: Draft, summary: string}} Given */
/** @typedef {{given: Given|null}} Sending  null: an undo */
/**
 * What the exchange tells the page.
 * @typedef {object} Screen
 * @property {(task: WireTask|null, draft: Draft|null, restored: Restored|null) => void} show
 * @property {() => Draft|null} draft   the work now on the page
 * @property {() => Draft|null} begun   the same, null where nothing was done yet
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
    this.outbox = unsent.take().map((given) => ({ given: withQuestion(given) }));
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
    /** What was begun on texts that an undo took off the page, by task. @type {Map<string, Draft>} */
    this.aside = new Map();
    this.error = "";
    this.refused = false;
    this.savedId = "";
    /** The answer that is being changed, by its id. @type {string|null} */
    this.changing = null;
    /** Whether, behind that answer, the page waits for the kernel's next task. */
    this.awaited = false;
    /** The answer that was asked for, to be changed. @type {string|null} */
    this.opening = null;
    /** What the history is searched for, null while it is closed. @type {string|null} */
    this.words = null;
    /** @type {HistoryRow[]|null} */
    this.found = null;
    /** @type {(() => void)[]} */
    this.alarms = [];
  }

  /** Answers not yet acknowledged, oldest first. */
  get kept() {
    return this.outbox.flatMap(({ given }) => (given ? [given] : []));
  }

  get unsaved() {
    return this.kept.length;
  }

  /** How many of them are no changes of earlier ones. */
  get coming() {
    return this.kept.filter(({ message }) => !message.changes).length;
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
    if (this.changing !== null) Object.assign(given.message, { type: "change", changes: this.changing });
    if (this.mending) this.outbox.unshift({ given });
    else this.outbox.push({ given });
    this.mending = false;
    this.changing = null;
    this.opening = null;
    this.aside.delete(this.task.task_hash);
    this.forgive();
    this.remember();
    // A browser draws what was answered for before it runs another task: the notebook's work on messages comes after.
    this.schedule(() => this.pump(), 0);
    this.advance();
    return true;
  }

  remember() {
    this.unsent.keep(this.kept);
  }

  /** Let a paused model go on; asking twice does no harm. */
  resume() {
    if (this.closed) return;
    this.resuming = true;
    this.send({ type: "resume" });
    if (!this.inFlight) this.listenForSilence();
    this.screen.refresh();
  }

  /** Accept all texts of a review on which all agree. */
  acceptAgreed() {
    if (this.closed) return;
    if (this.outbox.length > 0) return this.screen.hint(`${plural(this.unsaved, "answer")} must be saved first`);
    this.send({ type: "accept_agreed" });
    this.listenForSilence();
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
    if (this.changing !== null) return this.leaveChange();
    if (this.mending && this.outbox.length > 0) {
      this.screen.hint(`answer this text first: ${plural(this.unsaved, "answer")} behind it wait`);
      return;
    }
    const tail = this.outbox.at(-1);
    const sent = this.outbox.length === 1 && this.inFlight;
    if (tail?.given && !sent) {
      this.putAside();
      this.outbox.pop();
      this.remember();
      if (tail.given.message.changes) this.beginChange(tail.given.message.changes);
      this.show(tail.given.task, tail.given.draft);
      return;
    }
    if (!tail && !this.status?.progress.answered) {
      this.screen.hint("nothing to undo");
      return;
    }
    this.mending = false;
    this.putAside();
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
    if (this.inFlight || this.mending || this.outbox.length === 0) return;
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
    const aside = task && !restored ? this.aside.get(task.task_hash) : null;
    this.screen.show(task, draft ?? aside ?? null, restored);
  }

  /** Keep what was begun on the text that is shown until that is shown again. */
  putAside() {
    const begun = this.waiting || !this.task ? null : this.screen.begun();
    if (begun && this.task) this.aside.set(this.task.task_hash, begun);
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
    const last = this.outbox.at(-1)?.given;
    const next = this.promised.get(last?.task.task_hash ?? this.task?.task_hash ?? "");
    if (next && !last?.message.changes) return this.show(next);
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
    if (this.changing !== null) {
      if (this.parked?.task.task_hash !== task?.task_hash) this.parked = task && { task, draft: null };
      this.awaited = false;
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
      case "history":
        if (message.words === this.words) this.found = message.rows;
        break;
      case "opened": this.onOpened(message); break;
      case "status": break;
      default: return;
    }
    this.remember();
    if (this.words !== null && ["state", "saved"].includes(message.type)) this.search(this.words);
    this.screen.refresh();
  }

  // -------------------------------------------------------------- earlier answers

  /** Ask for the answers that hold some words; null for no longer. @param {string|null} words */
  search(words) {
    this.words = words;
    if (words === null) this.found = null;
    else this.send({ type: "history", words });
  }

  /** Ask for an earlier answer, to change it. @param {string} id */
  open(id) {
    if (this.closed || id === this.opening || id === this.changing) return;
    if (this.mending) return this.screen.hint("answer this text first: it could not be saved");
    if (this.kept.some(({ message }) => message.changes === id)) return this.screen.hint("this answer is just being changed");
    this.opening = id;
    this.send({ type: "open", answer_id: id });
    if (!this.inFlight) this.listenForSilence();
  }

  /** @param {{answer_id: string, task: WireTask|null, restored: Restored|null, error: string}} message  without a task where there is no such answer */
  onOpened({ answer_id, task, restored, error }) {
    if (!this.inFlight) this.hush();
    if (this.mending || this.closed || answer_id !== this.opening) return;
    this.opening = null;
    if (!task) {
      this.error = error;
      return;
    }
    this.beginChange(answer_id);
    this.forgive();
    this.show(task, null, restored);
  }

  /** Put aside what is on the page until an earlier answer is changed. @param {string} id */
  beginChange(id) {
    if (this.changing === null) {
      this.parked = this.waiting || !this.task ? null : { task: this.task, draft: this.screen.draft() };
      this.awaited = this.waiting;
    }
    this.changing = id;
  }

  /** Back from an earlier answer, which stays as it was. */
  leaveChange() {
    const parked = this.parked;
    this.changing = null;
    this.parked = null;
    this.mending = false;
    this.forgive();
    this.pump();
    if (parked) return this.show(parked.task, parked.draft);
    if (this.awaited) return this.wait();
    this.show(null);
  }

  // -------------------------------------------------------------- what the kernel says

  /** @param {{task: WireTask|null, ahead: WireTask|null, restored: Restored|null, hint?: string}} message */
  onState({ hint = "", ...message }) {
    this.takeState(message, hint);
    if (hint) this.screen.hint(hint);
  }

  /** @param {{task: WireTask|null, ahead: WireTask|null, restored: Restored|null}} state @param {string} said  by the kernel */
  takeState({ task, ahead, restored }, said) {
    const left = !this.greeted && this.outbox.length > 0;
    this.greeted = true;
    const undone = this.inFlight && !this.outbox[0].given;
    if (undone) this.acknowledge();
    else if (!this.inFlight) this.hush();
    if (left) this.pump();
    if (this.outbox.length > 0) {
      if (undone && restored) this.restoreMeanwhile(task, restored);
      return this.promise(task, ahead);
    }
    this.promised.clear();
    this.promise(task, ahead);
    if (undone && !restored && !said) this.screen.hint("nothing to undo");
    if (undone && !restored && task && this.task?.task_hash === task.task_hash) this.waiting = false;
    if (!restored) return this.settle(task);
    if (this.task?.task_hash !== task?.task_hash) this.putAside();
    this.mending = false;
    this.parked = null;
    this.changing = null;
    this.forgive();
    this.show(task, null, restored);
  }

  /** An answer taken back is shown though another undo is on its way: that may find nothing. @param {WireTask|null} task @param {Restored} restored */
  restoreMeanwhile(task, restored) {
    this.show(task, null, restored);
    this.putAside();
    this.wait();
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
    const { changes } = given.message;
    this.hush();
    this.inFlight = false;
    this.outbox.shift();
    this.outbox = this.outbox.filter((sending) => sending.given);
    this.error = error;
    this.refused = true;
    if (reason === "closed") return this.onClosed();
    if (reason === "stale") return this.onStale(task, ahead);
    this.promise(task, ahead);
    if (changes) {
      this.beginChange(changes);
      if (!this.parked) this.settle(task);
    } else if (this.changing !== null) this.changing = null;
    else this.parked = this.waiting || !this.task ? null : { task: this.task, draft: this.screen.draft() };
    this.mending = true;
    if (changes || !task || task.task_hash === given.task.task_hash) this.show(given.task, given.draft);
    else this.show(task);
  }

  /** @param {WireTask|null} task @param {WireTask|null} ahead */
  onStale(task, ahead) {
    const follows = this.outbox.length > 0 && this.outbox[0].given?.task.task_hash === task?.task_hash;
    if (!follows) {
      // What an earlier kernel asked is answered whatever is current; anything else went with it.
      const left = this.outbox.filter(({ given }) => given?.message.question);
      const behind = this.unsaved - left.length;
      if (behind > 0) this.error += ` (${plural(behind, "answer")} after it went with it.)`;
      this.outbox = left;
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

/** An answer that says by itself what was asked: another kernel may be asking something else. @param {Given} given @returns {Given} */
function withQuestion({ message, ...rest }) {
  const { input_hash, spans, prediction = null, options, label, score, why, model_version } = rest.task;
  return { ...rest, message: { ...message, question: { input_hash, spans, prediction, options, label, score, why, model_version } } };
}
