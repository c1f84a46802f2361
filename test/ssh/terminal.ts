import { readFile } from 'node:fs/promises';
import { connect } from '../../src/ssh/index.ts';

/** A program for a terminal: the shell of the target in the first argument's file, or the command in the second. */
const [, , file = '', command] = process.argv;
const connection = await connect(JSON.parse(await readFile(file, 'utf8')));
const code = await connection.shell(command, { tty: process.stdin.isTTY });
connection.close();
process.stdout.write(`ended with ${code}, raw: ${process.stdin.isRaw === true}\n`);
