import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { newGate } from '../src/gate.ts';

/** A place that says no to what comes too soon. */
class Refusal extends Error {
  readonly after: number;
  constructor(after: number) {
    super('slow down');
    this.after = after;
  }
}

const pauseFor = (error: unknown) => (error instanceof Refusal ? error.after : undefined);

describe('a gate', () => {
  test('lets sixteen requests through at once, and all in the end', async () => {
    const gate = newGate({ pauseFor, patience: 1000 });
    let inside = 0;
    let most = 0;
    const request = async (n: number) => {
      most = Math.max(most, ++inside);
      await delay(5);
      inside--;
      return n;
    };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => gate.pass(() => request(n))));
    expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(most).toBe(16);
  });

  test('that one request was sent away from is shut for all, for as long as was said', async () => {
    const gate = newGate({ pauseFor, patience: 5000 });
    const sent: number[] = [];
    let opens = 0;
    const request = async () => {
      const n = sent.push(performance.now());
      await delay(2);
      if (n === 5) {
        opens = performance.now() + 400;
        throw new Refusal(400);
      }
    };
    await Promise.all(Array.from({ length: 40 }, () => gate.pass(request)));
    expect(sent).toHaveLength(41);
    expect(sent.filter((at) => at > opens - 399 && at < opens)).toEqual([]); // those before were on their way
  });

  test('is narrower after each refusal: a place that takes two at once refuses ever less', async () => {
    const gate = newGate({ pauseFor, patience: 60_000 });
    let inside = 0;
    let refused = 0;
    const request = async () => {
      if (inside >= 2) {
        refused++;
        throw new Refusal(20);
      }
      inside++;
      await delay(10);
      inside--;
    };
    await Promise.all(Array.from({ length: 60 }, () => gate.pass(request)));
    expect(refused).toBeLessThan(60);
  });

  test('has no more patience than told: who is held back by it hears why', async () => {
    const gate = newGate({ pauseFor, patience: 100 });
    const refusal = new Refusal(60_000);
    await expect(gate.pass(() => Promise.reject(refusal))).rejects.toBe(refusal);
    let asked = false;
    const next = gate.pass(async () => {
      asked = true;
    });
    await expect(next).rejects.toBe(refusal);
    expect(asked).toBe(false);
  });

  test('without patience asks once, and holds nobody back', async () => {
    const gate = newGate({ pauseFor, patience: 0 });
    await expect(gate.pass(() => Promise.reject(new Refusal(60_000)))).rejects.toThrow('slow down');
    expect(await gate.pass(async () => 'in')).toBe('in');
  });

  test('passes on every other error at once', async () => {
    const gate = newGate({ pauseFor, patience: 1000 });
    await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.pass(async () => 'in')).toBe('in');
  });

  test('is left by who is interrupted before it', async () => {
    const gate = newGate({ pauseFor, patience: 60_000 });
    const controller = new AbortController();
    const held = gate.pass(() => Promise.reject(new Refusal(30_000)), controller.signal);
    await delay(20);
    controller.abort();
    await expect(held).rejects.toMatchObject({ code: 'interrupted' });
  });
});
