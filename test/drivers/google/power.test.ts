import type { compute_v1 } from '@googleapis/compute/build/v1.js';
import { expect, test } from '@jest/globals';
import { useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

test('an address that passes is another after stop and start, a static one is the same', async () => {
  for (const isStatic of [false, true]) {
    await withMachine({ 'google-static-address': isStatic }, async ({ driver, made }) => {
      const before = await driver().endpoint(made);
      await driver().power?.stop(made);
      await driver().power?.start(made);
      const after = await driver().endpoint(made);
      expect(after?.host === before?.host).toBe(isStatic);
      expect(after?.names).toEqual(before?.names);
    });
  }
});

test('a private machine is reached by its internal address', async () => {
  for (const flag of ['google-use-internal-ip', 'google-use-internal-ip-only']) {
    await withMachine({ [flag]: true }, async ({ driver, made, keyOf }) => {
      const [instance] = cloud().world.all(new RegExp(`/instances/${keyOf('instance')}$`));
      const { networkInterfaces } = instance as unknown as compute_v1.Schema$Instance;
      const card = networkInterfaces?.[0];
      expect(await driver().endpoint(made)).toMatchObject({ host: card?.networkIP, names: [] });
      expect(card?.accessConfigs === undefined).toBe(flag.endsWith('only'));
    });
  }
});

test('what goes through is told apart', async () => {
  await withMachine({}, async ({ driver, made, keyOf }) => {
    const { power } = driver();
    const [instance] = cloud().world.all(new RegExp(`/instances/${keyOf('instance')}$`));
    const states: Record<string, string | undefined> = {};
    for (const status of ['PROVISIONING', 'STAGING', 'RUNNING', 'STOPPING', 'TERMINATED', 'SUSPENDING', 'REPAIRING']) {
      Object.assign(instance ?? {}, { status });
      states[status] = await power?.state(made);
      if (status !== 'RUNNING') expect(await driver().endpoint(made)).toBeUndefined();
    }
    expect(states).toEqual({
      PROVISIONING: 'Starting',
      STAGING: 'Starting',
      RUNNING: 'Running',
      STOPPING: 'Stopping',
      TERMINATED: 'Stopped',
      SUSPENDING: 'Stopping',
      REPAIRING: 'Starting',
    });
  });
});

test('a machine that was suspended goes on', async () => {
  await withMachine({}, async ({ driver, made, keyOf }) => {
    const [instance] = cloud().world.all(new RegExp(`/instances/${keyOf('instance')}$`));
    Object.assign(instance ?? {}, { status: 'SUSPENDED' });
    expect(await driver().power?.state(made)).toBe('Stopped');
    await driver().power?.start(made);
    expect(await driver().power?.state(made)).toBe('Running');
    expect(cloud().calls.at(-2)?.what).not.toBe('instances.start');
  });
});

test('what it wrote to its console can be read', async () => {
  await withMachine({}, async ({ driver, made }) => {
    expect(await driver().console?.(made)).toContain('login:');
    expect(await driver().console?.({})).toBeUndefined();
  });
});

test('there is nothing to start where nothing was made', async () => {
  await withMachine({}, async ({ driver }) => {
    await expect(driver().power?.start({})).rejects.toMatchObject({ code: 'not-found' });
    expect(await driver().power?.state({})).toBe('Gone');
  });
});
