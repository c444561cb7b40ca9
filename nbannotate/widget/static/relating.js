/** What an annotator does to relations, whether by key or by mouse. */

import { settled } from "./drafts.js";
import { spanId } from "./mark_elements.js";
import { overlaps, sameSpan } from "./marks.js";
import { codePoints } from "./offsets.js";
import { changeRelation, nextChild, nextRelation, placeRelation, relationId, relationOf, removeRelation } from "./relations.js";
import { plural } from "./words.js";

/** @import { Page } from "./page.js" */
/** @import { Draft, Mark, Relation, WireSpan } from "./types.js" */

const DRAGGED_FROM_PIXELS = 5;

export class Relating {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** The relation's label in use. */
    this.active = 0;
    /** @type {{head: Mark, x: number, y: number}|null} */
    this.drag = null;
  }

  /** The label in use: that of the relation in hand, or of the next one. */
  get label() {
    return this.page.work?.related?.label ?? this.page.config.relations?.[this.active]?.name ?? "";
  }

  /** Whether a relation is being drawn or is in hand, so that keys are about it. */
  get isInHand() {
    const { work } = this.page;
    return work !== null && (work.linking !== null || work.related !== null);
  }

  /** @param {WireSpan|Mark} span */
  wordsOf({ start, end }) {
    return codePoints(this.page.exchange.task?.text ?? "").slice(start, end);
  }

  /** @param {Draft} draft @param {string} said @param {string} [hint] */
  edit(draft, said, hint = "") {
    this.page.edit(draft);
    this.page.announce(said);
    if (hint) this.page.hint(hint);
    else this.page.refresh();
  }

  /** From the selected span to another; with none selected, the next relation comes into hand. */
  relate() {
    const { held } = this.page.hands;
    if (!held || !this.page.shows("relations")) return;
    const { work } = held;
    if (work.linking) return this.aim(1);
    if (work.selected) return this.begin(work.selected);
    const next = nextRelation(work, 1);
    if (next) return this.pick(next);
    this.page.hint(work.marks.length < 2 ? "mark two spans first" : "select the span that a relation leads from first");
  }

  /** @param {Mark} head @param {Mark|null} child */
  begin(head, child = null) {
    const { work } = this.page;
    if (!work) return;
    const linking = { head, child };
    const first = child ?? nextChild({ ...work, linking }, 1);
    if (!first) return this.page.hint("a relation leads to another span: mark one first");
    this.edit({ ...settled(work), selected: head, cursor: work.cursor, linking: { head, child: first } },
      `From ${this.wordsOf(head)} to ${this.wordsOf(first)}?`, "to which span? ← → or a click; then a relation's key, or enter");
  }

  /** Lead the relation being drawn to the next span. @param {number} step */
  aim(step) {
    const { work } = this.page;
    const child = work && nextChild(work, step);
    if (!work?.linking || !child) return;
    this.aimAt(child);
    this.page.text.reveal(this.page.text.find(child)?.querySelector(".nba-rule"));
  }

  /** @param {Mark|null} child */
  aimAt(child) {
    const { hintText, work } = this.page;
    if (!work?.linking || work.linking.child === child) return;
    this.page.edit({ ...work, linking: { ...work.linking, child } });
    this.page.hint(hintText);
    if (child) this.page.announce(`To ${this.wordsOf(child)}: ${child.label}`);
  }

  /** Draw the relation. @param {Mark|null|undefined} child @param {string} label */
  link(child, label = this.label) {
    const { work } = this.page;
    if (!work?.linking) return;
    const { head } = work.linking;
    if (!child || sameSpan(child, head)) return this.edit({ ...settled(work), selected: head, cursor: work.cursor }, "No relation");
    const draft = placeRelation({ ...settled(work), cursor: work.cursor }, relationOf(head, child, label));
    this.edit(draft, `${label}: ${this.wordsOf(head)} to ${this.wordsOf(child)}`);
  }

  /** Choose a relation's label, and give it to what is in hand. @param {number} i */
  pickLabel(i) {
    const { page } = this;
    const label = page.config.relations?.[i]?.name;
    if (label === undefined) return;
    this.active = i;
    const { held } = page.hands;
    if (!held) return;
    const { work } = held;
    if (work.linking?.child) this.link(work.linking.child, label);
    else if (work.related) this.edit(changeRelation(work, work.related, { label }), `${label}`);
    else page.paint();
  }

  /** Take a relation into hand. @param {Relation} relation */
  pick(relation) {
    const { work } = this.page;
    if (!work) return;
    this.edit({ ...settled(work), cursor: work.cursor, related: relation },
      `${relation.label}: ${this.wordsOf(relation.head)} to ${this.wordsOf(relation.child)}, selected`);
    this.page.text.reveal(this.page.part.text.querySelector('.nba-relation[data-state="selected"]'));
  }

  /** @param {string} id */
  pickById(id) {
    const { held } = this.page.hands;
    const found = held?.work.relations.find((each) => relationId(each) === id);
    if (found) this.pick(found);
  }

  /** Let the relation in hand lead the other way. */
  turn() {
    const { held } = this.page.hands;
    const related = held?.work.related;
    if (!held || !related) return;
    this.edit(changeRelation(held.work, related, { head: related.child, child: related.head }), "Turned round");
  }

  /** Delete the relation in hand, or give up the one being drawn. @returns {boolean} whether there was one */
  remove() {
    const { held } = this.page.hands;
    if (!held || !this.isInHand) return false;
    const { work } = held;
    if (work.related) this.edit(removeRelation(work, work.related), `${work.related.label} deleted`);
    else this.link(null);
    return true;
  }

  /** Say which relations went with a span. @param {number} before  how many there were */
  sayLost(before) {
    const lost = before - (this.page.work?.relations.length ?? 0);
    if (lost > 0) this.page.hint(`${plural(lost, "relation")} of it went with it`);
  }

  // -------------------------------------------------------------- the mouse

  /** The span at a point other than the one that the relation leads from: by its rule or label, else the shortest over the word. @param {number} x @param {number} y @returns {Mark|null} */
  markAt(x, y) {
    const { exchange: { task }, text, work } = this.page;
    const head = work?.linking?.head;
    const hit = text.hit(x, y)?.closest?.(".nba-span");
    const others = (work?.marks ?? []).filter((mark) => !head || !sameSpan(mark, head));
    if (hit instanceof HTMLElement) return others.find((mark) => spanId(mark) === hit.dataset.span) ?? null;
    const { token, exact } = text.tokenAt(x, y);
    if (!exact || token < 0 || !task) return null;
    const [start, end] = task.tokens[token];
    const here = others.filter((mark) => overlaps(mark, { start, end }));
    return here.sort((a, b) => a.end - a.start - (b.end - b.start))[0] ?? null;
  }

  /** @param {PointerEvent} event @param {Element} target @returns {boolean} whether this is about a relation */
  onPointerDown(event, target) {
    const { page } = this;
    if (!page.shows("relations") || !page.work || target.closest("[data-grip]")) return false;
    if (page.work.linking) {
      if (!target.closest("button[data-action]")) this.link(this.markAt(event.clientX, event.clientY));
      return true;
    }
    const span = target.closest(".nba-span");
    const head = span instanceof HTMLElement && page.work.marks.find((mark) => spanId(mark) === span.dataset.span);
    if (!head || target.closest("[data-action]")) return false;
    page.part.text.setPointerCapture(event.pointerId);
    this.drag = { head, x: event.clientX, y: event.clientY };
    return true;
  }

  /** @param {PointerEvent} event @returns {boolean} */
  onPointerMove(event) {
    const { drag, page } = this;
    if (!drag || !page.work) return false;
    const { linking } = page.work;
    if (!linking && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAGGED_FROM_PIXELS) return true;
    if (!linking) page.edit({ ...settled(page.work), selected: drag.head, linking: { head: drag.head, child: null } });
    this.aimAt(this.markAt(event.clientX, event.clientY));
    return true;
  }

  /** @returns {boolean} */
  onPointerUp() {
    const { drag, page } = this;
    this.drag = null;
    if (!drag) return false;
    if (page.work?.linking) this.link(page.work.linking.child);
    else page.hands.touch(drag.head);
    return true;
  }
}
