/**
 * Templates as Go's text/template has them, for `--format`: everything but templates within templates (define, template,
 * block). https://pkg.go.dev/text/template tells the language; what it prints and the words of its errors were compared
 * with Go's own.
 */
import { execute } from './execute.ts';
import { builtIn, jsonFunctions } from './functions.ts';
import { parse } from './parse.ts';
import type { Value } from './values.ts';

export { quoted } from './format.ts';
export { TemplateError } from './tree.ts';
export { Struct, toJson, type Value } from './values.ts';

export type Template = (data: Value, write: (text: string) => void) => void;

/**
 * Reads a template; the function that it gives prints it, and throws a TemplateError where it fails at the data.
 * @param withJson has also the functions `json` and `prettyjson`
 * @throws TemplateError in Go's words
 */
export function template(text: string, withJson = false): Template {
  const functions = withJson ? { ...builtIn, ...jsonFunctions } : builtIn;
  const nodes = parse(text, ['and', 'or', ...Object.keys(functions)]);
  return (data, write) => execute(nodes, data, { template: text, functions, write });
}
