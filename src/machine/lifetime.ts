import type { Driver } from '../drivers/driver.ts';
import { durationText } from '../duration.ts';
import { SlipwayError } from '../errors.ts';
import { moveEnd, type Timer } from '../provision/index.ts';
import type { Machine } from '../store/machine.ts';
import type { Host } from './host.ts';

/** What `create` was told about when the machine goes, in seconds. */
export interface LifetimeRequest {
  readonly ttl?: number;
  readonly idle?: number;
}

/** @throws SlipwayError `bad-input` for a time in which no machine comes to be */
export function checkLifetime(request: LifetimeRequest): void {
  for (const flag of ['ttl', 'idle'] as const) {
    const given = request[flag];
    if (given === undefined || given >= LEAST) continue;
    throw new SlipwayError('bad-input', `--${flag} ${durationText(given)} is over before anybody can use the machine`, {
      hint: 'Give it a minute or more.',
    });
  }
}

/** In seconds. */
const LEAST = 60;

/** The part of the record that says when a machine created at this moment goes; empty for one that stays. */
export function lifetimeFrom(created: Date, { ttl, idle }: LifetimeRequest): Pick<Machine, 'lifetime'> {
  if (ttl === undefined && idle === undefined) return {};
  const ends = ttl === undefined ? {} : { ends: new Date(created.getTime() + ttl * 1000).toISOString() };
  return { lifetime: { ...ends, ...(idle === undefined ? {} : { idle }) } };
}

/** When the machine switches itself off; undefined for one that stays. */
export function timerOf({ name, created, lifetime }: Machine, { endsByItself }: Driver): Timer | undefined {
  if (!lifetime) return undefined;
  const seconds = (moment: string) => Math.floor(Date.parse(moment) / 1000);
  const { ends, idle } = lifetime;
  return {
    born: `${name}@${seconds(created)}`,
    ...(ends === undefined ? {} : { ends: seconds(ends) + (endsByItself ? PLACE_FIRST : 0) }),
    ...(idle === undefined ? {} : { idle }),
  };
}

/** A place that removes a machine at its end would leave one alone that is off already. In seconds. */
const PLACE_FIRST = 300;

/** For a run that was told nothing of it: one that dies without a word shall cost a day at most. */
export function lifetimeOfRun({ created, lifetime }: Machine): NonNullable<Machine['lifetime']> {
  return { ...lifetimeFrom(new Date(created), { ttl: RUN_TTL }).lifetime, ...lifetime };
}

/** How long a run may take that was told nothing of it, in seconds. */
export const RUN_TTL = 24 * 3600;

/** Makes the machine's own timer go by the end in the record. One that was off meanwhile has yet to hear of it. */
export async function tellHost(host: Host, machine: Machine, driver: Driver): Promise<void> {
  const timer = timerOf(machine, driver);
  if (timer?.ends !== undefined) await host.carryOut(moveEnd(timer));
}

/** @throws SlipwayError `failed` for a machine that would not stay on */
export function refuseOver(machine: Machine): void {
  const { name } = machine;
  if (!isOver(machine)) return;
  throw new SlipwayError('failed', `The time of "${name}" is over`, {
    hint: `Give it more first: slipway extend ${name} 1h. Or remove it: slipway rm ${name}`,
  });
}

export function isOver({ lifetime }: Machine): boolean {
  return lifetime?.ends !== undefined && Date.parse(lifetime.ends) <= Date.now();
}

/** What went wrong with a machine that switched itself off while it was made. */
export function overTooSoon({ name }: Machine, cause: unknown): SlipwayError {
  return new SlipwayError('failed', `The time of "${name}" was over before it was ready`, {
    cause,
    hint: 'Give it more: --ttl counts from the moment that the machine is asked for.',
  });
}

/** Somebody else's server is not ours to switch off. */
export function stays({ name }: Machine): SlipwayError {
  return new SlipwayError('bad-input', `--ttl and --idle switch a machine off, and the host of "${name}" is not ours`, {
    hint: 'Leave them away: slipway rm hands the host back as it was.',
  });
}
