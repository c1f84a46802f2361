/** ssh2, loaded on first use: a command that opens no connection does not pay for it. */
export async function loadSsh2() {
  return (await import('ssh2')).default;
}
