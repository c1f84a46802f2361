import { type Cursor, newCursor } from './cursor.ts';
import { type Reading, readPipeline } from './pipeline.ts';
import { type Token, tokensOf } from './tokens.ts';
import type { Block, Node } from './tree.ts';

/** Reads a template. @throws TemplateError */
export function parse(template: string, functions: readonly string[]): Node[] {
  const words = newCursor(tokensOf(template));
  const { nodes, end } = readNodes({ words, functions, variables: ['$'], loops: 0 }, true);
  if (end) throw words.wrong(`unexpected {{${end}}}`);
  return nodes;
}

interface ReadingNodes extends Reading {
  /** How many `range` this is in. */
  loops: number;
}

type End = 'end' | 'else';

/** Up to `{{end}}` or `{{else}}`; `outermost`, also up to the end of the text. */
function readNodes(reading: ReadingNodes, outermost = false): { nodes: Node[]; end?: End } {
  const { words } = reading;
  const nodes: Node[] = [];
  for (;;) {
    const token = words.take();
    if (token.kind === 'end') {
      if (outermost) return { nodes };
      throw words.wrong('unexpected EOF');
    }
    if (token.kind === 'text') {
      nodes.push({ is: 'text', text: token.text });
      continue;
    }
    if (token.kind !== 'left') throw words.unexpected(token, 'input');
    words.beginAction(token.line);
    const word = words.peek();
    if (word.kind !== 'keyword') {
      nodes.push({ is: 'print', pipeline: readPipeline(reading, 'command', 'right') });
      continue;
    }
    words.take();
    if (word.text === 'end' || word.text === 'else') {
      if (word.text === 'end' || !isElseIf(words)) expectRight(words, word.text);
      return { nodes, end: word.text };
    }
    nodes.push(control(reading, word));
  }
}

function isElseIf(words: Cursor): boolean {
  const { kind, text } = words.peek();
  return kind === 'keyword' && text === 'if';
}

function control(reading: ReadingNodes, { text }: Token): Node {
  const { words, loops } = reading;
  if (text === 'if' || text === 'with' || text === 'range') return block(reading, text);
  if (text !== 'break' && text !== 'continue') throw words.wrong(`{{${text}}} is not supported here`);
  expectRight(words, `{{${text}}}`);
  if (loops === 0) throw words.wrong(`{{${text}}} outside {{range}}`);
  return { is: text };
}

function block(reading: ReadingNodes, is: Block['is']): Block {
  const outer = reading.variables.length;
  const pipeline = readPipeline(reading, is, 'right');
  if (is === 'range') reading.loops += 1;
  const { nodes: then, end } = readNodes(reading);
  if (is === 'range') reading.loops -= 1;
  const otherwise = end === 'else' ? readOtherwise(reading, is) : [];
  reading.variables.length = outer;
  return { is, pipeline, then, otherwise };
}

function readOtherwise(reading: ReadingNodes, is: Block['is']): Node[] {
  const { words } = reading;
  if (is === 'if' && isElseIf(words)) {
    words.take();
    return [block(reading, 'if')];
  }
  const { nodes, end } = readNodes(reading);
  if (end === 'end') return nodes;
  throw words.wrong(`expected end; found {{${end}}}`);
}

function expectRight(words: Cursor, context: string): void {
  const token = words.take();
  if (token.kind !== 'right') throw words.unexpected(token, context);
}
