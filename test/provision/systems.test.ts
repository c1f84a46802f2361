import { describe, expect, test } from '@jest/globals';
import type { EngineFacts } from '../../src/provision/facts.ts';
import { defaultSource, install } from '../../src/provision/sources/source.ts';
import { readSystem } from '../../src/provision/system.ts';
import { familyOf } from '../../src/provision/systems.ts';
import { candidate } from '../../src/provision/upgrade.ts';
import type { EngineWish } from '../../src/provision/wish.ts';
import { freshHost, hostWithEngine, osReleases, plainEngine } from './samples.ts';

const host = (osRelease: string, arch = 'x86_64') => ({ ...freshHost('debian'), system: readSystem(osRelease, arch) });

describe('families and where their engine comes from', () => {
  test.each([
    [osReleases.debian, 'Debian', 'docker'],
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux trixie/sid"\nVERSION_CODENAME=trixie', 'Debian', 'distribution'],
    ['ID=raspbian\nID_LIKE=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm', 'Debian', 'docker'],
    ['ID=kali\nID_LIKE=debian\nVERSION_ID="2024.4"\nVERSION_CODENAME=kali-rolling', 'Debian', 'distribution'],
    ['ID=linuxmint\nID_LIKE=debian\nVERSION_ID="6"\nDEBIAN_CODENAME=bookworm', 'Debian', 'docker'],
    [osReleases.ubuntu, 'Ubuntu', 'docker'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21.3"\nUBUNTU_CODENAME=jammy', 'Ubuntu', 'docker'],
    [osReleases.rocky, 'Red Hat Enterprise Linux', 'docker'],
    ['ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"', 'Red Hat Enterprise Linux', 'docker'],
    ['ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.10"', 'Red Hat Enterprise Linux', 'docker'],
    ['ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="10"', 'Red Hat Enterprise Linux', 'docker'],
    ['ID="ol"\nID_LIKE="fedora"\nVERSION_ID="9.4"', 'Red Hat Enterprise Linux', 'docker'],
    [osReleases.fedora, 'Fedora', 'docker'],
    [osReleases.amazon, 'Amazon Linux', 'distribution'],
    [osReleases.sles, 'SUSE', 'distribution'],
    [osReleases.leap, 'SUSE', 'distribution'],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20241101"', 'SUSE', 'distribution'],
    [osReleases.arch, 'Arch Linux', 'distribution'],
    ['ID=manjaro\nID_LIKE=arch', 'Arch Linux', 'distribution'],
    [osReleases.alpine, 'Alpine Linux', 'distribution'],
  ])('%j', (osRelease, family, source) => {
    const facts = host(osRelease);
    expect(familyOf(facts.system).name).toBe(family);
    expect(defaultSource(facts)).toBe(source);
  });

  test('Docker serves only some processors', () => {
    expect(defaultSource(host(osReleases.debian, 'riscv64'))).toBe('distribution');
    expect(defaultSource(host(osReleases.debian, 'aarch64'))).toBe('docker');
  });

  test.each([
    ['ID=gentoo\nPRETTY_NAME="Gentoo Linux"', 'Slipway cannot install an engine on "Gentoo Linux" (ID=gentoo)'],
    ['', 'Slipway cannot install an engine on "Linux" (ID=linux)'],
    [
      'ID="amzn"\nVERSION_ID="2"\nPRETTY_NAME="Amazon Linux 2"',
      '"Amazon Linux 2" is too old: Slipway needs Amazon Linux 2023 or newer',
    ],
    [
      'ID="centos"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"',
      '"CentOS Linux 7 (Core)" is too old: Slipway needs Red Hat Enterprise Linux 8 or newer',
    ],
    [
      'ID=alpine\nVERSION_ID=3.9.6\nPRETTY_NAME="Alpine Linux v3.9"',
      '"Alpine Linux v3.9" is too old: Slipway needs Alpine Linux 3.18 or newer',
    ],
  ])('%j is not known', (osRelease, message) => {
    expect(() => install(host(osRelease), plainEngine)).toThrow(
      expect.objectContaining({ code: 'unsupported', message }),
    );
  });
});

describe('os-release', () => {
  test('quotes, escapes and lines that are none', () => {
    const system = readSystem(
      `# comment\nID='x y'\nPRETTY_NAME="A \\"b\\" \\$c"\nnonsense\nVERSION_ID=\nA=B=C\n`,
      'aarch64',
    );
    expect(system).toEqual({ id: 'x y', like: [], name: 'A "b" $c', arch: 'aarch64' });
  });
});

describe('an engine that cannot be installed', () => {
  const wish = (engine: Partial<EngineWish>): EngineWish => ({ ...plainEngine, ...engine });
  const sum = 'a'.repeat(64);

  test.each<[string, ReturnType<typeof host>, Partial<EngineWish>, string, string]>([
    [
      'none',
      freshHost('debian'),
      { source: 'none' },
      'refused',
      'There is no dockerd on the host ("Debian GNU/Linux 12 (bookworm)")',
    ],
    [
      'no packages of Docker',
      freshHost('arch'),
      { source: 'docker' },
      'unsupported',
      'Docker has no packages for "Arch Linux" on x86_64',
    ],
    [
      'none of its own',
      freshHost('rocky'),
      { source: 'distribution' },
      'unsupported',
      '"Rocky Linux 9.4 (Blue Onyx)" has no Docker engine of its own',
    ],
    [
      'no room',
      { ...freshHost('debian'), diskFree: 300 },
      {},
      'refused',
      'The host has 300 MiB of disk space free, and an engine needs 700',
    ],
    [
      'another init',
      { ...freshHost('debian'), init: 'other' },
      {},
      'unsupported',
      '"Debian GNU/Linux 12 (bookworm)" on the host starts its services with neither systemd nor OpenRC',
    ],
    ['no archive', freshHost('debian'), { source: 'static' }, 'bad-input', '"" cannot be where the engine comes from'],
    [
      'a password in the URL',
      freshHost('debian'),
      { source: 'static', url: 'https://u:p@h/a.tgz', checksum: sum },
      'bad-input',
      '"https://u:p@h/a.tgz" cannot be where the engine comes from',
    ],
    [
      'an archive by http',
      freshHost('debian'),
      { source: 'static', url: 'http://h/a.tgz', checksum: sum },
      'bad-input',
      '"http://h/a.tgz" cannot be where the engine comes from',
    ],
    [
      'no checksum',
      freshHost('debian'),
      { source: 'static', url: 'https://h/a.tgz' },
      'bad-input',
      '"" is not the checksum of an archive',
    ],
    [
      'a version that is none',
      freshHost('debian'),
      { version: '27; id' },
      'bad-input',
      '"27; id" is not a version of an engine',
    ],
    [
      'a version that begins as a flag',
      freshHost('debian'),
      { version: '-rf' },
      'bad-input',
      '"-rf" is not a version of an engine',
    ],
  ])('%s', (_, facts, engine, code, message) => {
    expect(() => install(facts, wish(engine))).toThrow(expect.objectContaining({ code, message }));
  });

  test('one that is there is kept, on any system', () => {
    const facts = { ...hostWithEngine('debian'), system: readSystem('ID=gentoo', 'x86_64') };
    expect(install(facts, wish({ source: 'none' }))).toEqual([]);
    expect(install(facts, wish({ version: '99' }))).toEqual([]);
  });

  test('one without a package is upgraded by its owner, and so is Arch Linux', () => {
    const { package: _, ...engine } = hostWithEngine('debian').engine as EngineFacts;
    expect(() => candidate({ ...hostWithEngine('debian'), engine }, plainEngine)).toThrow('did not come in a package');
    expect(() => candidate(hostWithEngine('arch', 'docker'), plainEngine)).toThrow('Arch Linux is upgraded as a whole');
  });
});
