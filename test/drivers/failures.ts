import { expect, test } from '@jest/globals';
import { type ErrorCode, sentenceOf } from '../../src/errors.ts';
import type { Answer, Cloud, Fault } from '../clouds/cloud.ts';
import type { TestMachine } from './machines.ts';

/** What is answered, what it is, and what is then said: its code, and words of the sentence. */
export type Told = readonly [what: string, fault: Fault, code: ErrorCode, sentence: RegExp];

/** A place that fails, as it words that itself. */
export interface Failing {
  cloud(): Cloud;
  newMachine(): Promise<TestMachine>;
  /** The call that makes the machine, as the server names it, and the one that removes it. */
  readonly makes: string;
  readonly removes: string;
  /** Answers to the former that only this place gives. */
  readonly told: readonly Told[];
  /** The place has trouble of its own. */
  readonly broken: Answer;
  /** It takes no more requests for now. */
  readonly tooFast: Answer;
  /** It is in the middle of something else with the machine that shall be removed. */
  readonly busy: Answer;
  /** What `left` tells of a machine that could not be removed. */
  readonly stays: string;
}

/** What a place that fails must be told of, waited for, or kept in mind, whatever the place. */
export function driverFailures(place: Failing): void {
  sentencesAreTold(place);
  patienceIsHad(place);
  removalIsTrue(place);
  waitsAreInterrupted(place);
}

function sentencesAreTold({ cloud, newMachine, makes, told, broken, tooFast }: Failing): void {
  const anywhere: Told[] = [
    ['too fast', after(tooFast, 3600), 'throttled', /no more requests/],
    ['broken', broken, 'refused', /trouble of its own/],
    ['broken on the way', { status: 502, body: '<html>Bad Gateway</html>' }, 'refused', /trouble of its own/],
    ['no answer', 'drop', 'refused', /could not be asked/],
  ];
  test.each([...told, ...anywhere])('%s', async (_, fault, code, sentence) => {
    const machine = await newMachine();
    cloud().intercept = ({ what }, when) => (what === makes && when === 'before' ? fault : undefined);
    const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
    await leavesNothing(cloud(), machine);
  });
}

/** With which it asks for so many seconds of patience. */
function after(answer: Answer, seconds: number): Answer {
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

async function leavesNothing(cloud: Cloud, machine: TestMachine): Promise<void> {
  cloud.intercept = () => undefined;
  await machine.destroy();
  expect(await cloud.left()).toEqual([]);
}

function patienceIsHad({ cloud, newMachine, makes, removes, tooFast, busy }: Failing): void {
  test('what passes is waited for, as told', async () => {
    const machine = await newMachine();
    const tries: number[] = [];
    cloud().intercept = ({ what }, when) => {
      if (what !== makes || when !== 'before') return undefined;
      tries.push(Date.now());
      return tries.length > 1 ? undefined : after(tooFast, 1);
    };
    await machine.make();
    expect(tries.length).toBe(2);
    expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThanOrEqual(990);
    await leavesNothing(cloud(), machine);
  });

  test('a machine with which the place is busy is waited for', async () => {
    const machine = await newMachine();
    await machine.make();
    let asked = 0;
    cloud().intercept = ({ what }, when) => {
      if (what !== removes || when !== 'before') return undefined;
      asked += 1;
      return asked > 2 ? undefined : busy;
    };
    await machine.destroy();
    expect(asked).toBe(3);
    expect(await cloud().left()).toEqual([]);
  });
}

function removalIsTrue({ cloud, newMachine, removes, broken, stays }: Failing): void {
  test('rm tells the truth: what fails is still there, and later goes', async () => {
    const machine = await newMachine();
    await machine.make();
    cloud().intercept = ({ what }) => (what === removes ? broken : undefined);
    await expect(machine.destroy()).rejects.toMatchObject({ code: 'refused' });
    expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining(stays)]));
    await leavesNothing(cloud(), machine);
  });
}

function waitsAreInterrupted({ cloud, newMachine, makes }: Failing): void {
  test('an interrupted wait ends at once', async () => {
    const machine = await newMachine();
    const stop = new AbortController();
    cloud().intercept = ({ what }, when) => {
      if (what === makes && when === 'after') stop.abort();
      return undefined;
    };
    await expect(machine.make({ signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
    await leavesNothing(cloud(), machine);
  });
}
