/** Laws of the exchange with the kernel: nothing given is lost, doubled or out of order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerIds } from "../../nbannotate/widget/static/answer_ids.js";
import { newDraft } from "../../nbannotate/widget/static/drafts.js";
import { Exchange } from "../../nbannotate/widget/static/exchange.js";
import { UnsentAnswers } from "../../nbannotate/widget/static/unsent.js";
import { FakeKernel, makeConfig, makeTask } from "./fake_kernel.js";
import { forMany } from "./random.js";

const nextId = answerIds();

/** @param {number} count @param {boolean} ahead */
function newKernel(count, ahead) {
  const tasks = Array.from({ length: count }, (_, i) => makeTask(`text ${i}`));
  return new FakeKernel({ config: makeConfig(), tasks, ahead });
}

/** A tab's storage. */
function drawer() {
  /** @type {Map<string, string>} */
  const rows = new Map();
  return { rows, getItem: (/** @type {string} */ key) => rows.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void rows.set(key, value), removeItem: (/** @type {string} */ key) => void rows.delete(key) };
}

/** @param {{count?: number, ahead?: boolean, storage?: ReturnType<typeof drawer>, kernel?: FakeKernel}} [setup] */
function desk({ count = 6, ahead = true, storage = drawer(), kernel = newKernel(count, ahead) } = {}) {
  /** @type {{callback: () => void, ms: number}[]} */
  let alarms = [];
  const seen = { hints: /** @type {string[]} */ ([]), restored: /** @type {any} */ (null), draft: /** @type {any} */ (null) };
  const exchange = new Exchange((message) => kernel.send(message), {
    show: (task, draft, restored) => {
      seen.restored = restored;
      seen.draft = task ? draft ?? newDraft(task, { exclusive: false }) : null;
    },
    draft: () => seen.draft,
    refresh: () => {},
    hint: (text) => seen.hints.push(text),
  }, (callback, ms) => {
    const alarm = { callback, ms };
    alarms.push(alarm);
    return () => { alarms = alarms.filter((other) => other !== alarm); };
  }, new UnsentAnswers(storage, "drugs"));
  kernel.on("msg:custom", (/** @type {any} */ message) => exchange.receive(message));
  exchange.hello();
  const answer = (/** @type {"accept"|"reject"|"ignore"} */ verdict = "accept") => {
    const { task } = exchange;
    if (!task) return false;
    const message = { type: /** @type {const} */ ("answer"), answer_id: nextId(), task_hash: task.task_hash, answer: verdict, seconds: 1 };
    return exchange.answer({ message, task, draft: seen.draft, summary: verdict });
  };
  return { kernel, exchange, answer, seen, ring: (/** @type {number} */ ms) => alarms.filter((alarm) => alarm.ms <= ms).forEach((alarm) => alarm.callback()) };
}

/** @param {FakeKernel} kernel */
const verdicts = (kernel) => kernel.stored.map((row) => row.answer);

test("whatever is answered, undone and refused, what is stored is what the annotator last said of each text", () => {
  forMany(400, (random) => {
    const { kernel, exchange, answer } = desk({ ahead: random.happens(0.7) });
    /** @type {Map<string, string>} */
    const said = new Map();
    const give = () => {
      const hash = exchange.task?.task_hash ?? "";
      const verdict = random.oneOf(["accept", "reject", "ignore"]);
      if (answer(verdict)) said.set(hash, verdict);
    };
    for (let i = 0; i < 60; i++) {
      const what = random.below(10);
      if (what < 4) give();
      else if (what < 5) exchange.undo();
      else if (what < 6) kernel.refusal = { reason: random.oneOf(["store", "invalid"]), error: "no" };
      else kernel.step();
      const flying = kernel.inbox.filter((message) => message.type !== "hello").length;
      assert.ok(flying <= 1, "one message in flight at most");
      assert.equal(exchange.task === null && !exchange.waiting && exchange.outbox.length > 0 && exchange.mending, false);
    }
    kernel.refusal = null;
    for (let i = 0; i < 20; i++) {
      while (kernel.step());
      if (exchange.mending) give();
    }
    assert.equal(exchange.outbox.length, 0);
    assert.equal(exchange.waiting, false);
    assert.deepEqual(kernel.stored.map((row) => row.task_hash), kernel.tasks.slice(0, kernel.at).map((task) => task.task_hash));
    for (const row of kernel.stored) assert.equal(row.answer, said.get(row.task_hash));
    assert.equal(exchange.task?.task_hash, kernel.tasks[kernel.at]?.task_hash);
  });
});

