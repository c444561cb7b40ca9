/**
 * One view of the widget: what it shows, and when it is drawn again. The annotator's hands are on
 * one side of it, the exchange with the kernel on the other.
 */

import { answerIds } from "./answer_ids.js";
import { unpacked } from "./character_tokens.js";
import { CharacterView } from "./character_view.js";
import { isBegun, newDraft, restOfReading, restoredDraft } from "./drafts.js";
import { h, setHidden, setText, treeOf } from "./elements.js";
import { openExchange } from "./connection.js";
import { Hands } from "./hands.js";
import { helpList } from "./help.js";
import { HistoryView } from "./history.js";
import { HtmlView } from "./html_view.js";
import { InputView, unfinishedOf } from "./inputs.js";
import { Keyboard } from "./keyboard.js";
import { hintOf } from "./keys.js";
import { LabelView } from "./labels.js";
import { withoutClashes } from "./marks.js";
import { NoticeView } from "./notices.js";
import { detailsList, whyLines } from "./panels.js";
import { Pointer } from "./pointer.js";
import { Relating } from "./relating.js";
import { RelationLabels } from "./relation_labels.js";
import { relationOf } from "./relations.js";
import { RemarkView } from "./remarks.js";
import { buildSkeleton } from "./skeleton.js";
import { Stage } from "./stage.js";
import { refreshFoot, refreshHead } from "./status_line.js";
import { Stopwatch } from "./stopwatch.js";
import { TextView } from "./text_view.js";
import { followTheme } from "./theme.js";
import { VersionView } from "./versions.js";
import { waitingLines } from "./waiting.js";
import { scoreText } from "./words.js";

/** @import { Screen } from "./exchange.js" */
/** @import { Drawing } from "./mark_elements.js" */
/** @import { FootHint } from "./status_line.js" */
/** @import { Config, Draft, Layout, Model, Phase, Restored, WireTask } from "./types.js" */

const NARROW_PIXELS = 560;
const COMPACT_PIXELS = 820;
const PANELS = ["help", "history", "details", "why"];

