/** One who is logged in, and again when the server has forgotten that. */
export interface Login<S> {
  /** The session that is used now; rejects where the last login failed. */
  now(): Promise<S>;
  /** Does the work, and once more in a new session where it failed because that of before had ended. */
  within<T>(work: (session: S) => Promise<T>): Promise<T>;
}

/** Logs in at once. @throws what `logIn` throws */
export async function loggedIn<S>(logIn: () => Promise<S>, hasEnded: (error: unknown) => boolean): Promise<Login<S>> {
  let last = logIn();
  await last;
  return {
    now: () => last,
    async within(work) {
      const used = last;
      try {
        return await work(await used);
      } catch (error) {
        if (!hasEnded(error)) throw error;
      }
      if (last === used) last = logIn(); // else another question has done so already
      return work(await last);
    },
  };
}
