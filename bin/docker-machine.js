#!/usr/bin/env node
import './node.js';

const { start } = await import('../dist/docker-machine/start.js');
await start(process.argv.slice(2), import.meta.url);
