/** Laws of earlier answers that are opened and changed: each text keeps what was last said of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { desk, drawer, newKernel, verdicts } from "./desk.js";
import { forMany } from "./random.js";

/** A desk at which one text is answered. @param {Parameters<typeof desk>[0]} [setup] */
function answeredDesk(setup) {
  const page = desk(setup);
  page.kernel.step();
  page.answer("accept");
  page.kernel.step();
  const open = () => {
    page.exchange.open(page.kernel.stored[0].answer_id);
    page.kernel.step();
  };
  return { ...page, open };
}

test("whatever is answered, opened, changed, left, undone and refused, each text has what was last said of it", () => {
  forMany(400, (random) => {
    const { kernel, exchange, give, paint } = desk({ ahead: random.happens(0.7), count: 8 });
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
      const what = random.below(14);
      if (what < 4) {
        const hash = exchange.task?.task_hash ?? "";
        const verdict = random.oneOf(["accept", "reject", "ignore"]);
        if (give(verdict)) said.set(hash, verdict);
      } else if (what < 6 && kernel.stored.length > 0) exchange.open(random.oneOf(kernel.stored).answer_id);
      else if (what === 6 && exchange.changing !== null) leave();
      else if (what === 7 && exchange.changing === null) {
        exchange.undo();
        if (exchange.changing !== null) withdraw();
      }
      else if (what >= 12) paint();
      else if (what === 8) kernel.refusal = { reason: random.oneOf(["store", "invalid"]), error: "no" };
      else kernel.step();
    }
    kernel.refusal = null;
    for (let i = 0; i < 20; i++) {
      paint();
      while (kernel.step());
      if (exchange.mending) {
        const hash = exchange.task?.task_hash ?? "";
        if (exchange.changing === null && give("ignore")) said.set(hash, "ignore");
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
  const { kernel, exchange, answer, seen, open } = answeredDesk();
  const begun = { ...seen.draft, chosen: ["begun"] };
  seen.draft = begun;
  open();
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
  const { kernel, exchange, open } = answeredDesk();
  open();
  exchange.undo();
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["accept"]);
  assert.equal(exchange.task?.text, "text 1");
});

test("an earlier answer can be changed at the end, where no text is left", () => {
  const { kernel, exchange, answer, open } = answeredDesk({ count: 1 });
  assert.equal(exchange.task, null);
  open();
  answer("ignore");
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["ignore"]);
  assert.equal(exchange.task, null);
  assert.equal(exchange.waiting, false);
});

test("a kernel that moves on while an earlier answer is open is followed once that is left", () => {
  const { kernel, exchange, open } = answeredDesk();
  open();
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
  const page = answeredDesk({ storage, kernel });
  page.open();
  page.answer("reject");
  kernel.handlers.clear();
  kernel.inbox = [];
  const again = desk({ storage, kernel });
  while (kernel.step());
  assert.deepEqual(verdicts(kernel), ["reject"]);
  assert.equal(again.exchange.task?.text, "text 1");
});

test("the history shows what was found last, however late an earlier search is answered", () => {
  const { kernel, exchange, answer } = answeredDesk();
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
