import { text } from 'node:stream/consumers';
import { ping } from '../../src/engine/index.ts';
import { codeOf } from '../../src/errors.ts';

/** A program for tests that need an environment of their own: reads an address, prints "up" or the code of the error. */
const address = JSON.parse(await text(process.stdin));
console.log(
  await ping(address).then(
    () => 'up',
    (error) => codeOf(error) ?? error,
  ),
);
