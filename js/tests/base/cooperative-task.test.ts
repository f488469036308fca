import assert from "node:assert/strict";
import { test } from "node:test";
import { CooperativeTask } from "../../src/base/cooperative-task.ts";
import { FakeClock } from "../support/clock.ts";

/** Steps of which each takes so many milliseconds. */
function start(each = 3) {
  const queue = new FakeClock();
  const closing = new AbortController();
  let time = 0;
  const task = new CooperativeTask<string>(closing.signal, queue, () => time);
  const heard: unknown[] = [];
  function* steps(name: string, n: number): Generator<number, string> {
    for (let k = 1; k <= n; k += 1) {
      time += each;
      yield k;
    }
    return name;
  }
  const begin = (name: string, n: number) =>
    task.start(
      steps(name, n),
      (result) => heard.push(result),
      (last) => heard.push(last),
    );
  return { queue, closing, task, heard, begin };
}

test("is done in stretches, between which others have their turn", () => {
  const { queue, task, heard, begin } = start();
  begin("a", 7);
  assert.ok(task.isRunning);
  assert.deepEqual(heard, []);
  queue.strikeOnce();
  assert.deepEqual(heard, [2]);
  queue.drain();
  assert.deepEqual(heard, [2, 4, 6, "a"]);
  assert.ok(!task.isRunning);
});

test("the latest wins, and of the one before nothing is heard", () => {
  const { queue, heard, begin } = start();
  begin("a", 9);
  queue.strikeOnce();
  begin("b", 1);
  queue.drain();
  assert.deepEqual(heard, [2, "b"]);
});

test("stopped or closed it leaves nothing behind", () => {
  for (const end of ["stop", "abort"] as const) {
    const { queue, closing, task, heard, begin } = start();
    begin("a", 9);
    queue.strikeOnce();
    if (end === "stop") task.stop();
    else closing.abort();
    assert.deepEqual([queue.waiting, task.isRunning, heard], [0, false, [2]]);
  }
});

test("after the end nothing is begun", () => {
  const { queue, closing, heard, begin } = start();
  closing.abort();
  begin("a", 2);
  assert.deepEqual([queue.waiting, heard], [0, []]);
});

test("what is done may begin the next, and what goes on may stop it", () => {
  const queue = new FakeClock();
  const task = new CooperativeTask<number>(new AbortController().signal, queue, () => 0);
  const heard: number[] = [];
  const one = () => [][Symbol.iterator]() as unknown as Iterator<unknown, number>;
  task.start(
    one(),
    () =>
      task.start(
        one(),
        () => heard.push(2),
        () => {},
      ),
    () => {},
  );
  queue.drain();
  assert.deepEqual(heard, [2]);
  let now = 0;
  const slow = new CooperativeTask<number>(new AbortController().signal, queue, () => (now += 9));
  function* endless(): Generator<number, number> {
    for (;;) yield 1;
  }
  slow.start(
    endless(),
    () => {},
    () => slow.stop(),
  );
  queue.drain();
  assert.ok(!slow.isRunning);
});
