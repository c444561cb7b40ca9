/** What an annotator does to the text on the page, whether by key or by mouse. */

import { bareSpan, changeMark, correctionDraft, markTokens, newDraft, nextMark, removeMark, settled, versionDraft, withRemarks } from "./drafts.js";
import { hintOf, shownKey } from "./keys.js";
import { tokenSpan } from "./marks.js";
import { codePoints } from "./offsets.js";
import { remarksOf } from "./remarks.js";
import { plural } from "./words.js";

/** @import { Page } from "./page.js" */
/** @import { AnswerMessage, Draft, Mark, Verdict, WireSpan } from "./types.js" */

const MISSED = "too early: the next text was not here yet, nothing was answered";

export class Hands {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.missed = false;
  }

  /** The task and the work on it, null while neither may be touched. */
  get held() {
    const { exchange: { task, waiting }, work } = this.page;
    return task && work && !waiting ? { task, work } : null;
  }

  /** The same for an answer; one that comes before the next text is seen is said not to be taken. */
  get answerable() {
    const { exchange: { closed, task, waiting }, stage } = this.page;
    // A page in the background is not painted; nothing is pressed there but by a script.
    const isUnseen = !stage.isPainted && document.visibilityState === "visible";
    if (closed || !task || !(waiting || isUnseen)) return this.held;
    this.missed = waiting;
    this.page.hint(MISSED);
    this.page.announce(MISSED);
    return null;
  }

  /** What is said of the answers missed since the text before; it stays on the new text, as waits are short. */
  takeMissed() {
    const { missed } = this;
    this.missed = false;
    return missed ? MISSED : "";
  }

  /** @param {string} action */
  act(action) {
    const { exchange } = this.page;
    switch (action) {
      case "accept": case "ignore": return this.answer(action);
      case "reject": return this.reject();
      case "all": return this.acceptReading();
      case "correct": return this.correct("asked");
      case "next": return this.selectNext(1);
      case "previous": return this.selectNext(-1);
      case "relate": return this.page.relating.relate();
      case "turn": return this.page.relating.turn();
      case "filter": return this.page.labels.input.focus();
      case "flag": return this.flag();
      case "write": return this.page.inputs.fields[0]?.focus();
      case "note": return this.held ? this.page.remarks.open() : undefined;
      case "version": return this.pickBeside(1);
      case "previous_version": return this.pickBeside(-1);
      case "agreed": return exchange.acceptAgreed();
      case "undo": return exchange.undo();
      case "leave": return exchange.leaveChange();
      case "resend": return exchange.resend();
      case "resume": return exchange.resuming ? undefined : exchange.resume();
      case "why": case "history": case "help": case "details": return this.page.toggle(action);
      case "instructions": return this.page.foldInstructions();
      case "back": case "delete": return this.back(action === "delete");
      case "escape": return this.escape();
      case "enter": return this.enter();
    }
    const place = /^version_(\d)$/.exec(action)?.[1];
    if (place) this.pickVersion(Number(place) - 1);
  }

  // -------------------------------------------------------------- answering

  /** @param {Verdict} verdict @param {readonly WireSpan[]|null} spans  of the whole text, where they are not those on the page */
  answer(verdict, spans = null) {
    const { answerable: held, page } = this;
    const { config: { exclusive } } = page;
    if (!held) return;
    const { task, work: draft } = held;
    if (verdict === "accept" && this.isUndecided(draft)) {
      page.hint(`pick a version first: press ${hintOf(page.config.keys, "version") || "its number"}`);
      return;
    }
    if (page.shows("choice") && exclusive && verdict === "accept" && draft.chosen.length === 0) {
      const key = page.labels.of("choice")[0]?.key;
      page.hint(`choose an option first${key ? `: press ${shownKey(key)} …` : ""}`);
      return;
    }
    const missing = page.shows("input") && verdict === "accept" ? page.inputs.missing(draft) : undefined;
    if (missing) {
      page.hint(`write something in “${missing.dataset.input}” first`);
      missing.focus();
      return;
    }
    const { seconds } = page.watch;
    /** @type {AnswerMessage} */
    const message = { type: "answer", answer_id: page.nextId(), task_hash: task.task_hash, answer: verdict, seconds, ...remarksOf(draft, page.exchange.changing !== null) };
    const onText = verdict === "accept" || !draft.correcting;
    if (page.shows("spans") && onText) message.spans = (spans ?? draft.marks).map(bareSpan);
    else if (spans) message.spans = spans.map(bareSpan);
    if (page.shows("relations")) message.relations = draft.relations;
    if (page.shows("choice")) message.accept = verdict === "accept" ? [...draft.chosen] : [];
    if (page.shows("input")) message.inputs = page.inputs.written(draft);
    page.paces = [...page.paces.slice(-19), seconds];
    page.hintText = "";
    if (page.exchange.answer({ message, task, draft: { ...settled(draft), seconds }, summary: summaryOf(message) })) page.unfinished.drop(task.task_hash);
  }

  /** Answer for the model's whole reading. */
  acceptReading() {
    const { exchange: { task }, reading } = this.page;
    if (task?.prediction && reading && this.page.shows("binary")) this.answer("accept", task.prediction);
  }

  /** Open the whole reading for correction. @param {"asked"|"rejected"} why */
  correct(why) {
    const { answerable: held, page } = this;
    if (!held || !page.reading || held.work.correcting) return;
    const draft = withRemarks(correctionDraft(held.task, page.config, why), held.work);
    page.edit(draft);
    page.announce(`Correcting: ${plural(draft.marks.length, "span")}`);
  }

  reject() {
    const { canReject, config, reading, work } = this.page;
    if (!canReject) return;
    if (config.correct_rejects && reading && !work?.correcting) this.correct("rejected");
    else this.answer("reject");
  }

  /** Back from the correction to the question. */
  leaveCorrection() {
    const { page } = this;
    const { task } = page.exchange;
    if (!task || !page.work) return;
    page.work = withRemarks(newDraft(task, page.config), page.work);
    page.paint();
    page.refresh();
  }

  flag() {
    const { held, page } = this;
    if (!held) return;
    page.work = { ...held.work, flagged: !held.work.flagged };
    page.refresh();
    page.announce(page.work.flagged ? "Flagged" : "No longer flagged");
  }

  /** @param {string} name  the field's @param {string} text */
  fill(name, text) {
    const { held, page } = this;
    if (!held) return;
    const inputs = { ...held.work.inputs, [name]: text };
    page.work = { ...held.work, inputs };
    page.versions.press(page.work);
    page.unfinished.keep(held.task.task_hash, inputs);
  }

  /** @param {string} note */
  write(note) {
    if (this.held) this.page.work = { ...this.held.work, note };
  }

  // -------------------------------------------------------------- versions

  /** Let a version be the draft. @param {number} place */
  pickVersion(place) {
    const { held, page } = this;
    const version = held?.task.versions?.[place];
    if (!held || !version || page.config.versions !== "review" || page.shows("binary")) return;
    if (version.answer !== "accept") return page.hint(`this version says ${version.answer}: answer so, or pick another`);
    page.edit(versionDraft(held.work, version, page.config));
    page.inputs.show(page.work);
    page.announce(`Version of ${version.names.join(", ")}`);
  }

  /** @param {number} step */
  pickBeside(step) {
    const { page } = this;
    const place = page.work && page.versions.beside(page.work, step);
    if (place !== null) this.pickVersion(place);
  }

  /** Whether nothing is decided yet: no version leads, none was picked, nothing was marked, chosen or written. @param {Draft} draft */
  isUndecided({ marks, chosen, inputs, picked, touched }) {
    const { page } = this;
    const isEmpty = marks.length + chosen.length === 0 && Object.values(inputs).every((text) => !text.trim());
    return page.config.versions === "review" && !page.shows("binary") && !picked && !touched && isEmpty;
  }

  // -------------------------------------------------------------- labels and marks

  /** @param {string} label */
  choose(label) {
    const { answerable: held, page } = this;
    if (!held) return;
    const { chosen } = held.work;
    const { exclusive } = page.config;
    const rest = chosen.filter((other) => other !== label);
    const next = exclusive ? [label] : rest.length < chosen.length ? rest : [...rest, label];
    page.work = { ...held.work, chosen: next, touched: true };
    page.labels.paintOptions(held.task, page.work);
    page.versions.press(page.work);
    if (exclusive && page.blocks.length === 1) this.answer("accept");
  }

  /** Choose a label, and give it to what is selected or picked. @param {number} i */
  pickLabel(i) {
    const { held, page } = this;
    const label = page.config.labels[i];
    if (!label || (label.block ?? "spans") !== "spans") return;
    page.active = i;
    if (!held) return;
    const { selected, anchor, cursor } = held.work;
    if (selected) page.edit(changeMark(held.work, selected, { label: label.name }));
    else if (anchor !== null && cursor !== null) this.place(anchor, cursor);
    else page.edit({ ...held.work, fresh: null });
  }

  /** Mark a range of tokens with the label in use. @param {number} from @param {number} to */
  place(from, to) {
    const { page } = this;
    const { exchange: { task }, work } = page;
    const label = page.config.labels[page.active];
    if (!task || !work || !label) return;
    page.edit(markTokens(work, task.tokens, from, to, label.name, page.config.overlaps));
    const { start, end } = tokenSpan(task.tokens, from, to);
    page.announce(`${label.name}: ${codePoints(task.text).slice(start, end)}`);
  }

  /** @param {number} step */
  selectNext(step) {
    const { held, page } = this;
    if (!held || !page.shows("spans")) return;
    if (held.work.linking) return page.relating.aim(step);
    const mark = nextMark(held.work, held.task.tokens, step);
    if (mark) this.select(held.work, mark);
  }

  /** @param {Draft} draft @param {Mark} mark */
  select(draft, mark) {
    const { page } = this;
    page.edit({ ...settled(draft), selected: mark, cursor: draft.cursor });
    page.text.reveal(page.text.find(mark)?.querySelector(".nba-rule"));
    page.announce(`${mark.label} selected`);
  }

  /** Take a span into hand, as by a click; a suggestion that is touched is one no more. @param {Mark} mark */
  touch(mark) {
    const { work } = this.page;
    if (work && mark !== work.selected) this.page.edit({ ...changeMark(work, mark, {}), cursor: null });
  }

  /** Delete the span in hand, else undo. @param {boolean} only  never undo */
  back(only) {
    const { held, page } = this;
    const mark = page.work?.selected ?? page.work?.fresh;
    if (page.relating.remove()) return;
    if (held && mark && page.shows("spans")) {
      page.edit(removeMark(held.work, mark));
      page.relating.sayLost(held.work.relations.length);
    }
    else if (!only) page.exchange.undo();
  }

  /** Close what is open, else let go of what is in hand. */
  escape() {
    const { page } = this;
    if (page.closePanel()) return;
    page.pointer.endDrag();
    if (!page.work || page.exchange.waiting) return;
    const { correcting, selected, anchor, cursor } = page.work;
    if (page.work.linking) return page.relating.link(null);
    const isHolding = page.work.related !== null || selected !== null || anchor !== null || cursor !== null;
    if (correcting && !isHolding) this.leaveCorrection();
    else if (page.exchange.changing !== null && !isHolding) page.exchange.leaveChange();
    else page.edit({ ...settled(page.work), cursor: null });
  }

  enter() {
    const { page } = this;
    if (!page.work || !this.answerable) return;
    const { selected, anchor, cursor } = page.work;
    if (page.work.linking) page.relating.link(page.work.linking.child);
    else if (selected) page.edit(settled(changeMark(page.work, selected, {})));
    else if (anchor !== null && cursor !== null) this.place(anchor, cursor);
    else if (page.shows("choice") || page.shows("input")) this.answer("accept");
  }
}

/** An answer in a few words. @param {AnswerMessage} message */
function summaryOf({ answer, spans, accept, inputs, relations }) {
  if (answer !== "accept") return answer;
  const labels = accept ? [accept.join(", ") || "none of these"] : [];
  const marks = spans ? [plural(spans.length, "span")] : [];
  const related = relations?.length ? [plural(relations.length, "relation")] : [];
  const written = Object.values(inputs ?? {}).filter((text) => text.trim());
  return [...labels, ...marks, ...related, ...written].join(" · ").slice(0, 80) || answer;
}
