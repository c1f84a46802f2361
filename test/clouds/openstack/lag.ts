/** What a service shows in its lists while they are late. */
export interface Lag {
  /** In milliseconds. */
  late: number;
  /** Takes notice of an answer that changed something. */
  changed(method: string, path: string, body: unknown): void;
  /** The list as it would have been so many milliseconds ago; another answer as it is. */
  seen(path: string, body: unknown): unknown;
}

type Thing = Readonly<Record<string, unknown>>;

/** What was made shows later, and what was removed still shows: in the lists in which it was seen before. */
export function newLag(): Lag {
  const made = new Map<string, number>();
  const removed = new Map<string, number>();
  const known = new Map<string, Thing>();
  const isLate = (moments: Map<string, number>, id: string, late: number) =>
    performance.now() - (moments.get(id) ?? Number.NEGATIVE_INFINITY) < late;
  return {
    late: 0,
    changed(method, path, body) {
      if (method === 'DELETE') removed.set(path.split('/').at(-1) ?? '', performance.now());
      const id = idOf(Object.values(tableOf(body))[0]);
      if (method === 'POST' && id !== undefined) made.set(id, performance.now());
    },
    seen(path, body) {
      const [name, things] = Object.entries(tableOf(body))[0] ?? [];
      if (name === undefined || !Array.isArray(things)) return body;
      const there = things.map((thing) => [`${path} ${idOf(thing)}`, thing] as const);
      for (const [place, thing] of there) known.set(place, thing);
      const gone = [...known].filter(
        ([place]) => place.startsWith(`${path} `) && !there.some(([each]) => each === place),
      );
      const shown = [
        ...things.filter((thing) => !isLate(made, idOf(thing) ?? '', this.late)),
        ...gone.flatMap(([, thing]) => (isLate(removed, idOf(thing) ?? '', this.late) ? [thing] : [])),
      ];
      return { ...tableOf(body), [name]: shown };
    },
  };
}

/** A key pair has a name only. */
function idOf(thing: unknown): string | undefined {
  const { id, name, keypair } = tableOf(thing);
  if (keypair !== undefined) return idOf(keypair);
  return (id ?? name) as string | undefined;
}

function tableOf(value: unknown): Thing {
  return typeof value === 'object' && value !== null ? (value as Thing) : {};
}
