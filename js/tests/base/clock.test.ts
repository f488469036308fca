import assert from "node:assert/strict";
import { test } from "node:test";
import { Timer, taskClock } from "../../src/base/clock.ts";
import { FakeClock } from "../support/clock.ts";

test("callbacks run in the order they were set, none before the task at hand has ended", async () => {
  const heard: string[] = [];
  const done = new Promise<void>((resolve) => {
    taskClock.set(() => heard.push("a"), 0);
    taskClock.set(() => {
      heard.push("b");
      resolve();
    }, 0);
  });
  heard.push("now");
  await done;
  assert.deepEqual(heard, ["now", "a", "b"]);
});

test("what was cleared never runs, and what has run can be cleared", async () => {
  const heard: string[] = [];
  const cleared = taskClock.set(() => heard.push("cleared"), 0);
  taskClock.clear(cleared);
  let ran = 0;
  await new Promise<void>((resolve) => {
    ran = taskClock.set(resolve, 0);
  });
  taskClock.clear(ran);
  assert.deepEqual(heard, []);
});

test("between two callbacks other tasks have their turn", async () => {
  const turns = 2000;
  let [run, others] = [0, 0];
  const other = () => {
    others += 1;
    if (run < turns) setTimeout(other);
  };
  setTimeout(other);
  await new Promise<void>((resolve) => {
    const again = () => {
      run += 1;
      if (run < turns) taskClock.set(again, 0);
      else resolve();
    };
    taskClock.set(again, 0);
  });
  assert.ok(others > 1, `${others} other tasks in ${turns} turns`);
});

test("a timer runs its callback once, and is no longer set by then", () => {
  const clock = new FakeClock();
  const timer = new Timer(clock);
  const heard: boolean[] = [];
  timer.set(() => heard.push(timer.isSet), 5);
  assert.ok(timer.isSet);
  clock.drain();
  assert.deepEqual([heard, timer.isSet], [[false], false]);
});

test("a timer set again or cleared forgets what it was set for", () => {
  const clock = new FakeClock();
  const timer = new Timer(clock);
  const heard: string[] = [];
  timer.set(() => heard.push("first"), 5);
  timer.set(() => heard.push("second"), 5);
  assert.equal(clock.waiting, 1);
  clock.drain();
  timer.set(() => heard.push("third"), 5);
  timer.clear();
  timer.clear();
  assert.deepEqual([heard, clock.waiting, timer.isSet], [["second"], 0, false]);
});
