import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Struct, TemplateError, template, type Value } from '../../src/docker-machine/template/index.ts';

/** What Go's own text/template printed for each of these, and in which words it refused them. */
const { data, cases } = JSON.parse(readFileSync('test/docker-machine/go-templates.json', 'utf8')) as {
  data: Value;
  cases: { template: string; output?: string; error?: string }[];
};

test.each(cases)('$template', ({ template: text, output = '', error }) => {
  expect(printed(text, data)).toEqual({ output, ...(error === undefined ? {} : { error }) });
});

test('of a value with known fields another one is an error', () => {
  const row = new Struct('commands.HostListItem', { Name: 'dev', Took: new Struct('time.Duration', {}, '12ms') });
  expect(printed('{{.Name}} {{.Took}} {{.}}', row)).toEqual({ output: 'dev 12ms {dev 12ms}' });
  expect(printed('{{.Nope}}', row).error).toBe(
    'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type commands.HostListItem',
  );
});

test('json is a function only where it was asked for', () => {
  expect(() => template('{{json .}}')).toThrow(new TemplateError('template: :1: function "json" not defined'));
});

function printed(text: string, value: Value): { output: string; error?: string } {
  let output = '';
  try {
    template(text, true)(value, (piece) => {
      output += piece;
    });
    return { output };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { output, error: error.message };
  }
}
