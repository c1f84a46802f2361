import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newVsphere } from '../../../src/drivers/vsphere/client.ts';
import { typed, type Xml, xml } from '../../../src/drivers/vsphere/xml.ts';
import { newMemory } from '../../../src/memory.ts';
import { certificate } from './certificate.ts';
import { startCloud, type VsphereCloud } from './index.ts';

let cloud: VsphereCloud;

beforeAll(async () => {
  cloud = await startCloud();
  Object.assign(process.env, cloud.env);
}, 60_000);

afterAll(() => cloud.close());

const setting = (type: string) => typed('extraConfig', type, [xml('key', 'a')]);

test.each<[string, Xml[], string[]]>([
  ['what is right', [xml('numCPUs', 2), xml('memoryMB', 64)], []],
  ['another order', [xml('memoryMB', 64), xml('numCPUs', 2)], ['numCPUs: it comes too late']],
  ['what it does not know', [xml('numCpu', 2)], ['numCpu: the schema has no such element']],
  ['what is there twice', [xml('numCPUs', 2), xml('numCPUs', 2)], ['numCPUs: it is there twice']],
  ['what is missing', [setting('OptionValue')], ['extraConfig: it has no value']],
  ['a type that there is not', [setting('Option')], ['extraConfig: the schema has no type "Option"']],
])('requests are judged by the vendor’s schema: %s', async (_, spec, wrong) => {
  const thumbprint = (await certificate()).thumbprint.replaceAll(':', '');
  const vsphere = newVsphere({ host: '127.0.0.1', port: cloud.port, thumbprint }, { memory: newMemory() });
  const before = cloud.complaints.length;
  const machine = { type: 'VirtualMachine', id: 'vm-1' };
  await vsphere.call('ReconfigVM_Task', machine, [xml('spec', spec)]).catch(() => undefined);
  expect(cloud.complaints.slice(before)).toEqual(wrong.map((each) => `ReconfigVM_Task/spec/${each}`));
});
