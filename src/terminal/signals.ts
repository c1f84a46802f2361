const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal that aborts at the first Ctrl-C, end of the terminal or kill, so that the work can undo what it did. A second
 * one ends the process at once, after `left` has said what may remain.
 */
export function interruption(left: () => string): AbortSignal {
  const controller = new AbortController();
  for (const name of ENDING) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.stderr.write(`${left()}\n`);
        process.exit(130);
      }
      controller.abort();
    });
  }
  return controller.signal;
}
