import type { Labels } from '../driver.ts';
import { labelsInKey } from '../labels.ts';

/**
 * Labels stand in a machine's notes, which whoever looks at it in the vSphere client can read, a line each; custom
 * attributes would need a privilege for the whole vCenter, and an ESXi has none.
 */
export function notesOf(labels: Labels): string {
  return ['A machine of Slipway.', ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)].join('\n');
}

/**
 * Of a machine of ours, which bears its key as its name; undefined for any other, also for one that somebody has cloned
 * from ours with its notes. Where somebody has emptied the notes, the name tells the most.
 */
export function labelsIn(name: string, notes: string): Labels | undefined {
  const lines = [...notes.matchAll(LINE)].map(([, label = '', value = '']) => [label, value] as const);
  const labels: Labels = Object.fromEntries(lines);
  return labels['slipway-key'] === name ? labels : labelsInKey(name);
}

/** The notes with another value of a label; what else somebody wrote there stays. */
export function withLabel(notes: string, label: string, value: string): string {
  const line = new RegExp(`^${label}=.*$`, 'm');
  return line.test(notes) ? notes.replace(line, `${label}=${value}`) : `${notes}\n${label}=${value}`.trim();
}

const LINE = /^(slipway-[a-z]+)=([\w-]*)\r?$/gm;
