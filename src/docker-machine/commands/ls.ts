import type { Work } from '../../machine/work.ts';
import { readConfig } from '../../store/docker-machine/config.ts';
import { machineNames } from '../../store/machine.ts';
import { answering, type OldCommand, print } from '../call.ts';
import { sentence } from '../errors.ts';
import { filterOf } from '../filters.ts';
import { lendToAll } from '../machines.ts';
import { type OldRow, rowsOf, templateValue } from '../rows.ts';
import { aligned } from '../table.ts';
import { TemplateError, template } from '../template/index.ts';

const command: OldCommand = {
  summary: 'List the machines',
  takes: '',
  flags: [
    { names: ['quiet', 'q'], kind: 'bool', summary: 'Print names only, and ask nobody where no filter needs it' },
    {
      names: ['filter'],
      kind: 'slice',
      summary: 'Only those with driver=, state=, name= (a regular expression), swarm= or label=KEY=VALUE',
    },
    { names: ['timeout', 't'], kind: 'int', default: 10, summary: 'For how many seconds to wait for machines' },
    { names: ['format', 'f'], kind: 'string', default: '', summary: 'Print this Go template of each' },
  ],
  async run(call) {
    const filters = (call.flags.filter ?? []) as readonly string[];
    const passes = filterOf(filters);
    const show = formatOf(String(call.flags.format));
    const work = answering(call);
    if (call.flags.quiet && filters.length === 0) {
      for (const name of await readableNames(work)) print(name);
      return;
    }
    await lendToAll(work);
    const rows = (await rowsOf(work, Number(call.flags.timeout) * 1000)).filter((row) => row.broken || passes(row));
    if (!call.flags.quiet) return void show(rows);
    for (const row of rows) if (!row.broken) print(row.Name);
  },
};

export default command;

const DEFAULT =
  'table {{ .Name }}\t{{ .Active }}\t{{ .DriverName}}\t{{ .State }}\t{{ .URL }}\t{{ .Swarm }}\t{{ .DockerVersion }}\t{{ .Error}}';

const HEADINGS = {
  Name: 'NAME',
  Active: 'ACTIVE',
  ActiveHost: 'ACTIVE_HOST',
  ActiveSwarm: 'ACTIVE_SWARM',
  DriverName: 'DRIVER',
  State: 'STATE',
  URL: 'URL',
  SwarmOptions: 'SWARM_OPTIONS',
  Swarm: 'SWARM',
  EngineOptions: 'ENGINE_OPTIONS',
  Error: 'ERRORS',
  DockerVersion: 'DOCKER',
  ResponseTime: 'RESPONSE',
};

/** What prints the rows: with `table` before the template in columns, under headings. */
function formatOf(asked: string): (rows: readonly OldRow[]) => void {
  const format = asked || DEFAULT;
  const isTable = format.startsWith('table');
  const text = (isTable ? format.slice('table'.length) : format).replace(/^ +| +$/g, '');
  const print_ = parsed(`${text.replaceAll('\\t', '\t').replaceAll('\\n', '\n')}\n`);
  return (rows) => {
    let output = '';
    const write = (piece: string) => {
      output += piece;
    };
    try {
      if (isTable) print_(HEADINGS, write);
      for (const row of rows) print_(templateValue(row), write);
    } finally {
      process.stdout.write(isTable ? aligned(output) : output);
    }
  };
}

function parsed(text: string) {
  try {
    return template(text);
  } catch (error) {
    throw error instanceof TemplateError ? sentence(error.message) : error;
  }
}

/** In the order of the folder; machines whose records cannot be read are left out. */
async function readableNames(work: Work): Promise<string[]> {
  const names = (await machineNames(work.store)).sort();
  const read = await Promise.all(
    names.map((name) =>
      readConfig(work.store, name).then(
        () => true,
        () => false,
      ),
    ),
  );
  return names.filter((_, n) => read[n]);
}
