import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";
import { createBinder } from "../../src/ui/bind.ts";

/** Frames that come when the test says so. */
function frames() {
  const due = new Map<number, () => void>();
  let last = 0;
  const requestAnimationFrame = (task: () => void) => {
    last += 1;
    due.set(last, task);
    return last;
  };
  const cancelAnimationFrame = (id: number) => due.delete(id);
  Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame });
  const pass = () => {
    const tasks = [...due.values()];
    due.clear();
    for (const task of tasks) task();
  };
  return { pass, due };
}

function start() {
  const { pass, due } = frames();
  const closing = new AbortController();
  const seen = { is: true };
  const binder = createBinder(() => seen.is, closing.signal);
  const [theta, epsilon] = [signal(0), signal(0.5)];
  const drawn: unknown[] = [];
  return { pass, due, closing, seen, binder, theta, epsilon, drawn };
}

test("what has changed is drawn in the next frame, once, and as it then is", () => {
  const { binder, pass, theta, drawn } = start();
  binder.bind(
    () => ({ theta: theta.value }),
    (props) => drawn.push(props.theta),
  );
  assert.deepEqual(drawn, []);
  pass();
  theta.value = 1;
  theta.value = 2;
  assert.deepEqual(drawn, [0]);
  pass();
  pass();
  assert.deepEqual(drawn, [0, 2]);
});

test("only parts that need what has changed are drawn, in the order they were bound", () => {
  const { binder, pass, theta, epsilon, drawn } = start();
  const bind = (name: string, read: () => object) => binder.bind(read, () => drawn.push(name));
  bind("both", () => ({ theta: theta.value, epsilon: epsilon.value }));
  bind("ε", () => ({ epsilon: epsilon.value }));
  bind("sign", () => ({ positive: theta.value > 0, list: [1, 2] }));
  pass();
  drawn.length = 0;
  theta.value = -1;
  pass();
  assert.deepEqual(drawn, ["both"]);
  epsilon.value = 0.2;
  theta.value = 1;
  pass();
  assert.deepEqual(drawn, ["both", "both", "ε", "sign"]);
});

test("what goes and comes back before the frame is drawn: a control may show the other", () => {
  const { binder, pass, theta, drawn } = start();
  binder.bind(
    () => ({ theta: theta.value }),
    ({ theta }) => drawn.push(theta),
  );
  pass();
  theta.value = 1;
  theta.value = 0;
  pass();
  assert.deepEqual(drawn, [0, 0]);
});

test("what nobody sees is drawn once it is seen", () => {
  const { binder, pass, seen, theta, drawn } = start();
  seen.is = false;
  binder.bind(
    () => ({ theta: theta.value }),
    ({ theta }) => drawn.push(theta),
  );
  binder.now();
  theta.value = 1;
  pass();
  assert.deepEqual(drawn, []);
  seen.is = true;
  binder.soon();
  pass();
  assert.deepEqual(drawn, [1]);
});

test("at once instead of in the next frame", () => {
  const { binder, pass, theta, drawn } = start();
  binder.bind(
    () => ({ theta: theta.value }),
    ({ theta }) => drawn.push(theta),
  );
  binder.now();
  pass();
  assert.deepEqual(drawn, [0]);
});

test("after the view nothing is drawn, and no frame is asked for", () => {
  const { binder, pass, due, closing, theta, drawn } = start();
  binder.bind(
    () => ({ theta: theta.value }),
    ({ theta }) => drawn.push(theta),
  );
  theta.value = 1;
  closing.abort();
  theta.value = 2;
  assert.equal(due.size, 0);
  pass();
  assert.deepEqual(drawn, []);
});
