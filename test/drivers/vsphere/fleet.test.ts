import { expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import type { TestMachine } from '../machines.ts';
import { newMachine, SMALL, useCloud } from './cloud.ts';

const cloud = useCloud();

test('the states of many are one question, whatever their number', async () => {
  const machines: TestMachine[] = [];
  for (let n = 0; n < 3; n += 1) machines.push(await newMachine());
  await Promise.all(machines.map((machine) => machine.make()));
  for (const machine of machines.slice(0, 2)) await machine.driver().power?.kill?.(machine.made);
  await cloud().console.vanish(machines[1]?.made.machine ?? '');
  const before = cloud().calls.length;
  const states = await vsphere.fleet?.states(SMALL, [...machines.map(({ made }) => made), {}]);
  expect(states).toEqual(['Stopped', 'Gone', 'Running', 'Gone']);
  const asked = cloud().calls.slice(before);
  expect(asked.map(({ what }) => what)).toEqual(['RetrieveServiceContent', 'Login', 'RetrievePropertiesEx', 'Logout']);
  for (const machine of machines) await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a survey finds every machine, with its labels and the id under which it can be removed', async () => {
  const machine = await newMachine();
  await machine.make();
  const found = (await vsphere.fleet?.survey(SMALL)) ?? [];
  expect(found).toMatchObject([
    { kind: 'machine', id: machine.made.machine, labels: { 'slipway-key': machine.keyOf('machine') } },
  ]);
  const removable = vsphere.fleet?.removable(SMALL, machine.place.site) ?? [];
  expect(removable.map(({ kind }) => kind)).toEqual(machine.driver().parts.map(({ kind }) => kind));
  await removable[0]?.destroy(machine.made.machine ?? '');
  expect(await cloud().left()).toEqual([]);
  expect(await vsphere.fleet?.survey(SMALL)).toEqual([]);
  await machine.place.remove();
});

test('a list of many pages is read to its end', async () => {
  const page = (token: string, name: string) => ({
    status: 200,
    body: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Response><returnval>${token}<objects><obj type="VirtualMachine">vm-${name}</obj><propSet><name>name</name><val>slipway-0123abcd-${name}-01234567</val></propSet></objects></returnval></Response></e:Body></e:Envelope>`,
  });
  const tokens: string[] = [];
  cloud().intercept = ({ what }, when) => {
    if (when !== 'before') return undefined;
    if (what === 'RetrievePropertiesEx') return page('<token>more</token>', 'one');
    if (what !== 'ContinueRetrievePropertiesEx') return undefined;
    tokens.push(what);
    return page('', 'two');
  };
  const found = (await vsphere.fleet?.survey(SMALL)) ?? [];
  expect(found.map(({ id, labels }) => [id, labels['slipway-machine']])).toEqual([
    ['vm-one', 'one'],
    ['vm-two', 'two'],
  ]);
  expect(tokens).toHaveLength(1);
});
