/** The records that pass between the page's modules, and between the page and the kernel. */

/** @typedef {{start: number, end: number, label: string, score?: number|null}} WireSpan */
/** @typedef {{head: WireSpan, child: WireSpan, label: string}} Relation  from one span that stands to another */
/** @typedef {{label: string, score: number|null}} WireOption */
/**
 * A task as sent by the kernel. All offsets are code points, end exclusive.
 * @typedef {object} WireTask
 * @property {string} task_hash
 * @property {string} input_hash
 * @property {string} text
 * @property {number[][]} tokens      as sent, null where the text is marked by the character
 * @property {number[][]} [wide]      characters of several code points, where it is
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
 * @property {string|null} [html]  shown in the place of the text, or above it where it is marked
 * @property {Relation[]} [relations]  between its spans, to begin with
 * @property {Record<string, string>} [inputs]  what is in the fields to begin with
 * @property {WireVersion[]} [versions]  what several annotators or models said of it
 */
/** @typedef {WireSpan & {differs: boolean}} WireVersionSpan */
/** @typedef {{text: string, differs: boolean}} Piece */
/**
 * What some annotators said of a text, or a model; without names in a blind comparison. `differs` is
 * true of what not all accepted versions have, `lacks` are spans of others where this one has none,
 * `lacks_relations` relations of others that it has not.
 * @typedef {object} WireVersion
 * @property {string[]} names
 * @property {Verdict} answer
 * @property {WireVersionSpan[]} spans
 * @property {WireSpan[]} lacks
 * @property {{label: string, differs: boolean}[]} labels
 * @property {(Relation & {differs: boolean})[]} relations
 * @property {Relation[]} lacks_relations
 * @property {{name: string, differs: boolean, pieces: Piece[]}[]} fields  what was written in them
 * @property {Piece[]|null} output  a written text in pieces
 * @property {{name: string, flagged: boolean, note: string|null}[]} remarks
 * @property {boolean} leads  whether more annotators gave it than any other
 */
/** @typedef {{value: number, low: number, high: number, n: number}} LiveAccuracy */
/** @typedef {{answers: number, value: number, low: number, high: number}} Outlook */
/** @typedef {{answered: number, remaining: number|null, target: number|null, accuracy: number|null, live_accuracy?: LiveAccuracy|null, outlook?: Outlook|null, counts: Record<string, number>}} Progress */
/** @typedef {{state: "none"|"rebuilding"|"learning"|"ready"|"paused", learned: number, pending: number, version: string|null, message: string|null, done: number|null, total: number|null}} ModelState */
/** @typedef {"preparing"|"asking"|"paused"|"finished"|"closed"} Phase */
/** @typedef {"spans"|"relations"|"choice"|"binary"|"input"} Layout */
/** @typedef {{name: string, placeholder: string, multiline: boolean, required: boolean}} Field */
/** @typedef {{phase: Phase, progress: Progress, model: ModelState, notices: string[], n_agreed?: number}} Status */
/** @typedef {{name: string, key: string|null, further_keys?: string[], color: number, block?: Layout|null}} Label  `block`: on a page of several views, what it labels */
/** @typedef {{dataset: string, view: string, blocks: Layout[], session_id: string, annotator: string, labels: Label[], exclusive: boolean, overlaps?: boolean, by?: "token"|"character", relations?: Label[], inputs?: Field[], correct_rejects?: boolean, keys: Record<string, string[]>, instructions: string|null, has_model: boolean, versions?: "review"|"compare"|null}} Config */
/** @typedef {"accept"|"reject"|"ignore"} Verdict */
/** @typedef {{answer: Verdict, spans?: WireSpan[]|null, accept?: string[]|null, inputs?: Record<string, string>|null, relations?: Relation[]|null, flagged?: boolean, note?: string|null}} Restored */
/**
 * An earlier answer in a line.
 * @typedef {object} HistoryRow
 * @property {string} answer_id
 * @property {string} excerpt
 * @property {Verdict} answer
 * @property {string|null} label
 * @property {string[]} accept
 * @property {{label: string, text: string}[]} spans
 * @property {number} more_spans  those that are not listed
 * @property {string} [inputs]     the beginning of what was written
 * @property {boolean} flagged
 * @property {string|null} note
 */
/** What an earlier kernel asked. @typedef {Pick<WireTask, "input_hash"|"spans"|"prediction"|"options"|"label"|"score"|"why"|"model_version">} Question */
/**
 * An answer, or the change of the one that `changes` names.
 * @typedef {{type: "answer"|"change", changes?: string, answer_id: string, task_hash: string, answer: Verdict, seconds: number, spans?: WireSpan[], accept?: string[], inputs?: Record<string, string>, relations?: Relation[], flagged?: boolean, note?: string, question?: Question}} AnswerMessage
 */

/** A span that stands in the text; `suggested` while only the model has said so. */
/** @typedef {{start: number, end: number, label: string, score: number|null, suggested: boolean}} Mark */
/**
 * The annotator's work on one task. A range of tokens is picked while `anchor` is a number.
 * @typedef {object} Draft
 * @property {Mark[]} marks     in text order; overlapping only where the view lets them
 * @property {string[]} chosen  labels of the options now on
 * @property {boolean} touched  whether the annotator changed `chosen`
 * @property {Relation[]} relations  between spans among the marks
 * @property {{head: Mark, child: Mark|null}|null} linking  the relation being drawn
 * @property {Relation|null} related  the relation in hand
 * @property {Mark|null} selected
 * @property {Mark|null} fresh  the mark just made, so that Backspace can take it away
 * @property {number|null} anchor
 * @property {number|null} cursor
 * @property {"asked"|"rejected"|null} correcting  in a binary view: why the whole text is being marked
 * @property {boolean} [picked]  whether a version was picked, or one leads
 * @property {number} seconds   time already spent on it
 * @property {boolean} flagged  whether it is to be looked at again
 * @property {string} note      what is written beside it
 * @property {Record<string, string>} inputs  what is written in the fields
 */

/**
 * The part of the notebook's widget model that the page uses.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(message: object) => void} send
 * @property {(event: string, callback: (...args: any[]) => void) => void} on
 * @property {(event: string, callback: (...args: any[]) => void) => void} off
 */

export {};
