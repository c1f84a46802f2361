import { durationText } from '../../duration.ts';
import type { Holder } from '../../store/lock.ts';

export const PROTECTED = 'it is protected';

/** Clocks differ, and the machine's own timer shall come first; in milliseconds. */
const MARGIN = 5 * 60_000;

/** Whether this moment (ISO 8601) is well past. */
export function isOver(ends: string | undefined): boolean {
  return ends !== undefined && Date.now() > Date.parse(ends) + MARGIN;
}

/** In how much time another store may still come to make the rest of a machine, in milliseconds. */
const BEING_MADE = 60 * 60_000;

/** Whether what was made at this moment (ISO 8601) is not being made any more. */
export function isOld(created: string | undefined): boolean {
  return created !== undefined && Date.now() > Date.parse(created) + BEING_MADE;
}

export function overSince(ends = ''): string {
  return `its time was over ${durationText((Date.now() - Date.parse(ends)) / 1000)} ago`;
}

export function madeBy(run: string): string {
  return `the run "${run}" made it`;
}

export function busy({ pid, command }: Holder): string {
  return `process ${pid} ("${command}") works on it`;
}

/** Seconds since 1970, as labels say a moment, in ISO 8601; undefined for what says none. */
export function momentOf(seconds: string | undefined): string | undefined {
  return seconds !== undefined && /^\d{1,11}$/.test(seconds)
    ? new Date(Number(seconds) * 1000).toISOString()
    : undefined;
}
