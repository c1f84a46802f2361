import { join } from 'node:path';
import { type Bench, compare, duration, type Line, type Row, type Time, times } from './bench.ts';
import { oldUserWithMachine, userWithMachine } from './stores.ts';

/** What people and scripts type most. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  env: ['env', 'one'],
  ip: ['ip', 'one'],
  url: ['url', 'one'],
  active: ['active'],
  'ls -q': ['ls', '-q'],
  status: ['status', 'one'],
  '--version': ['--version'],
  '--help': ['--help'],
};

/** Of the time of a Node that does nothing. */
const MOST = 2.5;

/** Whole processes, from their start to their end, of commands that ask nobody. */
const start: Bench = {
  async rows({ slipway, dockerMachine, folder, runs }) {
    const user = await userWithMachine();
    const lines: Record<string, Line> = { bare: { words: [slipway[0], '-e', '0'] } };
    const add = (prefix: string, program: readonly string[], env: NodeJS.ProcessEnv, mayFail = false) => {
      for (const [name, words] of Object.entries(COMMANDS)) {
        lines[prefix + name] = { words: [...program, ...words], env, mayFail };
      }
    };
    add('', slipway, user.env);
    // Of a machine without certificates, which is all that can be had here, some of its commands only say so.
    if (dockerMachine) add('old ', [dockerMachine], oldUserWithMachine(dockerMachine, join(folder, 'old')), true);
    const took = compare(lines, runs);
    await user.remove();
    const bare = took.bare as Time;
    const first = { what: 'node -e 0', measured: timeText(bare) };
    return [first, ...Object.keys(COMMANDS).map((name) => row(name, took[name] as Time, bare, took[`old ${name}`]))];
  },
};

export default start;

function row(name: string, took: Time, bare: Time, old: Time | undefined): Row {
  const ratios = { wall: took.wall / bare.wall, cpu: took.cpu / bare.cpu };
  return {
    what: `slipway ${name}`,
    measured: `${times(ratios.wall)}, of processor time ${times(ratios.cpu)} (${timeText(took)})`,
    target: `at most ${times(MOST)} node -e 0`,
    met: ratios.cpu <= MOST, // what the wall clock says depends on what else the computer does
    ...(old ? { old: timeText(old) } : {}),
  };
}

function timeText({ wall, cpu }: Time): string {
  return `${duration(wall)}, ${duration(cpu)} of processor`;
}
