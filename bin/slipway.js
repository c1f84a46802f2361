#!/usr/bin/env node
import './node.js';

const { start } = await import('../dist/terminal/start.js');
await start(process.argv.slice(2), import.meta.url);
