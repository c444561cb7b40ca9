/** Laws of the exchange with the kernel: nothing given is lost, doubled or out of order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { UnsentAnswers } from "../../nbannotate/widget/static/unsent.js";
import { desk, drawer, newKernel, verdicts } from "./desk.js";
import { forMany } from "./random.js";

test("whatever is answered, undone and refused, what is stored is what the annotator last said of each text", () => {
  forMany(400, (random) => {
    const page = desk({ ahead: random.happens(0.7) });
    const { kernel, exchange, paint } = page;
    /** @type {Map<string, string>} */
    const said = new Map();
    const give = () => {
      const hash = exchange.task?.task_hash ?? "";
      const verdict = random.oneOf(["accept", "reject", "ignore"]);
      if (page.give(verdict)) said.set(hash, verdict);
    };
    for (let i = 0; i < 60; i++) {
      const what = random.below(12);
      if (what < 4) give();
      else if (what < 5) exchange.undo();
      else if (what >= 10) paint();
      else if (what < 6) kernel.refusal = { reason: random.oneOf(["store", "invalid"]), error: "no" };
      else kernel.step();
      const flying = kernel.inbox.filter((message) => message.type !== "hello").length;
      assert.ok(flying <= 1, "one message in flight at most");
      assert.equal(exchange.task === null && !exchange.waiting && exchange.outbox.length > 0 && exchange.mending, false);
    }
    kernel.refusal = null;
    for (let i = 0; i < 20; i++) {
      paint();
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

test("an answer is kept in the tab at once, and sent once the next text is painted", () => {
  const storage = drawer();
  const { kernel, exchange, give, paint } = desk({ storage });
  kernel.step();
  give("reject");
  assert.equal(exchange.task?.text, "text 1");
  assert.equal(storage.rows.size, 1);
  assert.equal(kernel.inbox.length, 0);
  paint();
  assert.deepEqual(kernel.inbox.map((message) => message.answer), ["reject"]);
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

test("an answer to a session that is closed before it is sent is said not to be stored", () => {
  const { kernel, exchange, give, paint } = desk();
  kernel.step();
  give();
  kernel.refusal = { reason: "closed", error: "The session was closed." };
  exchange.receive({ type: "status", status: { ...exchange.status, phase: "closed" } });
  paint();
  kernel.step();
  assert.equal(exchange.outbox.length, 0);
  assert.match(exchange.error, /The session was closed/);
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

test("of two undos at once the one that finds nothing leaves what the other took back", () => {
  const { kernel, exchange, answer, seen } = desk();
  kernel.step();
  answer("reject");
  kernel.step();
  exchange.undo();
  exchange.undo();
  while (kernel.step());
  assert.equal(exchange.task?.text, "text 0");
  assert.equal(seen.restored?.answer, "reject");
  assert.equal(exchange.waiting, false);
  assert.deepEqual(seen.hints, ["nothing to undo"]);
});

test("what was begun on a text comes back with it, whatever is undone and answered meanwhile", () => {
  forMany(300, (random) => {
    const page = desk({ ahead: random.happens(0.7) });
    const { kernel, exchange, paint, seen } = page;
    /** @type {Map<string, string>} */
    const begun = new Map();
    const isShown = () => exchange.task !== null && !exchange.waiting;
    for (let i = 0; i < 60; i++) {
      const hash = exchange.task?.task_hash ?? "";
      const what = random.below(10);
      if (what < 2 && isShown()) {
        seen.draft = { ...seen.draft, note: `note ${i}` };
        begun.set(hash, seen.draft.note);
      } else if (what < 4) {
        if (page.give()) begun.delete(hash);
      } else if (what < 6) exchange.undo();
      else if (what < 7) paint();
      else kernel.step();
      if (isShown()) assert.equal(seen.draft.note, begun.get(exchange.task?.task_hash ?? "") ?? seen.draft.note);
    }
  });
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
      if (what < 4 && page.give(verdict)) said.push([hash, verdict]);
      else if (what < 5) {
        kernel.handlers.clear();
        if (random.happens(0.5)) kernel.inbox = [];
        page = desk({ storage, kernel });
      } else if (what >= 8) page.paint();
      else if (what >= 6) kernel.step();
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