export class Page {
  /** @param {Model} model @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(model, root, signal) {
    this.root = root;
    this.signal = signal;
    /** @type {Config} */
    this.config = model.get("_config");
    this.exchange = openExchange(model, this.screen(), this.config);
    this.watch = new Stopwatch();
    this.nextId = answerIds();
    /** @type {Draft|null} */
    this.work = null;
    /** The label in use. */
    this.active = 0;
    this.hintText = "";
    /** @type {number[]} */
    this.paces = [];
    this.part = buildSkeleton(root, this.config);
    this.labels = new LabelView(this.part, this.config);
    this.relationLabels = new RelationLabels(this.part, this.config);
    this.versions = new VersionView(this.part, this.config, this.labels, this.relationLabels);
    this.notices = new NoticeView(this.part);
    this.remarks = new RemarkView(this.part);
    this.history = new HistoryView(this.part);
    this.inputs = new InputView(this.part, this.config);
    this.html = new HtmlView(this.part);
    this.unfinished = unfinishedOf(this.config);
    this.active = this.firstMarking;
    const View = this.config.by === "character" ? CharacterView : TextView;
    this.text = new View(this.part.text, (label) => this.labels.colorOf(label));
    this.stage = new Stage(this);
    this.hands = new Hands(this);
    this.relating = new Relating(this);
    this.keyboard = new Keyboard(this);
    this.pointer = new Pointer(this);
    this.listen(model);
  }

  /** @returns {Screen} */
  screen() {
    return {
      show: (task, draft, restored) => this.show(task, draft, restored),
      draft: () => this.draft,
      begun: () => (this.exchange.task && this.work && isBegun(this.work, this.exchange.task, this.config) ? this.draft : null),
      refresh: () => this.refresh(),
      hint: (text) => this.hint(text),
    };
  }

  /** The work on the page, with the time it has taken. */
  get draft() {
    return this.work && { ...this.work, seconds: this.watch.seconds };
  }

  /** @param {Model} model */
  listen(model) {
    const { root, signal, keyboard, pointer } = this;
    const onMessage = (/** @type {any} */ message) => this.exchange.receive(unpacked(message));
    const onConfig = () => this.configure(model.get("_config"));
    const onLoss = () => this.exchange.lose();
    model.on("msg:custom", onMessage);
    model.on("comm_live_update", onLoss);
    model.on("change:_config", onConfig);
    const sizes = new ResizeObserver(([{ contentRect: { width } }]) => {
      root.classList.toggle("nba-narrow", width < NARROW_PIXELS);
      root.classList.toggle("nba-compact", width < COMPACT_PIXELS);
    });
    sizes.observe(root);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      model.off("change:_config", onConfig);
      model.off("comm_live_update", onLoss);
      sizes.disconnect();
      this.text.lanes.sizes.disconnect();
      this.exchange.hush();
    });
    window.addEventListener("keydown", (event) => keyboard.onKey(event), { capture: true, signal });
    window.addEventListener("pagehide", () => this.exchange.pump(), { signal });
    document.addEventListener("visibilitychange", () => this.watch.run(this.isTimed), { signal });
    root.addEventListener("mousedown", (event) => pointer.onMouseDown(event), { signal });
    root.addEventListener("click", (event) => pointer.onClick(event), { signal });
    root.addEventListener("input", (event) => this.onInput(event), { signal });
    root.addEventListener("pointerdown", (event) => pointer.onPointerDown(event), { signal });
    root.addEventListener("pointermove", (event) => pointer.onPointerMove(event), { signal });
    root.addEventListener("pointerup", () => pointer.onPointerUp(), { signal });
    root.addEventListener("pointercancel", () => pointer.endDrag(), { signal });
    followTheme(root, signal);
  }

  /** @param {Event} event */
  onInput(event) {
    const [target] = event.composedPath();
    const { history, inputs, remarks } = this;
    const field = target && inputs.fieldOf(target);
    if (field) this.hands.fill(field.dataset.input ?? "", field.value);
    else if (target === remarks.field) this.hands.write(remarks.field.value);
    else if (target === history.field) this.exchange.search(history.field.value);
    else this.labels.applyFilter();
  }

  /** Labels may change while a text is being marked: what is marked, selected, open and scrolled to stays. @param {Config} config */
  configure(config) {
    const before = this.config;
    const held = this.hasFocus;
    const active = before.labels[this.active]?.name;
    this.config = config;
    this.keyboard.bind();
    const at = config.labels.findIndex(({ name }) => name === active);
    this.active = at < 0 ? this.firstMarking : at;
    const onlyLabels = JSON.stringify({ ...before, labels: [] }) === JSON.stringify({ ...config, labels: [] });
    const scrolled = this.part.text.scrollTop;
    this.text.task = null;
    if (onlyLabels) this.labels.build(config.labels);
    else this.rebuild();
    if (this.exchange.task) this.paint();
    this.part.text.scrollTop = scrolled;
    this.refresh();
    if (held && !this.hasFocus) this.focus();
  }

  rebuild() {
    this.part = buildSkeleton(this.root, this.config);
    this.labels = new LabelView(this.part, this.config);
    this.relationLabels = new RelationLabels(this.part, this.config);
    this.versions = new VersionView(this.part, this.config, this.labels, this.relationLabels);
    this.notices = new NoticeView(this.part, this.notices.dismissed);
    this.remarks = new RemarkView(this.part);
    this.remarks.show(this.work);
    this.history = new HistoryView(this.part);
    this.inputs = new InputView(this.part, this.config);
    this.inputs.show(this.work);
    this.html = new HtmlView(this.part);
    this.exchange.search(null);
    this.text.box = this.part.text;
  }

  /** What is asked now: a binary question that is being corrected is asked as spans. @returns {readonly Layout[]} */
  get blocks() {
    return this.work?.correcting ? ["spans"] : this.config.blocks;
  }

  /** @param {Layout} layout */
  shows(layout) {
    return this.blocks.includes(layout);
  }

  /** Whether the model's whole reading can be answered for. */
  get reading() {
    return this.config.blocks.includes("binary") && Array.isArray(this.exchange.task?.prediction);
  }

  get canReject() {
    if (this.work?.correcting) return this.work.correcting === "rejected";
    return !this.shows("choice") || this.shows("spans") || this.shows("binary");
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

  /** The first label that spans can have. */
  get firstMarking() {
    return Math.max(0, this.config.labels.findIndex(({ block }) => (block ?? "spans") === "spans"));
  }

  /** Whether the text itself is to be seen: HTML of a task stands for it, unless it is marked. @param {WireTask|null} task */
  showsText(task) {
    return task !== null && (!task.html || this.shows("spans") || (task.spans ?? []).length + (task.suggestions ?? []).length > 0);
  }

  get activeColor() {
    return this.labels.colorOf(this.config.labels[this.active]?.name ?? "");
  }

  // -------------------------------------------------------------- the text

  /** @param {WireTask|null} task @param {Draft|null} draft @param {Restored|null} restored */
  show(task, draft, restored) {
    this.work = null;
    this.pointer.drag = null;
    const isChanging = this.exchange.changing !== null;
    this.hintText = restored && !isChanging ? `undone: ${restored.answer}` : this.hands.takeMissed();
    if (isChanging) this.history.describe(restored);
    if (task) this.work = restored ? restoredDraft(task, this.config, restored) : draft ?? newDraft(task, this.config);
    if (task && this.work && !restored) this.work = { ...this.work, inputs: { ...this.work.inputs, ...this.unfinished.byTask[task.task_hash] } };
    this.remarks.show(this.work);
    this.inputs.show(this.work);
    if (this.inputs.isWrittenIn) this.inputs.fields[0].focus();
    if (task) {
      this.labels.endFilter();
      this.paint();
      this.root.dataset.taskHash = task.task_hash;
      this.stage.afterFrame(task.task_hash, () => this.announce(`${task.label ? `${task.label}? ` : ""}${task.text.slice(0, 300)}`));
    }
    this.refresh();
    this.watch.start(this.work?.seconds ?? 0, this.isTimed);
  }

  paint() {
    const { task } = this.exchange;
    if (!task || !this.work) return;
    this.root.dataset.blocks = this.blocks.join(" ");
    setHidden(this.part.text, !this.showsText(task));
    this.html.paint(task.html);
    this.paintText(task, this.work);
    if (this.shows("choice")) this.labels.paintOptions(task, this.work);
    if (this.shows("binary")) this.paintAsk(task);
    this.versions.paint(task, this.work);
    this.paintWhy(task);
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintText(task, draft) {
    const editable = this.shows("spans");
    this.text.paint(task, this.drawing(task, draft, editable));
    if (!editable) return;
    this.text.highlight(draft, this.activeColor);
    this.labels.press(draft.selected?.label ?? this.config.labels[this.active]?.name ?? "");
    this.relationLabels.press(this.relating.label);
    this.root.dataset.relating = String(this.relating.isInHand);
  }

  /** What is drawn of the relations. */
  get related() {
    const { linking, related, relations } = this.work ?? { linking: null, related: null, relations: [] };
    const pending = linking?.child ? relationOf(linking.head, linking.child, this.relating.label) : null;
    return { relations, selected: related, pending, colorOf: (/** @type {string} */ label) => this.relationLabels.colorOf(label) };
  }

  /** @param {WireTask} task @param {Draft} draft @param {boolean} editable @returns {Drawing} */
  drawing(task, { marks, selected, correcting }, editable) {
    const binary = this.shows("binary") && !correcting;
    const all = binary ? withoutClashes([...marks, ...restOfReading(task, marks).rest], true) : marks;
    const related = this.shows("relations") ? this.related : null;
    const stacked = Boolean(this.config.overlaps) || related !== null || withoutClashes(all).length < all.length;
    return { marks: all, selected, asked: binary ? marks : [], editable, stacked, related };
  }

  /** @param {WireTask} task @param {Draft} draft */
  paintVersions(task, draft) {
    if (this.shows("choice")) this.labels.paintOptions(task, draft);
    this.versions.paint(task, draft);
  }

  /** @param {WireTask} task */
  paintAsk(task) {
    const { ask } = this.part;
    setHidden(ask, !task.label || (task.spans ?? []).length + (task.suggestions ?? []).length > 0);
    if (ask.hidden || !task.label) return;
    ask.style.setProperty("--nba-share", String(task.score ?? 0));
    ask.replaceChildren(h("span", { class: `nba-asked ${this.labels.colorOf(task.label)}`, dir: "auto" }, task.label),
      h("span", { class: "nba-score" }, scoreText(task.score)));
  }

  /** @param {WireTask} task */
  paintWhy(task) {
    if (!this.part.why.hidden) this.part.why.replaceChildren(...whyLines(task));
  }

  /** Go on with a changed draft. @param {Draft} draft */
  edit(draft) {
    const before = this.root.dataset.blocks;
    this.work = draft;
    this.hintText = "";
    this.root.dataset.blocks = this.blocks.join(" ");
    const { task } = this.exchange;
    if (task) this.paintText(task, draft);
    if (task && this.config.versions) this.paintVersions(task, draft);
    this.stage.letScroll();
    if (before === this.root.dataset.blocks) refreshFoot(this.part, this.exchange, this.phase, this.footHint);
    else this.refresh();
  }

  /** Go on with a draft in which only what is picked or selected has changed. @param {Draft} draft */
  hold(draft) {
    const before = this.work?.selected;
    this.work = draft;
    if (before !== draft.selected && this.exchange.task) this.paintText(this.exchange.task, draft);
    else this.text.highlight(draft, this.activeColor);
  }

  // -------------------------------------------------------------- around the text

  /** What the page is doing, in the protocol's words. @returns {Phase} */
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

  /** @returns {FootHint} */
  get footHint() {
    return { text: this.hintText, helpKey: hintOf(this.config.keys, "help") };
  }

  /** Tell those who listen to the page. @param {string} text */
  announce(text) {
    setText(this.part.announce, text);
  }

  refresh() {
    const { root, exchange, phase, part } = this;
    const held = this.hasFocus;
    root.dataset.phase = phase;
    root.dataset.versions = this.config.versions ?? "";
    root.dataset.blocks = this.blocks.join(" ");
    root.dataset.saved = exchange.savedId;
    const isWaiting = exchange.waiting && exchange.task !== null;
    root.dataset.waiting = String(isWaiting);
    for (const name of ["text", "html", "ask", "options", "labels"]) part[name].setAttribute("aria-disabled", String(isWaiting));
    const asking = phase === "asking";
    setHidden(part.text, !asking || !this.showsText(exchange.task));
    setHidden(part.html, !asking || !exchange.task?.html);
    setHidden(part.inputs, !asking || !this.shows("input"));
    this.inputs.refresh(this.hands.held !== null);
    setHidden(part.panel, asking);
    if (!asking) part.panel.replaceChildren(...waitingLines(exchange, phase));
    if (!asking || !this.shows("binary")) setHidden(part.ask, true);
    setHidden(part.labels, !asking || !this.shows("spans"));
    setHidden(part.relations, !asking || !this.shows("relations"));
    setHidden(part.options, !asking || !this.shows("choice"));
    setHidden(part.filter, !asking || !(this.shows("spans") || this.shows("choice")) || !this.labels.isFiltered);
    setHidden(part.why, !asking || !this.isOpen("why"));
    setHidden(part.change, exchange.changing === null);
    this.versions.refresh(asking, exchange.status?.n_agreed ?? 0, exchange.closed);
    this.refreshActions();
    this.remarks.refresh(asking ? this.work : null, this.hands.held !== null);
    refreshHead(part, exchange, this.paces);
    refreshFoot(part, exchange, phase, this.footHint);
    this.notices.refresh(exchange.error, exchange.status?.notices ?? []);
    this.refreshPanels();
    if (held && !this.hasFocus) this.focus();
  }

  refreshActions() {
    const { actions, reading } = this.part;
    const { task } = this.exchange;
    const find = (/** @type {string} */ action) => /** @type {HTMLElement} */ (actions.querySelector(`[data-action="${action}"]`));
    setHidden(find("reject"), !this.canReject);
    setText(/** @type {HTMLElement} */ (find("reject").firstElementChild), this.work?.correcting ? "Only reject" : "Reject");
    setHidden(find("escape"), !this.work?.correcting);
    setHidden(reading, this.phase !== "asking" || !this.shows("binary") || !this.reading);
    if (!reading.hidden && task) setText(/** @type {HTMLElement} */ (reading.querySelector('[data-action="all"] > span')), this.readingText(task));
  }

  /** What an answer for the whole reading would say, in words. @param {WireTask} task */
  readingText(task) {
    const { holdsAsked } = restOfReading(task, this.work?.marks ?? []);
    if (!task.prediction?.length) return "Nothing here";
    return holdsAsked ? "All right" : "Only the dashed";
  }

  refreshPanels() {
    const { part: { help, history, details }, exchange: { changing, status } } = this;
    if (!help.hidden) {
      const { config, blocks, labels, reading, canReject } = this;
      help.replaceChildren(helpList({ config, blocks, filtered: labels.isFiltered, reading, canReject, correcting: Boolean(this.work?.correcting), changing: changing !== null }));
    }
    if (!history.hidden) this.history.refresh(this.exchange, (label) => this.labels.colorOf(label));
    if (!details.hidden && status) details.replaceChildren(detailsList(status));
  }

  foldInstructions() {
    const { instructions } = this.part;
    const isFolded = instructions.classList.toggle("nba-folded");
    instructions.querySelector("button")?.setAttribute("aria-expanded", String(!isFolded));
  }

  /** @param {string} name */
  isOpen(name) {
    return this.root.querySelector(`[data-action="${name}"]`)?.getAttribute("aria-expanded") === "true";
  }

  /** @param {string} name @param {boolean} [open] */
  toggle(name, open = this.part[name].hidden) {
    setHidden(this.part[name], !open);
    this.root.querySelector(`[data-action="${name}"]`)?.setAttribute("aria-expanded", String(open));
    if (name === "history") this.exchange.search(open ? this.history.field.value : null);
    if (this.exchange.task) this.paintWhy(this.exchange.task);
    this.refresh();
  }

  /** Close one open panel; an answer opened from the history is left first. @returns {boolean} whether there was one */
  closePanel() {
    const open = PANELS.find((name) => !this.part[name].hidden && !(name === "history" && this.exchange.changing !== null));
    if (open) this.toggle(open, false);
    return open !== undefined;
  }

  /** @param {HTMLElement} pressed  the button of an error or a notice */
  dismiss(pressed) {
    if (!this.notices.dismiss(pressed)) this.exchange.forgive();
    this.refresh();
  }
}
