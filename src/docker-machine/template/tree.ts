/** Where something stands in the template, for error messages. */
interface Placed {
  readonly at: number;
}

/** One operand of a command. */
export type Term = Placed &
  (
    | { readonly is: 'dot' }
    | { readonly is: 'nil' }
    | { readonly is: 'constant'; readonly value: string | boolean | bigint | number; readonly source: string }
    | { readonly is: 'field'; readonly names: readonly string[] }
    | { readonly is: 'variable'; readonly name: string; readonly names: readonly string[] }
    | { readonly is: 'function'; readonly name: string }
    | { readonly is: 'pipeline'; readonly pipeline: Pipeline }
    | { readonly is: 'chain'; readonly of: Pipeline; readonly names: readonly string[] }
  );

export interface Command extends Placed {
  readonly terms: readonly Term[];
}

export interface Pipeline extends Placed {
  /** The variables that get its value. */
  readonly variables: readonly string[];
  /** `=`, which changes one that is there, and not `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface Block {
  readonly is: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly then: readonly Node[];
  readonly otherwise: readonly Node[];
}

export type Node =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'print'; readonly pipeline: Pipeline }
  | { readonly is: 'break' | 'continue' }
  | Block;

/** A template that cannot be read, or fails while it prints; in Go's words. */
export class TemplateError extends Error {}

/** As it stood in the template, for error messages. */
export function commandText({ terms }: Command): string {
  return terms.map(termText).join(' ');
}

export function pipelineText({ variables, assigns, commands }: Pipeline): string {
  const names = variables.length > 0 ? `${variables.join(', ')} ${assigns ? '=' : ':='} ` : '';
  return names + commands.map(commandText).join(' | ');
}

export function termText(term: Term): string {
  const tail = 'names' in term ? term.names.map((name) => `.${name}`).join('') : '';
  if (term.is === 'dot') return '.';
  if (term.is === 'nil') return 'nil';
  if (term.is === 'constant') return term.source;
  if (term.is === 'function') return term.name;
  if (term.is === 'variable') return term.name + tail;
  if (term.is === 'pipeline') return `(${pipelineText(term.pipeline)})`;
  return term.is === 'chain' ? `(${pipelineText(term.of)})${tail}` : tail;
}
