import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Driver, DriverModule, Part } from '../../src/drivers/driver.ts';
import type { FlagValues } from '../../src/flags.ts';
import { waitFor } from '../../src/poll.ts';
import type { TestSite } from './site.ts';

/** One driver, as the contract wants to see it. */
export interface Subject {
  readonly name: string;
  readonly module: DriverModule;
  /** Flags with which a machine can be made here. */
  readonly good: FlagValues;
  /** Flags that must be refused, by what is wrong with them. */
  readonly bad: Readonly<Record<string, FlagValues>>;
  /** A place for one machine's files, and whatever the driver needs around it. */
  site(): Promise<TestSite>;
  /** All that there is of this machine outside: processes, files, ports, bills. Empty when nothing is left. */
  left(site: TestSite): Promise<string[]>;
}

const LIMIT = 120_000;

/** What the core relies on, whatever the driver. Every driver's test runs this. */
export function driverContract(subject: Subject): void {
  describe(`the driver ${subject.name} keeps the contract`, () => {
    flagsAreWellFormed(subject);
    valuesAreChecked(subject);
    aMachineComesAndGoes(subject);
    crashesAreSettled(subject);
    powerIsSwitched(subject);
  });
}

function flagsAreWellFormed({ name, module }: Subject): void {
  test('it says in one line what it is', () => {
    expect(module.summary).toMatch(/^[^\n]{1,80}$/);
  });

  test.each(Object.entries(module.flags))('the flag --%s is well formed', (flag, spec) => {
    expect(flag).toMatch(new RegExp(`^${name}-[a-z0-9]+(-[a-z0-9]+)*$`));
    expect(spec.summary).toMatch(/^\S[^\n]*[^.\s]$/);
    expect(spec.env).toMatch(/^[A-Z][A-Z0-9_]*$/);
    if (spec.multiple) expect(spec.kind).toBe('string');
    if (spec.default !== undefined) expect(typeof spec.default).toBe(spec.kind === 'integer' ? 'number' : spec.kind);
    if (spec.default !== undefined && spec.choices) expect(spec.choices).toContain(spec.default);
  });
}

function valuesAreChecked({ module, good, bad, site }: Subject): void {
  test('it takes good values, and only looks at them', async () => {
    const { site: place, remove } = await site();
    expect(module.driver(good, place).parts.map(({ kind }) => kind)).toEqual([
      ...new Set(module.driver(good, place).parts.map(({ kind }) => kind)),
    ]);
    await remove();
  });

  test.each(Object.entries(bad))('it refuses %s', async (_, values) => {
    const { site: place, remove } = await site();
    expect(() => module.driver({ ...good, ...values }, place)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    await remove();
  });

  test('check finds nothing against good values', async () => {
    const { site: place, remove } = await site();
    await module.driver(good, place).check?.();
    await remove();
  });
}

function aMachineComesAndGoes(subject: Subject): void {
  describe('a machine that is made and removed', () => {
    const machine = newMachine(subject);

    test('has an endpoint only once it is made', async () => {
      if (machine.driver().parts.length > 0) expect(await machine.driver().endpoint({})).toBeUndefined();
      await machine.make();
      expect(await machine.driver().endpoint(machine.made)).toMatchObject({
        host: expect.any(String),
        sshPort: expect.any(Number),
        sshUser: expect.any(String),
        enginePort: expect.any(Number),
      });
    });

    test('is found by its keys, and not by others', async () => {
      for (const part of machine.driver().parts) {
        expect(await part.find(machine.keyOf(part))).toBe(machine.made[part.kind]);
        expect(await part.find(`${machine.keyOf(part)}-not`)).toBeUndefined();
      }
    });

    test('survives the removal of a machine that never was', async () => {
      const before = await subject.left(machine.place());
      for (const part of machine.driver().parts) await part.destroy(`${machine.keyOf(part)}-not`);
      expect(await subject.left(machine.place())).toEqual(before);
    });

    test('leaves nothing when it is removed, and may be removed again', async () => {
      await machine.destroy();
      expect(await subject.left(machine.place())).toEqual([]);
      await machine.destroy();
      for (const part of machine.driver().parts) expect(await part.find(machine.keyOf(part))).toBeUndefined();
      if (machine.driver().parts.length > 0) expect(await machine.driver().endpoint(machine.made)).toBeUndefined();
    });
  });
}

function crashesAreSettled(subject: Subject): void {
  describe('a create whose answer was lost', () => {
    const machine = newMachine(subject);

    test('is found by its key, part by part, and removed', async () => {
      for (const part of machine.driver().parts) {
        const id = await part.create(machine.keyOf(part), machine.made);
        expect(await part.find(machine.keyOf(part))).toBe(id);
        Object.assign(machine.made, { [part.kind]: id });
      }
      for (const part of [...machine.driver().parts].reverse()) {
        const found = await part.find(machine.keyOf(part));
        if (found !== undefined) await part.destroy(found);
      }
      expect(await subject.left(machine.place())).toEqual([]);
    });
  });
}

function powerIsSwitched(subject: Subject): void {
  describe('its power', () => {
    const machine = newMachine(subject);

    test(
      'goes off in an orderly way, on again, and off at once',
      async () => {
        const { power } = machine.driver();
        if (!power) return;
        await machine.make();
        await arrives('Running', machine);
        await power.stop(machine.made);
        expect(await power.state(machine.made)).toBe('Stopped');
        expect(await machine.driver().endpoint(machine.made)).toBeUndefined();
        await power.stop(machine.made);
        await power.start(machine.made);
        await arrives('Running', machine);
        expect(await machine.driver().endpoint(machine.made)).toBeDefined();
        await power.kill?.(machine.made);
        if (power.kill) expect(await power.state(machine.made)).toBe('Stopped');
      },
      LIMIT,
    );

    test('is gone with the machine', async () => {
      const { power } = machine.driver();
      if (!power) return;
      await machine.destroy();
      expect(await power.state(machine.made)).toBe('Gone');
      expect(await subject.left(machine.place())).toEqual([]);
    });
  });
}

/** A machine for the tests of one `describe`; the driver is asked for anew each time, as each command does. */
function newMachine(subject: Subject) {
  let place: TestSite | undefined;
  const made: Record<string, string> = {};
  const there = () => {
    if (!place) throw new Error('the machine is there only while tests run');
    return place;
  };
  const driver = (): Driver => subject.module.driver(subject.good, there().site);
  const keyOf = (part: Part) => `slipway-contract-${there().site.machine}-${part.kind}`;
  const destroy = async () => {
    for (const part of [...driver().parts].reverse()) await part.destroy(made[part.kind] ?? keyOf(part));
  };
  beforeAll(async () => {
    place = await subject.site();
  });
  afterAll(async () => {
    await destroy();
    await there().remove();
  }, LIMIT);
  return {
    place: there,
    driver,
    keyOf,
    destroy,
    made,
    async make() {
      for (const part of driver().parts) made[part.kind] = await part.create(keyOf(part), made);
    },
  };
}

async function arrives(state: string, machine: ReturnType<typeof newMachine>): Promise<void> {
  await waitFor({ what: `the state ${state}`, limit: 60_000 }, async () =>
    (await machine.driver().power?.state(machine.made)) === state ? true : undefined,
  );
}
