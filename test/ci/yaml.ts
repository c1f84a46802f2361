import { output } from '../../src/program.ts';

const SCRIPT = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';

/** What a YAML document says. Python reads it, with the library that moto brings along. */
export async function yaml<T>(text: string): Promise<T> {
  return JSON.parse(await output(process.env.SLIPWAY_TEST_PYTHON ?? 'python3', ['-c', SCRIPT], { input: text })) as T;
}
