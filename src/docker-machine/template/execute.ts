import { plain } from './format.ts';
import { isTrue, type TemplateFunction } from './functions.ts';
import {
  type Block,
  type Command,
  commandText,
  type Node,
  type Pipeline,
  pipelineText,
  TemplateError,
  type Term,
  termText,
} from './tree.ts';
import { isList, isMap, keysOf, Struct, typeOf, type Value } from './values.ts';

export interface Execution {
  readonly template: string;
  readonly functions: Readonly<Record<string, TemplateFunction>>;
  /** Is given what the template prints, piece by piece: what stands before an error is printed. */
  readonly write: (text: string) => void;
}

/** Prints a template for this data. @throws TemplateError */
export function execute(nodes: readonly Node[], data: Value, execution: Execution): void {
  new Run(data, execution).nodes(nodes, data);
}

type Leaving = 'break' | 'continue' | undefined;

/** Where an error is told to be: a piece of the template, as text. */
interface Piece {
  readonly at: number;
  readonly text: string;
}

class Run {
  private readonly variables: { name: string; value: Value }[];
  private readonly execution: Execution;
  /** The piece that was looked at last. */
  private last: Piece = { at: 0, text: '' };

  constructor(data: Value, execution: Execution) {
    this.variables = [{ name: '$', value: data }];
    this.execution = execution;
  }

  nodes(nodes: readonly Node[], dot: Value): Leaving {
    for (const node of nodes) {
      const leaving = this.node(node, dot);
      if (leaving) return leaving;
    }
    return undefined;
  }

  private node(node: Node, dot: Value): Leaving {
    if ('then' in node) return this.block(node, dot);
    if ('pipeline' in node) this.print(node.pipeline, dot);
    else if ('text' in node) this.execution.write(node.text);
    else return node.is;
    return undefined;
  }

  private print(pipeline: Pipeline, dot: Value): void {
    const value = this.pipeline(pipeline, dot);
    if (pipeline.variables.length > 0) return;
    this.execution.write(value === undefined || value === null ? '<no value>' : plain(value));
  }

  private block({ is, pipeline, then, otherwise }: Block, dot: Value): Leaving {
    const outer = this.variables.length;
    const value = this.pipeline(pipeline, dot);
    const leaving =
      is === 'range'
        ? this.range(pipeline, value, then, otherwise, dot)
        : isTrue(value)
          ? this.nodes(then, is === 'with' ? value : dot)
          : this.nodes(otherwise, dot);
    this.variables.length = outer;
    return leaving;
  }

  private range(
    pipeline: Pipeline,
    value: Value,
    then: readonly Node[],
    otherwise: readonly Node[],
    dot: Value,
  ): Leaving {
    const entries = this.entries(pipeline, value);
    const marks = this.variables.length;
    for (const [key, each] of entries) {
      this.bind(pipeline, key, each);
      const leaving = this.nodes(then, each);
      this.variables.length = marks;
      if (leaving === 'break') break;
    }
    return entries.length === 0 ? this.nodes(otherwise, dot) : undefined;
  }

  private entries(pipeline: Pipeline, value: Value): [Value, Value][] {
    if (value === undefined || value === null) return [];
    if (isList(value)) return value.map((each, n) => [BigInt(n), each]);
    if (isMap(value)) return keysOf(value).map((key) => [key, value[key]]);
    throw this.wrong({ at: pipeline.at, text: pipelineText(pipeline) }, `range can't iterate over ${plain(value)}`);
  }

  /** Of one variable `range` gives the elements, of two also the keys. */
  private bind({ variables, assigns }: Pipeline, key: Value, value: Value): void {
    const [first, second] = variables;
    if (first !== undefined) this.set(first, second === undefined ? value : key, assigns);
    if (second !== undefined) this.set(second, value, assigns);
  }

  private set(name: string, value: Value, assigns: boolean): void {
    if (!assigns) return void this.variables.push({ name, value });
    const present = this.variables.findLast((variable) => variable.name === name);
    if (present) present.value = value;
  }

  private pipeline(pipeline: Pipeline, dot: Value): Value {
    let value: { value: Value } | undefined;
    for (const command of pipeline.commands) value = { value: this.command(command, dot, value) };
    const [name, second] = pipeline.variables; // of two, `range` sets both
    if (name !== undefined && second === undefined) {
      const isUnknown = pipeline.assigns && !this.variables.some((variable) => variable.name === name);
      if (isUnknown) throw this.wrong(this.last, `undefined variable: ${name}`);
      this.set(name, value?.value, pipeline.assigns);
    }
    return value?.value;
  }

