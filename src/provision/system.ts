/** A host's operating system, as its os-release says (os-release(5)). */
export interface System {
  /** "debian"; "linux" where the file says nothing. */
  id: string;
  /** The systems that it is derived from, nearest first. */
  like: readonly string[];
  /** "12", "24.04"; absent for rolling releases. */
  version?: string;
  codename?: string;
  /** For a person: "Debian GNU/Linux 12 (bookworm)". */
  name: string;
  /** Codenames of the Debian or Ubuntu release under a derivative. */
  debian?: string;
  ubuntu?: string;
  /** As `uname -m` says: "x86_64", "aarch64". */
  arch: string;
}

/** Reads os-release: lines of NAME=value in shell quoting; what is not one is passed over. */
export function readSystem(osRelease: string, arch: string): System {
  const value = new Map(osRelease.split('\n').flatMap(assignment));
  const optional = (key: keyof System, name: string) => {
    const text = value.get(name);
    return text ? { [key]: text } : {};
  };
  return {
    id: value.get('ID') || 'linux',
    like: (value.get('ID_LIKE') ?? '').split(/\s+/).filter(Boolean),
    name: value.get('PRETTY_NAME') || value.get('NAME') || 'Linux',
    arch,
    ...optional('version', 'VERSION_ID'),
    ...optional('codename', 'VERSION_CODENAME'),
    ...optional('debian', 'DEBIAN_CODENAME'),
    ...optional('ubuntu', 'UBUNTU_CODENAME'),
  };
}

function assignment(line: string): [string, string][] {
  const [, name, raw] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
  return name === undefined || raw === undefined ? [] : [[name, unquoted(raw)]];
}

function unquoted(raw: string): string {
  const single = /^'([^']*)'$/.exec(raw);
  if (single) return single[1] ?? '';
  const double = /^"(.*)"$/.exec(raw);
  return (double?.[1] ?? raw).replace(/\\(["$`\\])/g, '$1');
}
