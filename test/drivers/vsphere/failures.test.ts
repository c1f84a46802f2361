import { expect, test } from '@jest/globals';
import { failedTask, faultAnswer } from '../../clouds/vsphere/faults.ts';
import { driverFailures } from '../failures.ts';
import { newMachine, useCloud, withMachine } from './cloud.ts';

const cloud = useCloud();

const XML = { 'content-type': 'text/xml' };

driverFailures({
  cloud,
  newMachine,
  makes: 'CloneVM_Task',
  removes: 'Destroy_Task',
  told: [
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
    ['starting', { status: 503, body: '503 Service Unavailable' }, 'refused', /trouble of its own/],
    ['forbidden on the way', { status: 403, body: '<html>' }, 'denied', /does not let us/],
    ['not a vSphere', { status: 404, body: '' }, 'bad-input', /no vSphere at that address/],
    [
      'half an answer',
      { status: 200, headers: XML, body: '<?xml version="1.0"?><soapenv:Envelope><soapenv:Bo' },
      'refused',
      /could not be asked/,
    ],
  ],
  broken: faultAnswer('SystemError', '<reason></reason>'),
  tooFast: { status: 429, body: '' },
  busy: faultAnswer('TaskInProgress', '<task type="Task">task-1</task>'),
  stays: '(poweredOff)',
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
