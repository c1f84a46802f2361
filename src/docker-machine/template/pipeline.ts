import { constantOf } from './constants.ts';
import type { Cursor } from './cursor.ts';
import { quoted } from './format.ts';
import type { Token, TokenKind } from './tokens.ts';
import { type Command, type Pipeline, type Term, termText } from './tree.ts';

/** What is known while a template is read. */
export interface Reading {
  readonly words: Cursor;
  /** The names of the functions that there are. */
  readonly functions: readonly string[];
  /** Those that may be used at this place, `$` first. */
  readonly variables: string[];
}

/** What an operand may begin with. */
const OPERANDS: readonly TokenKind[] = [
  'bool',
  'char',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw',
  'string',
  'variable',
  'open',
];

/** What stands in an action or in parentheses, up to its `end`. @param context what it is, for error messages */
export function readPipeline(reading: Reading, context: string, end: 'right' | 'close'): Pipeline {
  const { words } = reading;
  const { at } = words.peek();
  const { variables, assigns } = declarations(reading, context);
  const commands: Command[] = [];
  for (;;) {
    const token = words.take();
    if (token.kind === end) break;
    if (!OPERANDS.includes(token.kind)) throw words.unexpected(token, context);
    words.back();
    commands.push(readCommand(reading));
  }
  if (commands.length === 0) throw words.wrong(`missing value for ${context}`);
  for (const [n, { terms }] of commands.entries()) {
    const passive = n > 0 && ['constant', 'dot', 'nil'].includes(terms[0]?.is ?? '');
    if (passive) throw words.wrong(`non executable command in pipeline stage ${n + 1}`);
  }
  return { at, variables, assigns, commands };
}

/** `$x :=`, `$x =`, and of `range` also `$i, $x :=`. */
function declarations({ words, variables }: Reading, context: string): Pick<Pipeline, 'variables' | 'assigns'> {
  const declared: string[] = [];
  for (;;) {
    const goBack = words.mark();
    const variable = words.peek();
    if (variable.kind !== 'variable') return { variables: declared, assigns: false };
    words.take();
    const sign = words.peek();
    const isLast = sign.kind === 'assign' || sign.kind === 'declare';
    if (!isLast && (sign.kind !== 'sign' || sign.text !== ',')) {
      goBack();
      return { variables: declared, assigns: false };
    }
    words.take();
    declared.push(variable.text);
    variables.push(variable.text);
    if (isLast) return { variables: declared, assigns: sign.kind === 'assign' };
    if (context !== 'range' || declared.length > 1) throw words.wrong(`too many declarations in ${context}`);
    const isGood = ['variable', 'right', 'close'].includes(words.peek().kind);
    if (!isGood) throw words.wrong('range can only initialize variables');
  }
}

function readCommand(reading: Reading): Command {
  const { words } = reading;
  const { at } = words.peek();
  const terms: Term[] = [];
  for (;;) {
    const term = words.peek().kind === 'error' ? undefined : operand(reading);
    if (term) terms.push(term);
    const token = words.takeAny();
    if (token.kind === 'space') continue;
    if (token.kind === 'right' || token.kind === 'close') words.back();
    else if (token.kind !== 'pipe') throw words.unexpected(token, 'operand');
    if (terms.length === 0) throw words.wrong('empty command');
    return { at, terms };
  }
}

function operand(reading: Reading): Term | undefined {
  const { words } = reading;
  const term = readTerm(reading);
  if (!term) return undefined;
  const at = words.peekAny()?.at ?? term.at; // what follows a field is where Go says that it stands
  const names: string[] = [];
  while (words.peekAny()?.kind === 'field') names.push(words.takeAny().text.slice(1));
  if (names.length === 0) return term;
  if (term.is === 'field' || term.is === 'variable') return { ...term, at, names: [...term.names, ...names] };
  if (term.is === 'pipeline') return { is: 'chain', at, of: term.pipeline, names };
  throw words.wrong(`unexpected . after term ${quoted(termText(term))}`);
}

function readTerm(reading: Reading): Term | undefined {
  const { words, functions, variables } = reading;
  const token = words.take();
  const { kind, text, at } = token;
  if (kind === 'identifier') {
    if (!functions.includes(text)) throw words.wrong(`function ${quoted(text)} not defined`);
    return { is: 'function', at, name: text };
  }
  if (kind === 'dot' || kind === 'nil') return { is: kind, at };
  if (kind === 'variable') {
    if (!variables.includes(text)) throw words.wrong(`undefined variable ${quoted(text)}`);
    return { is: 'variable', at, name: text, names: [] };
  }
  if (kind === 'field') return { is: 'field', at, names: [text.slice(1)] };
  if (kind === 'open') {
    return { is: 'pipeline', at, pipeline: readPipeline(reading, 'parenthesized pipeline', 'close') };
  }
  return constantTerm(words, token);
}

function constantTerm(words: Cursor, token: Token): Term | undefined {
  try {
    const value = constantOf(token);
    if (value !== undefined) return { is: 'constant', at: token.at, value, source: token.text };
  } catch (error) {
    throw error instanceof SyntaxError ? words.wrong(error.message) : error;
  }
  words.back();
  return undefined;
}
