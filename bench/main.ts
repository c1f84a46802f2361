import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Bench, Ground, Row } from './bench.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ default: Bench }>>> = {
  start: () => import('./start.ts'),
  create: () => import('./create.ts'),
  boot: () => import('./boot.ts'),
  many: () => import('./many.ts'),
  size: () => import('./size.ts'),
};

/** At least; SLIPWAY_BENCH_RUNS asks for more. */
const RUNS = 5;

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHES);
const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
try {
  const ground: Ground = {
    folder,
    slipway: [process.execPath, resolve('bin/slipway.js')],
    dockerMachine: process.env.DOCKER_MACHINE || undefined,
    runs: Math.max(RUNS, Number(process.env.SLIPWAY_BENCH_RUNS ?? 0)),
  };
  const rows: Row[] = [];
  for (const name of names) rows.push(...(await rowsOf(name, ground)));
  print(rows, ground);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function rowsOf(name: string, ground: Ground): Promise<Row[]> {
  const load = BENCHES[name];
  if (!load) throw new Error(`There is no benchmark "${name}"; there are ${Object.keys(BENCHES).join(', ')}`);
  console.error(`measuring ${name} ...`);
  return (await load()).default.rows(ground);
}

/** The whole table in Markdown, as it stands in docs/performance.md. */
function print(rows: readonly Row[], { runs, dockerMachine }: Ground): void {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`${cpus().length} × ${cpu?.model}, ${memory} GB, ${process.platform}, Node ${process.versions.node};`);
  console.log(`medians of ${runs} runs, those that are compared in turns; ${new Date().toISOString().slice(0, 10)}\n`);
  const heads = ['what', 'measured', 'target', '', ...(dockerMachine ? ['docker-machine'] : [])];
  const cells = rows.map(({ what, measured, target = '', met, old = '' }) => [
    what,
    measured,
    target,
    verdict(met),
    old,
  ]);
  for (const line of [heads, heads.map(() => '---'), ...cells])
    console.log(`| ${line.slice(0, heads.length).join(' | ')} |`);
}

function verdict(met: boolean | undefined): string {
  if (met === undefined) return '';
  return met ? 'met' : 'missed';
}
