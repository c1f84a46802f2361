import { expect, test } from '@jest/globals';
import { checkEngine } from '../../src/provision/index.ts';

const none = { labels: [], env: [], mirrors: [], insecureRegistries: [], options: [] };

test.each([
  ['a label without a value', { labels: ['site'] }],
  ['a variable without a name', { env: ['=x'] }],
  ['a mirror that is no URL', { mirrors: ['mirror'] }],
  ['a registry with a scheme', { insecureRegistries: ['http://x'] }],
  ['an option that is ours', { options: ['tlsverify=false'] }],
  ['a version with a blank', { version: '27 ; id' }],
  ['binaries without a checksum', { source: 'static' as const, url: 'https://192.0.2.1/docker.tgz' }],
  ['a repository that is no URL', { url: 'javascript:1' }],
])('%s is refused before there is a host', (_, wish) => {
  expect(() => checkEngine({ ...none, ...wish })).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('what a host could be given passes', () => {
  const sum = `sha256:${'0'.repeat(64)}`;
  expect(() => checkEngine({ ...none, labels: ['a=$(id)'], env: ["A='"], version: '27.3' })).not.toThrow();
  expect(() =>
    checkEngine({ ...none, source: 'static', url: 'https://192.0.2.1/docker.tgz', checksum: sum }),
  ).not.toThrow();
});
