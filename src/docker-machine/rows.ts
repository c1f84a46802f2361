import { list, type Row } from '../machine/list.ts';
import type { Work } from '../machine/work.ts';
import { type Config, readConfig } from '../store/docker-machine/config.ts';
import { printable } from '../terminal/text.ts';
import { stateWord } from './states.ts';
import { Struct, type Value } from './template/index.ts';

/** What `ls` knows of one machine; the names are those that templates use. */
export interface OldRow {
  readonly Name: string;
  readonly Active: string;
  readonly ActiveHost: boolean;
  readonly ActiveSwarm: boolean;
  readonly DriverName: string;
  readonly State: string;
  readonly URL: string;
  readonly Swarm: string;
  readonly SwarmOptions: Value;
  readonly EngineOptions: Value;
  readonly Error: string;
  readonly DockerVersion: string;
  readonly ResponseTime: Value;
  /** The labels of its engine, for the filter. */
  readonly labels: readonly string[];
  /** Its record could not be read. */
  readonly broken: boolean;
}

/** Every machine, in natural order, all asked at once; those that do not answer within `timeout` milliseconds say so. */
export async function rowsOf(work: Work, timeout: number): Promise<OldRow[]> {
  const began = performance.now();
  const rows = await list(work, timeout);
  const took = Math.round(performance.now() - began);
  const configs = await Promise.all(rows.map(({ name }) => readConfig(work.store, name).catch(() => undefined)));
  return rows.map((row, n) => oldRow(row, configs[n], { took, masterOf: mastersIn(configs) }));
}

/** The row for templates. */
export function templateValue({ labels: _, broken: __, ...fields }: OldRow): Value {
  return new Struct('commands.HostListItem', fields);
}

interface Around {
  readonly took: number;
  readonly masterOf: (config: Config) => string;
}

function oldRow(row: Row, config: Config | undefined, { took, masterOf }: Around): OldRow {
  const { name, error = '' } = row;
  const broken = row.state === 'Broken' || config === undefined;
  const isKnown = !broken && row.state !== 'Timeout';
  const active = row.active && row.state === 'Running';
  const runs = isKnown && (row.state === 'Running' || row.state === 'Unreachable');
  const options = config?.HostOptions;
  return {
    Name: name,
    Active: isKnown ? (active ? '*' : '-') : '',
    ActiveHost: active,
    ActiveSwarm: false,
    DriverName: broken ? 'not found' : config.DriverName,
    State: broken ? 'Error' : stateWord(row.state),
    URL: runs ? (row.url ?? '') : '',
    Swarm: config && isKnown ? masterOf(config) : '',
    SwarmOptions: options ? new Struct('swarm.Options', options.SwarmOptions as Record<string, Value>) : null,
    EngineOptions: options ? new Struct('engine.Options', options.EngineOptions as Record<string, Value>) : null,
    Error: printable(error.replaceAll('\n', '')),
    DockerVersion: isKnown ? (row.engine === undefined ? 'Unknown' : printable(`v${row.engine}`)) : '',
    ResponseTime: new Struct('time.Duration', {}, duration(took)),
    labels: (options?.EngineOptions.Labels as string[] | undefined) ?? [],
    broken,
  };
}

/** The name of the manager of a machine's swarm; with a note where it is the machine itself. */
function mastersIn(configs: readonly (Config | undefined)[]): (config: Config) => string {
  const isMaster = ({ HostOptions }: Config) => HostOptions.SwarmOptions.Master === true;
  return (config) => {
    if (isMaster(config)) return `${config.Name} (master)`;
    const { Discovery } = config.HostOptions.SwarmOptions;
    const master = configs.find(
      (each) => each && isMaster(each) && each.HostOptions.SwarmOptions.Discovery === Discovery,
    );
    return Discovery ? (master?.Name ?? '') : '';
  };
}

/** As Go prints a time.Duration of whole milliseconds. */
function duration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  return milliseconds < 1000 ? `${milliseconds}ms` : `${milliseconds / 1000}s`;
}
