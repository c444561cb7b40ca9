/** Answers that no kernel has acknowledged, kept where a reload of the page does not reach. */

/** @import { Given } from "./exchange.js" */

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
export function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** Under which a page keeps something of a session in its tab. @param {string} what @param {{dataset: string, session_id: string}} config */
export const storageKey = (what, { dataset, session_id }) => `nbannotate:${what}:${JSON.stringify([dataset, session_id])}`;
