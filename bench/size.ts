import { readFile } from 'node:fs/promises';
import { output } from '../src/program.ts';
import type { Bench, Row } from './bench.ts';

/** What `npm pack` tells, and esbuild of the files that it made. */
interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

interface Built {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>>;
}

/** Libraries that one place alone is spoken to with. */
const SDK =
  /node_modules\/(@aws-sdk|@smithy|@azure|@typespec|@googleapis|googleapis-common|google-auth-library|gaxios)\//;

/** What is sent to a user, and what it takes on their disk: all of it, since the package has no dependencies. */
const size: Bench = {
  async rows() {
    const [packed] = JSON.parse(await output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])) as [Packed];
    const built = JSON.parse(await readFile('node_modules/.cache/slipway-build.json', 'utf8')) as Built;
    const inputs = Object.values(built.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const ofClouds = inputs.filter(([path]) => SDK.test(path)).reduce((sum, [, one]) => sum + one.bytesInOutput, 0);
    const rows: Row[] = [
      { what: '`npm pack`', measured: megabytes(packed.size) },
      { what: 'installed', measured: `${megabytes(packed.unpackedSize)}, ${packed.files.length} files` },
      { what: 'installed, without the SDKs of clouds', measured: megabytes(packed.unpackedSize - ofClouds) },
    ];
    return rows;
  },
};

export default size;

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
