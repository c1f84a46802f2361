import { expect, test } from '@jest/globals';
import hetzner from '../../../src/drivers/hetzner/index.ts';
import { jsonBlocks } from '../policy.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

test('a token that may only read is enough for what the page says, and for nothing that makes something', async () => {
  const machine = await newMachine();
  await machine.make();
  const { HCLOUD_TOKEN: writer } = process.env;
  process.env.HCLOUD_TOKEN = cloud().reader;
  const enough: Readonly<Record<string, () => Promise<unknown> | undefined>> = {
    ls: () => hetzner.fleet?.states(SMALL, [machine.made]),
    status: () => machine.driver().power?.state(machine.made),
    'create --dry-run': async () => {
      await machine.driver().check?.();
      return machine.driver().plan?.();
    },
    'gc --dry-run': () => hetzner.fleet?.survey(SMALL),
  };
  expect(jsonBlocks('hetzner')).toEqual([Object.keys(enough)]);
  for (const ask of Object.values(enough)) expect(await ask()).toBeDefined();
  const another = await newMachine();
  await expect(another.make()).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining('"Read"') });
  await expect(machine.destroy()).rejects.toMatchObject({ code: 'denied' });
  process.env.HCLOUD_TOKEN = writer;
  await another.place.remove();
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
