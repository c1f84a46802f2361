import { connect } from 'node:net';

const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const LIMIT = 2000;

/** Whether the user's SSH agent runs and holds a key; an agent without one is no way to log in. draft-miller-ssh-agent-04, section 4.4 */
export function agentHoldsKeys(socket = process.env.SSH_AUTH_SOCK): Promise<boolean> {
  if (!socket) return Promise.resolve(false);
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const connection = connect(socket, () => connection.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES])));
    const finish = (holds: boolean) => {
      connection.destroy();
      resolve(holds);
    };
    connection.setTimeout(LIMIT, () => finish(false));
    connection.on('error', () => finish(false));
    connection.on('close', () => finish(false));
    connection.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 9) finish(answer[4] === IDENTITIES_ANSWER && answer.readUInt32BE(5) > 0);
    });
  });
}
