import { gunzipSync } from 'node:zlib';
import type { Guest, NewGuest } from '../guests.ts';
import type { Simulator, Thing } from './simulator.ts';

/** Real machines behind the simulated ones. */
export interface Guests {
  /** Does to the real machine what a request asks for, in its order with what the simulator does. */
  around<T>(method: string, id: string, carryOut: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

const STARTS = ['PowerOnVM_Task'];
const STOPS = ['PowerOffVM_Task', 'ShutdownGuest'];
const RESTARTS = ['ResetVM_Task', 'RebootGuest'];

export function newGuests(simulator: Simulator, newGuest: NewGuest): Guests {
  const guests = new Map<string, Guest>();
  const thing = async (id: string) => (await simulator.there()).find(({ Id }) => Id === id);
  const start = async (id: string) => {
    const machine = await thing(id);
    if (machine === undefined) return;
    const guest = guests.get(id);
    if (guest) await guest.start([machine.Address]);
    else guests.set(id, await newGuest(userDataOf(machine), [machine.Address]));
  };
  return {
    async around(method, id, carryOut) {
      const guest = guests.get(id);
      if (STOPS.includes(method) || RESTARTS.includes(method)) await guest?.stop();
      if (method === 'Destroy_Task') await guest?.remove();
      const done = await carryOut();
      if (STARTS.includes(method) || RESTARTS.includes(method)) await start(id);
      if (method === 'Destroy_Task') guests.delete(id);
      return done;
    },
    async remove() {
      await Promise.all([...guests.values()].map((guest) => guest.remove()));
    },
  };
}

function userDataOf({ Extra }: Thing): string {
  const data = Buffer.from(Extra['guestinfo.userdata'] ?? '', 'base64');
  return (Extra['guestinfo.userdata.encoding'] === 'gzip+base64' ? gunzipSync(data) : data).toString();
}
