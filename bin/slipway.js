#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`Error: Slipway needs Node 22.13 or newer; this is ${process.version}, "${process.execPath}"`);
  process.exit(1);
}

process.removeAllListeners('warning'); // what libraries warn of is nothing that a user could change

// Not oclif's `execute`, which waits until standard output is read: for ever, where `| head` has gone.
const { Errors, run } = await import('@oclif/core');
const { shielded } = await import('../dist/terminal/remote-words.js');
await run(shielded(process.argv.slice(2)), import.meta.url).catch(Errors.handle);
