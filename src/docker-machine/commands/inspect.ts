import { type Config, readConfig } from '../../store/docker-machine/config.ts';
import { answering, type OldCommand } from '../call.ts';
import { sentence } from '../errors.ts';
import { notLoaded, oneNamed } from '../machines.ts';
import { type Template, TemplateError, template, toJson, type Value } from '../template/index.ts';

const command: OldCommand = {
  summary: 'Print the record of a machine, as JSON',
  takes: '[NAME]',
  flags: [{ names: ['format', 'f'], kind: 'string', default: '', summary: 'Print this Go template of it' }],
  async run(call) {
    const work = answering(call);
    const name = await oneNamed(work, call.words);
    const config = (await readConfig(work.store, name).catch((error: unknown) => {
      throw notLoaded(error);
    })) as Config & Value;
    const write = (text: string) => void process.stdout.write(text);
    if (!call.flags.format) return void write(`${toJson(config, 4, false)}\n`);
    parsed(String(call.flags.format))(config, write);
    write('\n');
  },
};

export default command;

function parsed(text: string): Template {
  try {
    return template(text, true);
  } catch (error) {
    throw error instanceof TemplateError ? sentence(`template parsing error: ${error.message}`) : error;
  }
}
