import { expect, test } from '@jest/globals';
import { turns } from '../src/turns.ts';

test('so many are in at once, and the others come in their order', async () => {
  const room = turns(2);
  const came: number[] = [];
  const leaves: (() => void)[] = [];
  const all = [0, 1, 2, 3].map(async (n) => {
    leaves[n] = await room.enter();
    came.push(n);
  });
  await Promise.all(all.slice(0, 2));
  expect(came).toEqual([0, 1]);
  leaves[1]?.();
  await all[2];
  expect(came).toEqual([0, 1, 2]);
  leaves[0]?.();
  await all[3];
  expect(room.idle).toBe(false);
  leaves[2]?.();
  leaves[3]?.();
  expect(room.idle).toBe(true);
});

test('whoever leaves twice makes room for one', async () => {
  const room = turns(1);
  const leave = await room.enter();
  leave();
  leave();
  await room.enter();
  let second = false;
  void room.enter().then(() => {
    second = true;
  });
  await new Promise((done) => setTimeout(done, 10));
  expect(second).toBe(false);
});

test('room that is made smaller is used less, and larger again at once by the next who leaves', async () => {
  const room = turns(2);
  const [first, second] = [await room.enter(), await room.enter()];
  room.most = 1;
  let third = false;
  const waiting = room.enter().then((leave) => {
    third = true;
    return leave;
  });
  first();
  await new Promise((done) => setTimeout(done, 10));
  expect(third).toBe(false);
  second();
  (await waiting)();
  expect(room.idle).toBe(true);
});

test('who is interrupted leaves the line, and takes nobody their turn', async () => {
  const room = turns(1);
  const leave = await room.enter();
  const controller = new AbortController();
  const given = room.enter(controller.signal);
  const next = room.enter();
  controller.abort();
  await expect(given).rejects.toMatchObject({ code: 'interrupted' });
  await expect(room.enter(controller.signal)).rejects.toMatchObject({ code: 'interrupted' });
  leave();
  (await next)();
  expect(room.idle).toBe(true);
});
