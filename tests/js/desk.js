/** An exchange at a kernel that lives in the test, and the hands that give it answers. */
import { answerIds } from "../../nbannotate/widget/static/answer_ids.js";
import { newDraft } from "../../nbannotate/widget/static/drafts.js";
import { Exchange } from "../../nbannotate/widget/static/exchange.js";
import { UnsentAnswers } from "../../nbannotate/widget/static/unsent.js";
import { FakeKernel, makeConfig, makeTask } from "./fake_kernel.js";

const nextId = answerIds();

/** @param {number} count @param {boolean} ahead */
export function newKernel(count, ahead) {
  const tasks = Array.from({ length: count }, (_, i) => makeTask(`text ${i}`));
  return new FakeKernel({ config: makeConfig(), tasks, ahead });
}

/** A tab's storage. */
export function drawer() {
  /** @type {Map<string, string>} */
  const rows = new Map();
  return { rows, getItem: (/** @type {string} */ key) => rows.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void rows.set(key, value), removeItem: (/** @type {string} */ key) => void rows.delete(key) };
}

/** @param {{count?: number, ahead?: boolean, storage?: ReturnType<typeof drawer>, kernel?: FakeKernel}} [setup] */
export function desk({ count = 6, ahead = true, storage = drawer(), kernel = newKernel(count, ahead) } = {}) {
  /** @type {{callback: () => void, ms: number}[]} */
  let alarms = [];
  const seen = { hints: /** @type {string[]} */ ([]), restored: /** @type {any} */ (null), draft: /** @type {any} */ (null) };
  const exchange = new Exchange((message) => kernel.send(message), {
    show: (task, draft, restored) => {
      seen.restored = restored;
      seen.draft = task ? draft ?? newDraft(task, { exclusive: false }) : null;
    },
    draft: () => seen.draft,
    begun: () => (seen.draft?.note ? seen.draft : null),
    refresh: () => {},
    hint: (text) => seen.hints.push(text),
  }, (callback, ms) => {
    const alarm = { callback, ms };
    alarms.push(alarm);
    return () => { alarms = alarms.filter((other) => other !== alarm); };
  }, new UnsentAnswers(storage, "drugs"));
  kernel.on("msg:custom", (/** @type {any} */ message) => exchange.receive(message));
  exchange.hello();
  /** Give an answer, which is not sent before the next text is painted. */
  const give = (/** @type {"accept"|"reject"|"ignore"} */ verdict = "accept") => {
    const { task } = exchange;
    if (!task) return false;
    const message = { type: /** @type {const} */ ("answer"), answer_id: nextId(), task_hash: task.task_hash, answer: verdict, seconds: 1 };
    return exchange.answer({ message, task, draft: seen.draft, summary: verdict });
  };
  const ring = (/** @type {number} */ ms) => {
    const due = alarms.filter((alarm) => alarm.ms <= ms);
    alarms = alarms.filter((alarm) => alarm.ms > 0 || !due.includes(alarm));
    for (const { callback } of due) callback();
  };
  const paint = () => ring(0);
  const answer = (/** @type {"accept"|"reject"|"ignore"} */ verdict = "accept") => {
    const taken = give(verdict);
    paint();
    return taken;
  };
  return { kernel, exchange, answer, give, paint, seen, ring };
}

/** @param {FakeKernel} kernel */
export const verdicts = (kernel) => kernel.stored.map((row) => row.answer);
