import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Work } from '../../src/machine/work.ts';
import { run } from '../../src/program.ts';
import { dockerMachineLayout } from '../../src/store/docker-machine/layout.ts';
import type { Layout } from '../../src/store/layout.ts';

/** Where docker-machine kept its store when it wrote the records: not where the tests have it. */
export const OLD_ROOT = '/home/ann/.docker/machine';

/** A store as docker-machine left it, in a folder of its own. */
export interface OldStore {
  readonly store: Layout;
  readonly work: Work;
  /** Every note that was reported. */
  readonly notes: readonly string[];
  /** Writes machines/NAME/config.json. */
  add(name: string, config: object): Promise<void>;
  /** Every file below machines/ and certs/ with its text, by its path. */
  files(): Promise<Record<string, string>>;
  remove(): Promise<void>;
}

export async function newOldStore(env: NodeJS.ProcessEnv = {}): Promise<OldStore> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-old-'));
  const store = dockerMachineLayout(root);
  const notes: string[] = [];
  const report: Work['report'] = ({ detail }) => void (detail === undefined || notes.push(detail));
  return {
    store,
    notes,
    work: { store, env: { HOME: root, PATH: process.env.PATH, ...env }, report },
    async add(name, config) {
      await mkdir(store.machine(name).folder, { recursive: true, mode: 0o700 });
      await writeFile(store.machine(name).record, JSON.stringify(config, null, 4), { mode: 0o600 });
    },
    async files() {
      const all = await readdir(root, { recursive: true, withFileTypes: true });
      const files = all.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
      const theirs = files.filter((path) => !path.startsWith(join(root, '.slipway'))).sort();
      return Object.fromEntries(
        await Promise.all(theirs.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')])),
      );
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A config.json of version 3, as docker-machine writes it. */
export function version3(name: string, driverName: string, driver: object, root = OLD_ROOT): Version3 {
  return {
    ConfigVersion: 3,
    Driver: {
      IPAddress: '',
      MachineName: name,
      SSHUser: '',
      SSHPort: 0,
      SSHKeyPath: '',
      StorePath: root,
      SwarmMaster: false,
      SwarmHost: '',
      SwarmDiscovery: '',
      ...driver,
    },
    DriverName: driverName,
    HostOptions: {
      Driver: '',
      Memory: 0,
      Disk: 0,
      EngineOptions: {
        ArbitraryFlags: ['log-level=warn'],
        Dns: null,
        GraphDir: '',
        Env: ['HTTP_PROXY=http://proxy:3128'],
        Ipv6: false,
        InsecureRegistry: [],
        Labels: ['team=web'],
        LogLevel: '',
        StorageDriver: '',
        SelinuxEnabled: false,
        TlsVerify: true,
        RegistryMirror: ['https://mirror.example'],
        InstallURL: 'https://get.docker.com',
      },
      SwarmOptions: {
        IsSwarm: false,
        Address: '',
        Discovery: '',
        Agent: false,
        Master: false,
        Host: 'tcp://0.0.0.0:3376',
        Image: 'swarm:latest',
        Strategy: 'spread',
        Heartbeat: 0,
        Overcommit: 0,
        ArbitraryFlags: [],
        ArbitraryJoinFlags: [],
        Env: null,
        IsExperimental: false,
      },
      AuthOptions: {
        CertDir: `${root}/certs`,
        CaCertPath: `${root}/certs/ca.pem`,
        CaPrivateKeyPath: `${root}/certs/ca-key.pem`,
        CaCertRemotePath: '',
        ServerCertPath: `${root}/machines/${name}/server.pem`,
        ServerKeyPath: `${root}/machines/${name}/server-key.pem`,
        ClientKeyPath: `${root}/certs/key.pem`,
        ServerCertRemotePath: '',
        ServerKeyRemotePath: '',
        ClientCertPath: `${root}/certs/cert.pem`,
        ServerCertSANs: [],
        StorePath: `${root}/machines/${name}`,
      },
    },
    Name: name,
  };
}

interface Version3 extends Record<string, unknown> {
  readonly Driver: Record<string, unknown>;
  readonly HostOptions: Record<string, unknown> & { readonly AuthOptions: Record<string, unknown> };
}

/** The same in version 2: the driver does not tell the store. */
export function version2(config: Version3): object {
  const { StorePath: _, ...driver } = config.Driver;
  return { ...config, ConfigVersion: 2, Driver: driver };
}

/** In version 1 the authority's key has another name, and the machine's folder is at the top. */
export function version1(config: Version3): object {
  const { CertDir: _, CaPrivateKeyPath: key, ServerCertSANs: __, ...auth } = config.HostOptions.AuthOptions;
  const options = { ...config.HostOptions, AuthOptions: { ...auth, PrivateKeyPath: key } };
  return { ...version2(config), ConfigVersion: 1, HostOptions: options, StorePath: auth.StorePath };
}

/** In version 0 there are no groups, and no driver knew of user, port or key file. */
export function version0(config: Version3): object {
  const { SSHUser: _, SSHPort: __, SSHKeyPath: ___, StorePath: ____, ...driver } = config.Driver;
  const { CaPrivateKeyPath: key, ...auth } = config.HostOptions.AuthOptions;
  return { DriverName: config.DriverName, Driver: driver, ...auth, PrivateKeyPath: key, SwarmMaster: false };
}

export const EC2 = {
  IPAddress: '198.51.100.7',
  SSHUser: 'ubuntu',
  SSHPort: 22,
  SSHKeyPath: `${OLD_ROOT}/machines/web/id_rsa`,
  Id: '0123456789abcdef',
  AccessKey: 'AKIAOLD',
  SecretKey: 'old-secret',
  SessionToken: '',
  Region: 'eu-west-1',
  AMI: 'ami-927185ef',
  ExistingKey: false,
  KeyName: 'web',
  InstanceId: 'i-0a1b2c3d',
  InstanceType: 't2.micro',
  PrivateIPAddress: '10.0.0.7',
  SecurityGroupIds: ['sg-01'],
  SecurityGroupNames: ['docker-machine'],
  Tags: '',
  RootSize: 16,
  VolumeType: 'io1',
  Zone: 'a',
  RequestSpotInstance: false,
  PrivateIPOnly: false,
  UsePrivateIP: false,
  RetryCount: 5,
  Endpoint: '',
  DisableSSL: false,
};

export const OPENSTACK = {
  IPAddress: '192.0.2.1',
  SSHUser: 'ubuntu',
  SSHPort: 22,
  AuthUrl: 'https://cloud.example:5000/v2.0',
  ActiveTimeout: 200,
  Insecure: false,
  CaCert: '',
  DomainID: '',
  DomainName: 'Default',
  Username: 'ann',
  Password: 'old-secret',
  TenantName: 'web',
  TenantId: 'aa00',
  Region: 'RegionOne',
  AvailabilityZone: '',
  EndpointType: '',
  MachineId: '0f0e0d0c-1111-2222-3333-444455556666',
  FlavorName: 'm1.small',
  FlavorId: 'f1',
  ImageName: 'ubuntu',
  ImageId: 'i1',
  KeyPairName: 'm-0123abcd',
  NetworkName: 'inside',
  NetworkId: 'n1',
  UserData: null,
  PrivateKeyFile: '',
  SecurityGroups: ['default'],
  FloatingIpPool: 'public',
  ComputeNetwork: false,
  FloatingIpPoolId: 'p1',
  IpVersion: 4,
  ConfigDrive: false,
  ExistingKey: false,
};

export const SOFTLAYER = {
  IPAddress: '192.0.2.1',
  Id: 7,
  Client: { User: 'ann', ApiKey: 'old-secret', Endpoint: 'https://api.softlayer.com/rest/v3' },
  SSHKeyID: 5,
};

export const VSPHERE = {
  IPAddress: '192.0.2.1',
  SSHUser: 'docker',
  SSHPort: 22,
  Memory: 2048,
  DiskSize: 20480,
  CPU: 2,
  ISO: `${OLD_ROOT}/machines/m/boot2docker.iso`,
  Boot2DockerURL: '',
  CPUS: 0,
  IP: 'vc.example',
  Port: 443,
  Username: 'ann',
  Password: 'old-secret',
  Networks: ['VM Network'],
  Datastore: 'ssd',
  Datacenter: 'DC0',
  Folder: 'tests',
  Pool: '',
  HostSystem: '',
  CfgParams: null,
  CloudInit: '',
  SSHPassword: 'tcuser',
};

/** Certificates with openssl, as docker-machine makes them: RSA 2048, PKCS#1 keys, an organisation and no common name. */
export async function oldCertificates({ store }: OldStore, names: readonly string[], address: string): Promise<void> {
  const script = `
    set -e
    mkdir -p certs && cd certs
    openssl req -x509 -newkey rsa:2048 -nodes -days 1080 -subj /O=ann -keyout ca8.pem -out ca.pem \\
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign
    openssl rsa -traditional -in ca8.pem -out ca-key.pem; rm ca8.pem
    leaf() { # KEY CERT SUBJECT EXTENSIONS
      openssl req -new -newkey rsa:2048 -nodes -subj "$3" -keyout new.pem -out new.csr
      openssl rsa -traditional -in new.pem -out "$1"
      printf "$4" >new.ext
      openssl x509 -req -in new.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 1080 -extfile new.ext -out "$2"
      rm -f new.pem new.csr new.ext ca.srl
    }
    leaf key.pem cert.pem '/O=ann.<bootstrap>' 'keyUsage=critical,digitalSignature\\nextendedKeyUsage=clientAuth\\n'
    for name in ${names.join(' ')}; do
      leaf ../machines/$name/server-key.pem ../machines/$name/server.pem /O=ann.$name 'extendedKeyUsage=serverAuth\\nsubjectAltName=IP:${address},DNS:localhost\\n'
      cp ca.pem cert.pem key.pem ../machines/$name
    done
  `;
  const { code, stderr } = await run('sh', ['-c', script], { cwd: store.root });
  if (code !== 0) throw new Error(stderr);
}
