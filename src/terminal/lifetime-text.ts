import { durationText } from '../duration.ts';
import type { Lifetime } from '../store/machine.ts';

/** What is left of it, for a table: "1h30m", "over", "1h30m, idle 30m"; empty for a machine that stays. */
export function timeLeft({ ends, idle }: Lifetime = {}): string {
  return [
    ...(ends === undefined ? [] : [secondsUntil(ends) > 0 ? durationText(secondsUntil(ends)) : 'over']),
    ...(idle === undefined ? [] : [`idle ${durationText(idle)}`]),
  ].join(', ');
}

/** When the machine goes, to follow its name or "It": "goes by itself in 1h59m, or after 30m without use". */
export function goesByItself({ ends, idle }: Lifetime): string {
  const ways = [
    ...(ends === undefined ? [] : [secondsUntil(ends) > 0 ? `in ${durationText(secondsUntil(ends))}` : 'now']),
    ...(idle === undefined ? [] : [`after ${durationText(idle)} without use`]),
  ];
  return `goes by itself ${ways.join(', or ')}`;
}

function secondsUntil(moment: string): number {
  return (Date.parse(moment) - Date.now()) / 1000;
}
