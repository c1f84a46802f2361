import assert from 'node:assert';
import type { Driver, DriverModule, Part } from '../../src/drivers/driver.ts';
import type { FlagValues } from '../../src/flags.ts';
import { waitFor } from '../../src/poll.ts';
import type { TestSite } from './site.ts';

export { newSite, type TestSite } from './site.ts';

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

/** Whatever runs the tests: jest's and vitest's globals are one, node:test's functions another. */
export interface Runner {
  describe(what: string, body: () => void): unknown;
  /** @param limit in milliseconds; not every runner has one */
  test(what: string, body: () => Promise<void> | void, limit?: number): unknown;
  beforeAll(body: () => Promise<void>): unknown;
  afterAll(body: () => Promise<void>, limit?: number): unknown;
}

const LIMIT = 120_000;

/**
 * What the core relies on, whatever the driver. Every driver's test runs this; `slipway/contract` exports it for those of
 * other packages.
 */
export function driverContract(subject: Subject, runner: Runner = globalThis as unknown as Runner): void {
  runner.describe(`the driver ${subject.name} keeps the contract`, () => {
    flagsAreWellFormed(subject, runner);
    valuesAreChecked(subject, runner);
    aMachineComesAndGoes(subject, runner);
    crashesAreSettled(subject, runner);
    powerIsSwitched(subject, runner);
  });
}

function flagsAreWellFormed({ name, module }: Subject, { test }: Runner): void {
  test('it says in one line what it is', () => {
    assert.match(module.summary, /^[^\n]{1,80}$/);
  });

  for (const [flag, spec] of Object.entries(module.flags)) {
    test(`the flag --${flag} is well formed`, () => {
      assert.match(flag, new RegExp(`^${name}-[a-z0-9]+(-[a-z0-9]+)*$`));
      assert.match(spec.summary, /^\S[^\n]*[^.\s]$/);
      assert.match(spec.env ?? '', /^[A-Z][A-Z0-9_]*$/);
      if (spec.multiple) assert.strictEqual(spec.kind, 'string');
      if (spec.default === undefined) return;
      assert.strictEqual(typeof spec.default, spec.kind === 'integer' ? 'number' : spec.kind);
      if (spec.choices) assert(spec.choices.includes(String(spec.default)), `${spec.default} is none of its choices`);
    });
  }
}

function valuesAreChecked({ module, good, bad, site }: Subject, { test }: Runner): void {
  test('it takes good values, and only looks at them', async () => {
    const { site: place, remove } = await site();
    const kinds = module.driver(good, place).parts.map(({ kind }) => kind);
    assert.deepEqual(kinds, [...new Set(kinds)]);
    await remove();
  });

  for (const [what, values] of Object.entries(bad)) {
    test(`it refuses ${what}`, async () => {
      const { site: place, remove } = await site();
      assert.throws(
        () => module.driver({ ...good, ...values }, place),
        (error) => (error as { code?: unknown }).code === 'bad-input',
      );
      await remove();
    });
  }

  test('check finds nothing against good values', async () => {
    const { site: place, remove } = await site();
    await module.driver(good, place).check?.();
    await remove();
  });
}

function aMachineComesAndGoes(subject: Subject, runner: Runner): void {
  const { describe, test } = runner;
  describe('a machine that is made and removed', () => {
    const machine = newMachine(subject, runner);

    test('has an endpoint only once it is made', async () => {
      if (machine.driver().parts.length > 0) assert.strictEqual(await machine.driver().endpoint({}), undefined);
      await machine.make();
      const { host, sshPort, sshUser, enginePort } = (await machine.driver().endpoint(machine.made)) ?? {};
      const types = [host, sshPort, sshUser, enginePort].map((each) => typeof each);
      assert.deepEqual(types, ['string', 'number', 'string', 'number']);
    });

    test('is found by its keys, and not by others', async () => {
      for (const part of machine.driver().parts) {
        assert.strictEqual(await part.find(machine.keyOf(part)), machine.made[part.kind]);
        assert.strictEqual(await part.find(`${machine.keyOf(part)}-not`), undefined);
      }
    });

    test('survives the removal of a machine that never was', async () => {
      const before = await subject.left(machine.place());
      for (const part of machine.driver().parts) await part.destroy(`${machine.keyOf(part)}-not`);
      assert.deepEqual(await subject.left(machine.place()), before);
    });

    test('leaves nothing when it is removed, and may be removed again', async () => {
      await machine.destroy();
      assert.deepEqual(await subject.left(machine.place()), []);
      await machine.destroy();
      for (const part of machine.driver().parts) assert.strictEqual(await part.find(machine.keyOf(part)), undefined);
      if (machine.driver().parts.length > 0)
        assert.strictEqual(await machine.driver().endpoint(machine.made), undefined);
    });
  });
}

function crashesAreSettled(subject: Subject, runner: Runner): void {
  const { describe, test } = runner;
  describe('a create whose answer was lost', () => {
    const machine = newMachine(subject, runner);

    test('is found by its key, part by part, and removed', async () => {
      for (const part of machine.driver().parts) {
        const id = await part.create(machine.keyOf(part), machine.made);
        assert.strictEqual(await part.find(machine.keyOf(part)), id);
        Object.assign(machine.made, { [part.kind]: id });
      }
      for (const part of [...machine.driver().parts].reverse()) {
        const found = await part.find(machine.keyOf(part));
        if (found !== undefined) await part.destroy(found);
      }
      assert.deepEqual(await subject.left(machine.place()), []);
    });
  });
}

function powerIsSwitched(subject: Subject, runner: Runner): void {
  const { describe, test } = runner;
  describe('its power', () => {
    const machine = newMachine(subject, runner);

    test(
      'goes off in an orderly way, on again, and off at once',
      async () => {
        const { power } = machine.driver();
        if (!power) return;
        await machine.make();
        await arrives('Running', machine);
        await power.stop(machine.made);
        assert.strictEqual(await power.state(machine.made), 'Stopped');
        assert.strictEqual(await machine.driver().endpoint(machine.made), undefined);
        await power.stop(machine.made);
        await power.start(machine.made);
        await arrives('Running', machine);
        assert.notStrictEqual(await machine.driver().endpoint(machine.made), undefined);
        await power.kill?.(machine.made);
        if (power.kill) assert.strictEqual(await power.state(machine.made), 'Stopped');
      },
      LIMIT,
    );

    test('is gone with the machine', async () => {
      const { power } = machine.driver();
      if (!power) return;
      await machine.destroy();
      assert.strictEqual(await power.state(machine.made), 'Gone');
      assert.deepEqual(await subject.left(machine.place()), []);
    });
  });
}

/** A machine for the tests of one `describe`; the driver is asked for anew each time, as each command does. */
function newMachine(subject: Subject, { beforeAll, afterAll }: Runner) {
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
