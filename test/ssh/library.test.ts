import { expect, test } from '@jest/globals';
import { output } from '../../src/program.ts';

test('ssh2 is not loaded before there is a connection to make', async () => {
  const index = new URL('../../src/ssh/index.ts', import.meta.url);
  const script = `
    const { generateKey, knownHosts, connect } = await import('${index}');
    const loaded = () => Object.keys(process.getBuiltinModule('module')._cache).some((path) => path.includes('ssh2'));
    const key = await generateKey('');
    knownHosts('host', 22, [key.publicKey]);
    const before = loaded();
    await connect({ host: '', port: 1, user: '', identity: { privateKey: '' }, hostKeys: [] }).catch(() => undefined);
    console.log(before, loaded());`;
  const args = ['--no-warnings', '--input-type=module', '-e', script];
  expect(await output(process.execPath, args)).toBe('false true\n');
});