test("with the next text promised an answer shows it before the kernel has replied", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer();
  assert.equal(exchange.task?.text, "text 1");
  assert.equal(exchange.waiting, false);
  assert.equal(kernel.stored.length, 0);
});

test("without a promise the old text waits, and a late promise is shown at once", () => {
  const { kernel, exchange, answer } = desk({ ahead: false });
  kernel.step();
  answer();
  assert.equal(exchange.waiting, true);
  assert.equal(exchange.task?.text, "text 0");
  assert.equal(answer(), false);
  kernel.reply({ type: "ahead", after: kernel.tasks[0].task_hash, task: kernel.tasks[1] });
  assert.equal(exchange.task?.text, "text 1");
});

test("silence is noticed, named, and ended by a reply", () => {
  const { kernel, exchange, answer, ring } = desk();
  kernel.step();
  answer();
  ring(1500);
  assert.equal(exchange.silence, 1);
  ring(20_000);
  assert.equal(exchange.silence, 2);
  kernel.step();
  assert.equal(exchange.silence, 0);
});

test("an answer sent again is stored once", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer("reject");
  exchange.resend();
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["reject"]);
  assert.equal(exchange.task?.text, "text 1");
});

test("a refused answer comes back with its draft, and the text that was begun comes back after it", () => {
  const { kernel, exchange, answer, seen } = desk();
  kernel.step();
  const given = seen.draft;
  kernel.refusal = { reason: "store", error: "disk full" };
  answer();
  const begun = { ...seen.draft, chosen: ["begun"] };
  seen.draft = begun;
  kernel.step();
  assert.equal(exchange.task?.text, "text 0");
  assert.equal(seen.draft, given);
  assert.equal(exchange.error, "disk full");
  answer("reject");
  assert.equal(exchange.task?.text, "text 1");
  assert.equal(seen.draft, begun);
  kernel.step();
  assert.deepEqual(verdicts(kernel), ["reject"]);
});

test("answers behind a refused one wait until it is answered again, then follow in order", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  kernel.refusal = { reason: "invalid", error: "no" };
  answer("accept");
  answer("ignore");
  kernel.step();
  assert.equal(exchange.task?.text, "text 0");
  assert.equal(kernel.inbox.length, 0);
  answer("reject");
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["reject", "ignore"]);
});

test("an undo behind a refused answer does not reach the answer before it", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer("accept");
  kernel.step();
  kernel.refusal = { reason: "store", error: "no" };
  answer("reject");
  exchange.undo();
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["accept"]);
  assert.equal(exchange.task?.text, "text 1");
  answer("ignore");
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["accept", "ignore"]);
});

test("a promise that the kernel's state no longer makes is not kept", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  kernel.reply({ type: "state", ...kernel.now(), ahead: null, restored: null });
  answer();
  assert.equal(exchange.waiting, true);
});

test("a text asked twice in a row is shown afresh the second time", () => {
  const { kernel, exchange, answer, seen } = desk({ ahead: false });
  kernel.tasks[1] = kernel.tasks[0];
  kernel.step();
  const first = seen.draft;
  answer();
  kernel.step();
  assert.equal(exchange.waiting, false);
  assert.notEqual(seen.draft, first);
});

test("a stale answer takes those behind it along, and says how many", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer();
  answer();
  kernel.at = 4;
  kernel.step();
  assert.equal(exchange.task?.text, "text 4");
  assert.match(exchange.error, /1 answer after it/);
  assert.equal(exchange.outbox.length, 0);
});

test("a closed session says how many answers could not be stored", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  kernel.refusal = { reason: "closed", error: "The session was closed." };
  answer();
  answer();
  kernel.step();
  assert.equal(exchange.closed, true);
  assert.match(exchange.error, /2 answers could not be stored/);
});

test("an undo that finds nothing leaves the work on the page as it is", () => {
  const { kernel, exchange, seen } = desk();
  kernel.step();
  /** @type {any} */ (exchange.status).progress.answered = 5;
  const begun = seen.draft;
  exchange.undo();
  kernel.step();
  assert.equal(seen.draft, begun);
  assert.equal(exchange.waiting, false);
  assert.deepEqual(seen.hints, ["nothing to undo"]);
});

