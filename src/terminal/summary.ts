import { inRanges } from '../ranges.ts';

/** How several machines fared. */
export interface Fared {
  readonly name: string;
  readonly machine?: unknown;
  readonly error?: unknown;
  readonly left?: true;
}

/** On machines that were to be made: how many are ready, which, which are not, and of which something is left. */
export function summaryOf(created: readonly Fared[], seconds: number): string {
  const failed = created.filter(({ error }) => error !== undefined);
  const ready = created.filter(({ machine }) => machine !== undefined);
  const left = created.filter((each) => each.left);
  const count = `${ready.length} of ${created.length} machines are ready`;
  return [
    `${count}, after ${Math.round(seconds)} s${ready.length > 0 ? `: ${namesOf(ready)}` : ''}.`,
    ...(failed.length > 0 ? [`${failed.length} failed: ${namesOf(failed)}.`] : []),
    ...(left.length > 0
      ? [`Something is left of ${namesOf(left)}: slipway rm ${left.map(({ name }) => name).join(' ')}`]
      : []),
  ].join('\n');
}

/** Texts that are the same but for the name of the machine told once, the first as it is, with the names of the others. */
export function grouped(texts: readonly { readonly name: string; readonly text: string }[]): string[] {
  const groups = new Map<string, { text: string; names: string[] }>();
  for (const { name, text } of texts) {
    const form = text.replaceAll(name, '\0');
    const group = groups.get(form) ?? { text, names: [] };
    group.names.push(name);
    groups.set(form, group);
  }
  return [...groups.values()].map(({ text, names: [first = '', ...others] }) => {
    if (others.length > 0) return `${text}\n  The same of ${inRanges(others)}.`;
    return text.includes(`"${first}"`) ? text : `${text}\n  That is "${first}".`;
  });
}

function namesOf(machines: readonly Fared[]): string {
  return inRanges(machines.map(({ name }) => name));
}