  /** @param final what the command before it in the pipeline gave: its last argument */
  private command(command: Command, dot: Value, final: { value: Value } | undefined): Value {
    const [first, ...others] = command.terms as [Term, ...Term[]];
    const whole = { at: command.at, text: commandText(command) };
    if (first.is === 'function') return this.call(first.name, others, final, whole, dot);
    const hasArguments = others.length > 0 || final !== undefined;
    if (hasArguments) throw this.refusal(first, dot);
    if (first.is === 'nil') throw this.wrong({ at: first.at, text: 'nil' }, 'nil is not a command');
    return this.term(first, dot);
  }

  /** Why what is no function can be given no arguments. */
  private refusal(term: Term, dot: Value): TemplateError {
    const piece = { at: term.at, text: termText(term) };
    const name = 'names' in term ? term.names.at(-1) : undefined;
    if (name === undefined) return this.wrong(piece, `can't give argument to non-function ${piece.text}`);
    this.term(term, dot);
    return this.wrong(piece, `${name} is not a method but has arguments`);
  }

  private call(
    name: string,
    terms: readonly Term[],
    final: { value: Value } | undefined,
    whole: Piece,
    dot: Value,
  ): Value {
    const count = terms.length + (final ? 1 : 0);
    if (name === 'and' || name === 'or') return this.shortly(name, terms, final, whole, dot);
    const { least, most, text, call } = this.execution.functions[name] as TemplateFunction;
    if (most === undefined ? count < least : count !== least) {
      const want = most === undefined ? `at least ${least}` : String(least);
      throw this.wrong({ at: whole.at, text: name }, `wrong number of args for ${name}: want ${want} got ${count}`);
    }
    const values = [...terms.map((term) => this.term(term, dot)), ...(final ? [final.value] : [])];
    if (text && typeof values[0] !== 'string') throw this.noText(terms[0], values[0]);
    try {
      return call(values);
    } catch (error) {
      throw this.wrong(whole, `error calling ${name}: ${(error as Error).message}`);
    }
  }

  private noText(term: Term | undefined, value: Value): TemplateError {
    if (term?.is === 'constant')
      return this.wrong({ at: term.at, text: term.source }, `expected string; found ${term.source}`);
    if (value === undefined || value === null) return this.wrong(this.last, 'invalid value; expected string');
    return this.wrong(this.last, `wrong type for value; expected string; got ${typeOf(value)}`);
  }

  /** `and` and `or` give the first argument that decides, and look at none after it. */
  private shortly(
    name: 'and' | 'or',
    terms: readonly Term[],
    final: { value: Value } | undefined,
    whole: Piece,
    dot: Value,
  ): Value {
    let value: Value = final?.value;
    if (terms.length === 0 && !final)
      throw this.wrong({ at: whole.at, text: name }, `wrong number of args for ${name}: want at least 1 got 0`);
    for (const term of terms) {
      value = this.term(term, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final ? final.value : value;
  }

  private term(term: Term, dot: Value): Value {
    const piece = { at: term.at, text: termText(term) };
    this.last = piece;
    if (term.is === 'dot') return dot;
    if (term.is === 'nil') return null;
    if (term.is === 'constant') return term.value;
    if (term.is === 'field') return this.fields(dot, term.names, piece);
    if (term.is === 'variable') {
      const found = this.variables.findLast(({ name }) => name === term.name);
      return this.fields(found?.value, term.names, piece);
    }
    if (term.is === 'pipeline') return this.pipeline(term.pipeline, dot);
    if (term.is === 'chain') return this.fields(this.pipeline(term.of, dot), term.names);
    return this.call(term.name, [], undefined, piece, dot);
  }

  private fields(value: Value, names: readonly string[], piece = this.last): Value {
    return names.reduce((from, name, n) => this.field(from, name, piece, n > 0), value);
  }

  /** @param inner it was itself in a map, where Go knows of no type */
  private field(from: Value, name: string, piece: Piece, inner: boolean): Value {
    if (from === undefined) return undefined;
    if (isMap(from)) return Object.hasOwn(from, name) ? from[name] : undefined;
    if (from === null) throw this.wrong(piece, `nil pointer evaluating interface {}.${name}`);
    if (from instanceof Struct && Object.hasOwn(from.fields, name)) return from.fields[name];
    const type = inner && !(from instanceof Struct) ? 'interface {}' : typeOf(from);
    throw this.wrong(piece, `can't evaluate field ${name} in type ${type}`);
  }

  private wrong({ at, text }: Piece, message: string): TemplateError {
    const before = this.execution.template.slice(0, at);
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    const place = `:${before.split('\n').length}:${column}`;
    return new TemplateError(`template: ${place}: executing "" at <${text}>: ${message}`);
  }
}