test("an answer from another view moves this one on, and a task the kernel changes is shown", () => {
  const { kernel, exchange } = desk();
  kernel.step();
  kernel.answer({ type: "answer", answer_id: "other", task_hash: kernel.tasks[0].task_hash, answer: "accept" });
  assert.equal(exchange.task?.text, "text 1");
  kernel.at = 3;
  kernel.reply({ type: "state", ...kernel.now(), restored: null });
  assert.equal(exchange.task?.text, "text 3");
});

test("a message of a kind not known changes nothing", () => {
  const { kernel, exchange } = desk();
  kernel.step();
  kernel.reply({ type: "from the future", task: null });
  assert.equal(exchange.task?.text, "text 0");
});

test("whenever the page is loaded again, each answer given is stored once and in order", () => {
  forMany(300, (random) => {
    const storage = drawer();
    const kernel = newKernel(8, random.happens(0.7));
    /** @type {[string, string][]} */
    const said = [];
    let page = desk({ storage, kernel });
    for (let i = 0; i < 60; i++) {
      const what = random.below(10);
      const hash = page.exchange.task?.task_hash ?? "";
      const verdict = random.oneOf(["accept", "reject", "ignore"]);
      if (what < 4 && page.answer(verdict)) said.push([hash, verdict]);
      else if (what < 5) {
        kernel.handlers.clear();
        if (random.happens(0.5)) kernel.inbox = [];
        page = desk({ storage, kernel });
      } else if (what >= 6) kernel.step();
    }
    kernel.handlers.clear();
    page = desk({ storage, kernel });
    while (kernel.step());
    assert.deepEqual(kernel.stored.map((row) => [row.task_hash, row.answer]), said);
    assert.equal(storage.rows.size, 0);
    assert.equal(page.exchange.task?.task_hash, kernel.tasks[kernel.at]?.task_hash);
  });
});

test("of two pages with one drawer, neither throws out what the other keeps", () => {
  const storage = drawer();
  const { exchange, answer, kernel } = desk({ storage });
  kernel.step();
  const other = desk({ storage });
  other.kernel.step();
  answer();
  other.answer();
  other.kernel.step();
  assert.equal(new UnsentAnswers(storage, "drugs").take().length, exchange.unsaved);
});

test("a browser that stores nothing keeps answers in the page, as ever", () => {
  const refuse = () => { throw new Error("quota"); };
  const { kernel, exchange, answer } = desk({ storage: { rows: new Map(), getItem: refuse, setItem: refuse, removeItem: refuse } });
  kernel.step();
  answer();
  kernel.step();
  assert.deepEqual(verdicts(kernel), ["accept"]);
  assert.equal(exchange.outbox.length, 0);
});

test("a kernel said to be gone is there again once it replies, and nothing given meanwhile is lost", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  exchange.lose();
  answer();
  assert.equal(exchange.gone, true);
  while (kernel.step());
  assert.equal(exchange.gone, false);
  assert.deepEqual(verdicts(kernel), ["accept"]);
});

test("resuming a paused model disturbs no answer that is on its way", () => {
  forMany(100, (random) => {
    const { kernel, exchange, answer } = desk();
    kernel.step();
    const given = [];
    for (let i = 0; i < 12; i++) {
      const verdict = random.oneOf(["accept", "reject"]);
      if (random.happens(0.4) && answer(verdict)) given.push(verdict);
      else if (random.happens(0.4)) exchange.resume();
      else kernel.step();
    }
    while (kernel.step());
    assert.deepEqual(verdicts(kernel), given);
    assert.equal(exchange.resuming, false);
    assert.equal(exchange.silence, 0);
  });
});

