import type { VirtualMachine } from '@azure/arm-compute';
import { type Endpoint, type Made, USER } from '../driver.ts';
import { failureOf } from './failures.ts';
import { addressId } from './interface.ts';
import type { Place } from './place.ts';
import { pollsFor } from './polls.ts';
import { failureIn, powerStateOf } from './state.ts';

/**
 * Azure tells in one call that a machine runs, and in another where; both are asked at once.
 * @throws SlipwayError `no-capacity` and others when Azure accepted to make or start the machine, and then could not
 */
export async function endpointOf(place: Place, made: Made): Promise<Endpoint | undefined> {
  if (made.instance === undefined) return undefined;
  const [vm, host] = await Promise.all([vmOf(place, made.instance), hostOf(place, made)]);
  if (!vm) return undefined;
  if (powerStateOf(vm) !== 'Running') {
    throwFailure(vm);
    return undefined;
  }
  const { user, key, enginePort } = place.settings;
  if (host === undefined) return undefined;
  const identity = key === undefined ? {} : { identity: { file: key } };
  return { host, sshPort: 22, sshUser: user ?? USER, enginePort, ...identity };
}

/** The machine with its state; undefined when Azure knows none. */
export async function vmOf({ clients, site }: Place, id: string): Promise<VirtualMachine | undefined> {
  return pollsFor(clients).machine(id, site.signal);
}

function throwFailure(vm: VirtualMachine): void {
  const failure = failureIn(vm);
  if (!failure) return;
  const error = Object.assign(new Error(failure.message), { code: failure.code, statusCode: 409 });
  throw failureOf(`start the virtual machine "${vm.name}"`, error);
}

async function hostOf(place: Place, made: Made): Promise<string | undefined> {
  return place.settings.reachedInPublic ? publicHost(place, made) : privateHost(place, made);
}

async function publicHost(place: Place, made: Made): Promise<string | undefined> {
  const id = addressId(place, made, 4);
  if (id === undefined) return undefined;
  const address = await pollsFor(place.clients).address(id, place.site.signal);
  return (place.settings.dnsLabel === undefined ? undefined : address?.dnsSettings?.fqdn) ?? address?.ipAddress;
}

async function privateHost(place: Place, made: Made): Promise<string | undefined> {
  if (made.interface === undefined) return undefined;
  const found = await pollsFor(place.clients).interface(made.interface, place.site.signal);
  return found?.ipConfigurations?.find(({ primary }) => primary)?.privateIPAddress;
}
