import { spec } from '../specs.ts';

/** What a request may say, in botocore's words. */
interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

interface Member {
  readonly shape: string;
  readonly locationName?: string;
  readonly queryName?: string;
}

interface Model {
  readonly metadata: { readonly apiVersion: string };
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** What is wrong with a request: AWS's code, and what to tell. */
export interface Wrong {
  readonly code: string;
  readonly what: string;
}

/** A form's dotted names as a tree: { Filter: { 1: { Name: "state", Value: { 1: "available" } } } } */
type Tree = string | { readonly [name: string]: Tree };

/** What was sent: "Filter.1.Name" and the rest. */
export type Form = Readonly<Record<string, string>>;

export type Judge = (form: Form) => Wrong[];

/** What a selection of the model may lack, as botocore 1.43.11 has it. */
const LEFT_OUT: Pick<Model, 'operations' | 'shapes'> = {
  operations: { DeleteVolume: { input: { shape: 'DeleteVolumeRequest' } } },
  shapes: {
    DeleteVolumeRequest: {
      type: 'structure',
      required: ['VolumeId'],
      members: { VolumeId: { shape: 'VolumeId' }, DryRun: { shape: 'Boolean', locationName: 'dryRun' } },
    },
    VolumeId: { type: 'string' },
  },
};

/** Checks requests against botocore's model of EC2: operation, members, required ones, types, enumerations. */
export function newJudge(): Judge {
  const given = spec('aws/ec2-2016-11-15.botocore.json') as Model;
  const model = {
    ...given,
    operations: { ...LEFT_OUT.operations, ...given.operations },
    shapes: { ...LEFT_OUT.shapes, ...given.shapes },
  };
  return ({ Action = '', Version, ...parameters }) => {
    const operation = Object.hasOwn(model.operations, Action) ? model.operations[Action] : undefined;
    if (!operation) return [{ code: 'InvalidAction', what: `The action ${Action} is not valid for this web service` }];
    if (Version !== model.metadata.apiVersion) return [{ code: 'NoSuchVersion', what: `Version ${Version}` }];
    const tree = treeOf(parameters);
    const shape = operation.input?.shape;
    if (shape === undefined) return Object.keys(tree).map((name) => unknown(`${Action}.${name}`));
    return wrongIn(model, shape, tree, Action);
  };
}

/** What the real one refuses and the model does not tell: ids of another kind. */
export function malformed(form: Form): Wrong | undefined {
  for (const [name, value] of Object.entries(form)) {
    const [, pattern, code] = IDS.find(([parameter]) => parameter.test(name)) ?? [];
    if (pattern && code && !pattern.test(value)) return { code, what: `Invalid id: "${value}"` };
  }
  return undefined;
}

const IDS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^InstanceId(\.\d+)?$/, /^i-[0-9a-f]{8,17}$/, 'InvalidInstanceID.Malformed'],
  [/^GroupId(\.\d+)?$/, /^sg-[0-9a-f]{8,17}$/, 'InvalidGroupId.Malformed'],
  [/^AllocationId(\.\d+)?$/, /^eipalloc-[0-9a-f]{8,17}$/, 'InvalidAllocationID.NotFound'],
  [/^ImageId(\.\d+)?$/, /^ami-[0-9a-f]{8,17}$/, 'InvalidAMIID.Malformed'],
];

function treeOf(parameters: Form): Exclude<Tree, string> {
  const root: Record<string, Tree> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const steps = name.split('.');
    let at = root;
    for (const step of steps.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as Record<string, Tree>;
    }
    at[steps.at(-1) ?? ''] = value;
  }
  return root;
}

function wrongIn(model: Model, name: string, tree: Tree, path: string): Wrong[] {
  const shape = model.shapes[name];
  if (!shape) return [unknown(path)];
  if (shape.type === 'structure') return wrongInStructure(model, shape, tree, path);
  if (shape.type === 'list') return wrongInList(model, shape, tree, path);
  return wrongInValue(shape, tree, path);
}

function wrongInStructure(model: Model, shape: Shape, tree: Tree, path: string): Wrong[] {
  if (typeof tree === 'string') return [invalid(path, tree)];
  const members = Object.entries(shape.members ?? {});
  const wrong = Object.entries(tree).flatMap(([sent, below]) => {
    const member = members.find(([name, each]) => sentAs(name, each) === sent)?.[1];
    return member ? wrongIn(model, member.shape, below, `${path}.${sent}`) : [unknown(`${path}.${sent}`)];
  });
  const missing = members.filter(([name, member]) => shape.required?.includes(name) && !(sentAs(name, member) in tree));
  return [
    ...wrong,
    ...missing.map(([name]) => ({ code: 'MissingParameter', what: `The request must contain ${path}.${name}` })),
  ];
}

/** The rule of the protocol "ec2": queryName, else locationName with a capital letter, else the name. */
function sentAs(name: string, { queryName, locationName }: Member): string {
  if (queryName !== undefined) return queryName;
  return locationName === undefined ? name : locationName.charAt(0).toUpperCase() + locationName.slice(1);
}

function wrongInList(model: Model, shape: Shape, tree: Tree, path: string): Wrong[] {
  if (typeof tree === 'string' || !shape.member) return [invalid(path, String(tree))];
  const numbers = Object.keys(tree);
  if (numbers.some((number, at) => number !== String(at + 1))) return [unknown(`${path}.${numbers.join(',')}`)];
  const { shape: item } = shape.member;
  return numbers.flatMap((number) => wrongIn(model, item, tree[number] ?? '', `${path}.${number}`));
}

function wrongInValue({ type, enum: choices, min, max, pattern }: Shape, value: Tree, path: string): Wrong[] {
  if (typeof value !== 'string') return [unknown(path)];
  if (choices && !choices.includes(value)) return [invalid(path, value)];
  if (FORMS[type]?.test(value) === false) return [invalid(path, value)];
  const size = type === 'string' || type === 'blob' ? value.length : Number(value);
  if ((min !== undefined && size < min) || (max !== undefined && size > max)) return [invalid(path, value)];
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return [invalid(path, value)];
  return [];
}

const FORMS: Readonly<Record<string, RegExp>> = {
  integer: /^-?\d+$/,
  long: /^-?\d+$/,
  double: /^-?\d+(\.\d+)?$/,
  boolean: /^(true|false)$/,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  blob: /^[A-Za-z0-9+/]*={0,2}$/,
};

function unknown(path: string): Wrong {
  return { code: 'UnknownParameter', what: `The parameter ${path} is not recognized` };
}

function invalid(path: string, value: string): Wrong {
  return { code: 'InvalidParameterValue', what: `Value (${value}) for parameter ${path} is invalid` };
}