test("whatever is answered, opened, changed, left, undone and refused, each text has what was last said of it", () => {
  forMany(400, (random) => {
    const { kernel, exchange, answer } = desk({ ahead: random.happens(0.7), count: 8 });
    /** @type {Map<string, string>} */
    const said = new Map();
    const withdraw = () => {
      const hash = exchange.task?.task_hash ?? "";
      const sending = exchange.kept.findLast(({ task }) => task.task_hash === hash)?.message;
      const stands = sending ?? kernel.stored.find((row) => row.task_hash === hash);
      if (stands) said.set(hash, stands.answer);
      else said.delete(hash);
    };
    const leave = () => {
      withdraw();
      exchange.leaveChange();
    };
    for (let i = 0; i < 80; i++) {
      const what = random.below(12);
      if (what < 4) {
        const hash = exchange.task?.task_hash ?? "";
        const verdict = random.oneOf(["accept", "reject", "ignore"]);
        if (answer(verdict)) said.set(hash, verdict);
      } else if (what < 6 && kernel.stored.length > 0) exchange.open(random.oneOf(kernel.stored).answer_id);
      else if (what === 6 && exchange.changing !== null) leave();
      else if (what === 7 && exchange.changing === null) {
        exchange.undo();
        if (exchange.changing !== null) withdraw();
      }
      else if (what === 8) kernel.refusal = { reason: random.oneOf(["store", "invalid"]), error: "no" };
      else kernel.step();
    }
    kernel.refusal = null;
    for (let i = 0; i < 20; i++) {
      while (kernel.step());
      if (exchange.mending) {
        const hash = exchange.task?.task_hash ?? "";
        if (exchange.changing === null && answer("ignore")) said.set(hash, "ignore");
        else leave();
      } else if (exchange.changing !== null) leave();
    }
    assert.equal(exchange.outbox.length, 0);
    assert.equal(exchange.changing, null);
    assert.equal(exchange.waiting, false);
    const answered = kernel.tasks.slice(0, kernel.at).map((task) => task.task_hash).sort();
    assert.deepEqual(kernel.stored.map((row) => row.task_hash).sort(), answered);
    for (const row of kernel.stored) assert.equal(row.answer, said.get(row.task_hash));
    assert.equal(exchange.task?.task_hash, kernel.tasks[kernel.at]?.task_hash);
  });
});

test("a changed answer goes back to the text that was begun, with what was begun on it", () => {
  const { kernel, exchange, answer, seen } = desk();
  kernel.step();
  answer("accept");
  kernel.step();
  const begun = { ...seen.draft, chosen: ["begun"] };
  seen.draft = begun;
  exchange.open(kernel.stored[0].answer_id);
  kernel.step();
  assert.equal(exchange.task?.text, "text 0");
  assert.equal(seen.restored.answer, "accept");
  answer("reject");
  assert.equal(exchange.task?.text, "text 1");
  assert.equal(seen.draft, begun);
  kernel.step();
  assert.deepEqual(verdicts(kernel), ["reject"]);
  assert.equal(exchange.coming, 0);
});

test("undo while an earlier answer is open leaves it as it was", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer("accept");
  kernel.step();
  exchange.open(kernel.stored[0].answer_id);
  kernel.step();
  exchange.undo();
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["accept"]);
  assert.equal(exchange.task?.text, "text 1");
});

test("an earlier answer can be changed at the end, where no text is left", () => {
  const { kernel, exchange, answer } = desk({ count: 1 });
  kernel.step();
  answer("accept");
  kernel.step();
  assert.equal(exchange.task, null);
  exchange.open(kernel.stored[0].answer_id);
  kernel.step();
  answer("ignore");
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["ignore"]);
  assert.equal(exchange.task, null);
  assert.equal(exchange.waiting, false);
});

test("a kernel that moves on while an earlier answer is open is followed once that is left", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer("accept");
  kernel.step();
  exchange.open(kernel.stored[0].answer_id);
  kernel.step();
  kernel.at = 4;
  kernel.reply({ type: "state", ...kernel.now(), restored: null });
  assert.equal(exchange.task?.text, "text 0");
  exchange.leaveChange();
  while (kernel.step());
  assert.equal(exchange.task?.text, "text 4");
});

test("a change not acknowledged survives a reload and is delivered as a change", () => {
  const storage = drawer();
  const kernel = newKernel(4, true);
  const page = desk({ storage, kernel });
  kernel.step();
  page.answer("accept");
  kernel.step();
  page.exchange.open(kernel.stored[0].answer_id);
  kernel.step();
  page.answer("reject");
  kernel.handlers.clear();
  kernel.inbox = [];
  const again = desk({ storage, kernel });
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["reject"]);
  assert.equal(again.exchange.task?.text, "text 1");
});

test("the history shows what was found last, however late an earlier search is answered", () => {
  const { kernel, exchange, answer } = desk();
  kernel.step();
  answer("accept");
  kernel.step();
  const listed = () => exchange.found?.map((row) => row.answer);
  exchange.search("text");
  exchange.search("nothing like it");
  kernel.step();
  assert.equal(listed(), undefined);
  kernel.step();
  assert.deepEqual(listed(), []);
  exchange.search("");
  kernel.step();
  assert.deepEqual(listed(), ["accept"]);
  answer("ignore");
  while (kernel.step());
  assert.deepEqual(listed(), ["ignore", "accept"]);
});
