import { expect, test } from '@jest/globals';
import vsphere from '../../../src/drivers/vsphere/index.ts';
import { sentenceOf } from '../../../src/errors.ts';
import { failedTask, faultAnswer } from '../../clouds/vsphere/faults.ts';
import { newMachine, SMALL, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

const XML = { 'content-type': 'text/xml' };

test.each([
  [
    'not allowed',
    faultAnswer('NoPermission', '<privilegeId>VirtualMachine.Provisioning.Clone</privilegeId>'),
    'denied',
    /"VirtualMachine\.Provisioning\.Clone"/,
  ],
  ['a password that is wrong', faultAnswer('InvalidLogin'), 'no-credentials', /user and password/],
  ['an ESXi without a licence', faultAnswer('RestrictedVersion'), 'denied', /licence/],
  ['no resources', faultAnswer('InsufficientResourcesFault'), 'no-capacity', /no room/],
  ['no memory', faultAnswer('InsufficientMemoryResourcesFault'), 'no-capacity', /no room/],
  ['no space', faultAnswer('NoDiskSpace'), 'no-capacity', /no room/],
  ['a host that is away', faultAnswer('HostNotConnected'), 'no-capacity', /not connected/],
  [
    'not valid',
    faultAnswer('InvalidArgument', '<invalidProperty>spec.location</invalidProperty>'),
    'bad-input',
    /"spec\.location"/,
  ],
  ['not supported', faultAnswer('NotSupported'), 'bad-input', /does not take/],
  ['not there', faultAnswer('ManagedObjectNotFound'), 'not-found', /knows no such thing/],
  ['new to us', faultAnswer('SomethingNew'), 'refused', /"SomethingNew"/],
  ['of trouble', faultAnswer('SystemError', '<reason></reason>'), 'refused', /trouble of its own/],
  ['starting', { status: 503, body: '503 Service Unavailable' }, 'refused', /trouble of its own/],
  ['too fast', { status: 429, headers: { 'retry-after': '3600' }, body: '' }, 'throttled', /no more requests/],
  ['forbidden on the way', { status: 403, body: '<html>' }, 'denied', /does not let us/],
  ['not a vSphere', { status: 404, body: '' }, 'bad-input', /no vSphere at that address/],
  [
    'half an answer',
    { status: 200, headers: XML, body: '<?xml version="1.0"?><soapenv:Envelope><soapenv:Bo' },
    'refused',
    /could not be asked/,
  ],
  ['no answer', 'drop' as const, 'refused', /could not be asked/],
])('%s', async (_, fault, code, sentence) => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) => (what === 'CloneVM_Task' && when === 'before' ? fault : undefined);
  const error: unknown = await machine.make().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect(sentenceOf(error)).not.toMatch(/undefined|\[object/);
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('a task that fails says why', async () => {
  const machine = await newMachine();
  cloud().intercept = ({ what }, when) =>
    what === 'RetrievePropertiesEx' && when === 'after' && asksOfTask()
      ? failedTask(asksOfTask(), 'NoDiskSpace')
      : undefined;
  await expect(machine.make()).rejects.toMatchObject({ code: 'no-capacity' });
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

function asksOfTask(): string {
  return /<obj type="Task">([^<]*)</.exec(cloud().asked.at(-1)?.body ?? '')?.[1] ?? '';
}

test('a session that the server has forgotten is begun anew', async () => {
  const forgotten = new Set<string>();
  cloud().intercept = ({ what }, when) => {
    if (when !== 'before' || what === 'Login' || forgotten.has(what)) return undefined;
    forgotten.add(what);
    return ['CloneVM_Task', 'PowerOnVM_Task'].includes(what) ? faultAnswer('NotAuthenticated') : undefined;
  };
  await withMachine({}, async ({ made, driver }) => {
    expect([...forgotten]).toEqual(expect.arrayContaining(['CloneVM_Task', 'PowerOnVM_Task']));
    expect(await driver().power?.state(made)).toBe('Running');
  });
});

test('what passes is waited for, as told', async () => {
  const tries: number[] = [];
  cloud().intercept = ({ what }, when) => {
    if (what !== 'CloneVM_Task' || when !== 'before') return undefined;
    tries.push(Date.now());
    return tries.length > 1 ? undefined : { status: 429, headers: { 'retry-after': '1' }, body: '' };
  };
  await withMachine({}, async () => undefined);
  expect(tries.length).toBe(2);
  expect((tries[1] ?? 0) - (tries[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

test('a machine with which vSphere is busy is waited for', async () => {
  let asked = 0;
  cloud().intercept = ({ what }, when) => {
    if (what !== 'Destroy_Task' || when !== 'before') return undefined;
    asked += 1;
    return asked > 2 ? undefined : faultAnswer('TaskInProgress', '<task type="Task">task-1</task>');
  };
  await withMachine({}, async () => undefined);
  expect(asked).toBe(3);
  expect(await cloud().left()).toEqual([]);
});

test('rm tells the truth: what fails is still there, and later goes', async () => {
  const machine = await newMachine();
  await machine.make();
  cloud().intercept = ({ what }) => (what === 'Destroy_Task' ? faultAnswer('SystemError') : undefined);
  await expect(machine.destroy()).rejects.toMatchObject({ code: 'refused' });
  expect(await cloud().left()).toEqual(expect.arrayContaining([expect.stringContaining('(poweredOff)')]));
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});

test('an interrupted wait ends at once', async () => {
  const machine = await newMachine();
  const stop = new AbortController();
  cloud().intercept = ({ what }, when) => {
    if (what === 'CloneVM_Task' && when === 'after') stop.abort();
    return undefined;
  };
  const driver = vsphere.driver(SMALL, { ...machine.place.site, signal: stop.signal });
  await expect(driver.parts[0]?.create(machine.keyOf('machine'), {})).rejects.toMatchObject({ code: 'interrupted' });
  cloud().intercept = () => undefined;
  await machine.destroy();
  expect(await cloud().left()).toEqual([]);
});
