import { quoted } from './format.ts';
import { type Token, type TokenKind, tokensOf } from './tokens.ts';

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

/** Reads a template. @throws TemplateError */
export function parse(template: string, functions: readonly string[]): Node[] {
  const reader = new Reader(tokensOf(template), functions);
  const { nodes, end } = reader.nodes(true);
  if (end) throw reader.wrong(`unexpected {{${end}}}`);
  return nodes;
}

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

type End = 'end' | 'else';

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

class Reader {
  private next = 0;
  private variables = ['$'];
  private loops = 0;
  private actionLine = 0;
  private readonly tokens: readonly Token[];
  private readonly functions: readonly string[];

  constructor(tokens: readonly Token[], functions: readonly string[]) {
    this.tokens = tokens;
    this.functions = functions;
  }

  wrong(message: string): TemplateError {
    const { line = 1 } = this.tokens[Math.max(this.next - 1, 0)] ?? {};
    return new TemplateError(`template: :${line}: ${message}`);
  }

  /** Up to `{{end}}` or `{{else}}`; `outermost`, also up to the end of the text. */
  nodes(outermost = false): { nodes: Node[]; end?: End } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.take();
      if (token.kind === 'end') {
        if (outermost) return { nodes };
        throw this.wrong('unexpected EOF');
      }
      if (token.kind === 'text') {
        nodes.push({ is: 'text', text: token.text });
        continue;
      }
      if (token.kind !== 'left') throw this.unexpected(token, 'input');
      this.actionLine = token.line;
      const word = this.peek();
      if (word.kind !== 'keyword') {
        nodes.push({ is: 'print', pipeline: this.pipeline('command', 'right') });
        continue;
      }
      this.take();
      if (word.text === 'end' || word.text === 'else') {
        if (word.text === 'end' || !this.isElseIf()) this.expectRight(word.text);
        return { nodes, end: word.text };
      }
      nodes.push(this.control(word));
    }
  }

  private isElseIf(): boolean {
    const { kind, text } = this.peek();
    return kind === 'keyword' && text === 'if';
  }

  private control({ text }: Token): Node {
    if (text === 'if' || text === 'with' || text === 'range') return this.block(text);
    if (text !== 'break' && text !== 'continue') throw this.wrong(`{{${text}}} is not supported here`);
    const token = this.take();
    if (token.kind !== 'right') throw this.unexpected(token, `{{${text}}}`);
    if (this.loops === 0) throw this.wrong(`{{${text}}} outside {{range}}`);
    return { is: text };
  }

  private block(is: 'if' | 'with' | 'range'): Node {
    const outer = this.variables.length;
    const pipeline = this.pipeline(is, 'right');
    if (is === 'range') this.loops += 1;
    const { nodes: then, end } = this.nodes();
    if (is === 'range') this.loops -= 1;
    const otherwise = end === 'else' ? this.otherwise(is) : [];
    this.variables.length = outer;
    return { is, pipeline, then, otherwise };
  }

  private otherwise(is: 'if' | 'with' | 'range'): Node[] {
    if (is === 'if' && this.isElseIf()) {
      this.take();
      return [this.block('if')];
    }
    const { nodes, end } = this.nodes();
    if (end === 'end') return nodes;
    throw this.wrong(`expected end; found {{${end}}}`);
  }

  private pipeline(context: string, end: 'right' | 'close'): Pipeline {
    const { at } = this.peek();
    const { variables, assigns } = this.declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.take();
      if (token.kind === end) break;
      if (!OPERANDS.includes(token.kind)) throw this.unexpected(token, context);
      this.next -= 1;
      commands.push(this.command());
    }
    if (commands.length === 0) throw this.wrong(`missing value for ${context}`);
    for (const [n, { terms }] of commands.entries()) {
      const passive = n > 0 && ['constant', 'dot', 'nil'].includes(terms[0]?.is ?? '');
      if (passive) throw this.wrong(`non executable command in pipeline stage ${n + 1}`);
    }
    return { at, variables, assigns, commands };
  }

  /** `$x :=`, `$x =`, and of `range` also `$i, $x :=`. */
  private declarations(context: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const begin = this.next;
      const variable = this.peek();
      if (variable.kind !== 'variable') return { variables, assigns: false };
      this.take();
      const sign = this.peek();
      if (sign.kind === 'assign' || sign.kind === 'declare') {
        this.take();
        variables.push(variable.text);
        this.variables.push(variable.text);
        return { variables, assigns: sign.kind === 'assign' };
      }
      if (sign.kind !== 'sign' || sign.text !== ',') {
        this.next = begin;
        return { variables, assigns: false };
      }
      this.take();
      variables.push(variable.text);
      this.variables.push(variable.text);
      if (context !== 'range' || variables.length > 1) throw this.wrong(`too many declarations in ${context}`);
      const isGood = ['variable', 'right', 'close'].includes(this.peek().kind);
      if (!isGood) throw this.wrong('range can only initialize variables');
    }
  }

  private command(): Command {
    const { at } = this.peek();
    const terms: Term[] = [];
    for (;;) {
      if (this.peek().kind !== 'error') {
        const term = this.operand();
        if (term) terms.push(term);
      }
      const token = this.tokens[this.next++] as Token;
      if (token.kind === 'space') continue;
      if (token.kind === 'right' || token.kind === 'close') this.next -= 1;
      else if (token.kind !== 'pipe') throw this.unexpected(token, 'operand');
      if (terms.length === 0) throw this.wrong('empty command');
      return { at, terms };
    }
  }

  private operand(): Term | undefined {
    const term = this.term();
    if (!term) return undefined;
    const at = this.tokens[this.next]?.at ?? term.at; // what follows a field is where Go says that it stands
    const names: string[] = [];
    while (this.tokens[this.next]?.kind === 'field') names.push((this.tokens[this.next++] as Token).text.slice(1));
    if (names.length === 0) return term;
    if (term.is === 'field' || term.is === 'variable') return { ...term, at, names: [...term.names, ...names] };
    if (term.is === 'pipeline') return { is: 'chain', at, of: term.pipeline, names };
    throw this.wrong(`unexpected . after term ${quoted(termText(term))}`);
  }

  private term(): Term | undefined {
    const { kind, text, at } = this.take();
    if (kind === 'identifier') {
      if (!this.functions.includes(text)) throw this.wrong(`function ${quoted(text)} not defined`);
      return { is: 'function', at, name: text };
    }
    if (kind === 'dot' || kind === 'nil') return { is: kind, at };
    if (kind === 'variable') {
      if (!this.variables.includes(text)) throw this.wrong(`undefined variable ${quoted(text)}`);
      return { is: 'variable', at, name: text, names: [] };
    }
    if (kind === 'field') return { is: 'field', at, names: [text.slice(1)] };
    if (kind === 'open') return { is: 'pipeline', at, pipeline: this.pipeline('parenthesized pipeline', 'close') };
    const value = this.constant(kind, text);
    if (value !== undefined) return { is: 'constant', at, value, source: text };
    this.next -= 1;
    return undefined;
  }

  private constant(kind: TokenKind, text: string): string | boolean | bigint | number | undefined {
    if (kind === 'bool') return text === 'true';
    if (kind === 'raw') return text.slice(1, -1);
    if (kind === 'string') return this.unquoted(text);
    if (kind === 'char') return BigInt(this.unquoted(text).codePointAt(0) ?? 0);
    if (kind !== 'number') return undefined;
    const digits = text.replaceAll('_', '').replace(/^\+/, '');
    const isWhole = /^-?(?:0[xXbBoO][0-9a-fA-F]+|\d+)$/.test(digits);
    if (!isWhole) return Number(digits);
    return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
  }

  /** Go's strconv.Unquote. */
  private unquoted(text: string): string {
    const simple: Readonly<Record<string, string>> = {
      a: '\x07',
      b: '\b',
      f: '\f',
      n: '\n',
      r: '\r',
      t: '\t',
      v: '\v',
    };
    const escapes = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.|$))/gsu;
    return text.slice(1, -1).replaceAll(escapes, (_, plain, x, u, U, octal) => {
      if (plain !== undefined) return simple[plain] ?? plain;
      const code = octal === undefined ? Number.parseInt(x ?? u ?? U, 16) : Number.parseInt(octal, 8);
      if (Number.isNaN(code)) throw this.wrong('invalid syntax');
      return String.fromCodePoint(code);
    });
  }

  private expectRight(context: string): void {
    const token = this.take();
    if (token.kind !== 'right') throw this.unexpected(token, context);
  }

  /** The next word that is no blank. */
  private take(): Token {
    while (this.tokens[this.next]?.kind === 'space') this.next += 1;
    return this.tokens[this.next++] as Token;
  }

  private peek(): Token {
    while (this.tokens[this.next]?.kind === 'space') this.next += 1;
    return this.tokens[this.next] as Token;
  }

  private unexpected(token: Token, context: string): TemplateError {
    if (token.kind !== 'error') return this.wrong(`unexpected ${tokenText(token)} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === token.line) return this.wrong(token.text);
    const started = ` started at :${this.actionLine}`;
    return this.wrong(token.text.endsWith(' action') ? token.text + started : `${token.text} in action${started}`);
  }
}

function tokenText({ kind, text }: Token): string {
  if (kind === 'end') return 'EOF';
  if (kind === 'keyword' || kind === 'dot' || kind === 'nil') return `<${text}>`;
  return text.length > 10 ? `${quoted(text.slice(0, 10))}...` : quoted(text);
}
