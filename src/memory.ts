/** What several machines of one command would ask alike, asked once. */
export interface Memory {
  /**
   * Gives the answer of whoever asked first under this name, be it still on its way; what failed is forgotten.
   * @param lasting for how many milliseconds it is good; as long as the memory when absent
   */
  recall<T>(what: string, ask: () => Promise<T>, lasting?: number): Promise<T>;
  /** Has this done once the command is over: a place is told that nobody will ask it any more. Must not throw. */
  atEnd(work: () => Promise<void>): void;
  /** Does what is to be done at the end. */
  end(): Promise<void>;
}

export function newMemory(): Memory {
  const known = new Map<string, { answer: Promise<unknown>; until: number }>();
  const last = new Set<() => Promise<void>>();
  return {
    recall<T>(what: string, ask: () => Promise<T>, lasting = Number.POSITIVE_INFINITY) {
      const present = known.get(what);
      if (present && performance.now() < present.until) return present.answer as Promise<T>;
      const answer = ask();
      const asked = { answer, until: performance.now() + lasting };
      known.set(what, asked);
      answer.catch(() => {
        if (known.get(what) === asked) known.delete(what);
      });
      return answer;
    },
    atEnd: (work) => void last.add(work),
    async end() {
      const works = [...last];
      last.clear();
      await Promise.all(works.map((work) => work()));
    },
  };
}

/** What is asked for when it is first wanted, and then known, also that it failed. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}
