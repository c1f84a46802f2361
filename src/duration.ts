import { SlipwayError } from './errors.ts';

const UNITS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** As long as that is for ever, and its end can still be written as a date. */
const MOST = 3650 * UNITS.d;

/**
 * How many seconds a person means: 90s, 30m, 2h, 3d, 1h30m.
 * @throws SlipwayError `bad-input`, also for no time at all and for more than ten years
 */
export function seconds(text: string): number {
  const found = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text.trim().toLowerCase());
  const numbers = (found ?? []).slice(1).map((digits) => Number(digits ?? 0));
  const total = Object.values(UNITS).reduce((sum, unit, index) => sum + unit * (numbers[index] ?? 0), 0);
  if (total > 0 && total <= MOST) return total;
  throw new SlipwayError('bad-input', `"${text}" is no length of time`, {
    hint: 'Write 90s, 30m, 2h, 3d or 1h30m; ten years are the most.',
  });
}

/** The same for a person to read, in its two largest units, cut and not rounded: 1h30m, 2d4h, 45s. */
export function durationText(total: number): string {
  let rest = Math.max(0, Math.floor(total));
  const parts = Object.entries(UNITS).map(([letter, unit]) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return { count, text: `${count}${letter}` };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return '0s';
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return shown.map(({ text }) => text).join('');
}
