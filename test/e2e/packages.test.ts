import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { BUSY, newOwner, type Owner } from './owner.ts';

jest.setTimeout(BUSY);

let owner: Owner;
beforeAll(async () => {
  owner = await newOwner({ SLIPWAY_QEMU_IMAGE: 'build-without-engine' });
});
afterAll(() => owner.remove());

test('the engine is installed from the distribution’s packages, in the version that was asked for', async () => {
  const { code, stderr } = await owner.slipway(
    ...['create', '--engine-source', 'distribution', '--engine-version', '20.10', 'packaged'],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^packaged: install the engine {2}/m) });
  expect(await owner.docker('packaged', 'version', '--format', '{{.Server.Version}}')).toMatch(/^20\.10\./);
  await owner.buildTools('packaged');
  expect(await owner.docker('packaged', 'run', '--rm', 'tools', 'echo', 'hello')).toBe('hello');
});

test('it is asked for in the same place when it shall be upgraded', async () => {
  const upgraded = await owner.does('slipway', 'upgrade', 'packaged');
  expect(upgraded).toMatch(/^"packaged" has engine 20\.10\.\S+; there is no newer one\.\n$/);
});
