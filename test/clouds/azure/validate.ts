import ajvDraft4 from 'ajv-draft-04';
import { spec } from '../specs.ts';
import { type Mapper, mappers, type Operation, type Property, type PropertyType, type Service } from './definitions.ts';

type Tree = Map<string, Property | Tree>;

/** What is wrong with a request's body, by the vendor's definitions: unknown and read-only fields, types, what is missing. */
export function wrongWithBody(operation: Operation, body: unknown): string[] {
  if (operation.method === 'PATCH') return wrongWithTags(body);
  if (operation.body === undefined) return body === undefined ? [] : [`${operation.name} takes no body`];
  const checker = new Checker(operation.service, true);
  checker.composite(operation.body, body, operation.body);
  return [...checker.wrong, ...wrongBySchema(operation, body)];
}

/** Of what Azure takes in a PATCH this server knows the tags: parameters of updateTags, and of update. */
function wrongWithTags(body: unknown): string[] {
  const { tags, ...others } = (body ?? {}) as Record<string, unknown>;
  const isDictionary = typeof tags === 'object' && tags !== null;
  const values = isDictionary ? Object.entries(tags) : [];
  return [
    ...Object.keys(others).map((name) => `${name} is unknown`),
    ...(isDictionary ? [] : ['tags is no dictionary']),
    ...values.filter(([, value]) => typeof value !== 'string').map(([name]) => `tags.${name} is no text`),
  ];
}

/** The same for what this server answers, so that it cannot make fields up. */
export function wrongWithAnswer(operation: Operation, status: number, body: unknown): string[] {
  const name = operation.answers.get(status);
  if (name === undefined) return [];
  const checker = new Checker(operation.service, false);
  if (Array.isArray(body)) for (const each of body) checker.composite(name, each, name);
  else checker.composite(name, body, name);
  return checker.wrong.map((each) => `the server's own answer: ${each}`);
}

class Checker {
  readonly wrong: string[] = [];
  readonly #classes: Readonly<Record<string, Mapper>>;
  readonly #isRequest: boolean;

  constructor(service: Service, isRequest: boolean) {
    this.#classes = mappers[service];
    this.#isRequest = isRequest;
  }

  composite(name: string, value: unknown, where: string): void {
    const mapper = this.#classes[name];
    if (!mapper?.type.modelProperties) return; // "any": the definitions say nothing about it
    this.#object(treeOf(mapper.type.modelProperties), value, where);
  }

  #object(tree: Tree, value: unknown, where: string): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.wrong.push(`${where} is no object`);
      return;
    }
    const fields = value as Record<string, unknown>;
    for (const [key, inner] of Object.entries(fields)) {
      const known = tree.get(key);
      if (known === undefined) this.wrong.push(`${where}.${key} is unknown`);
      else if (known instanceof Map) this.#object(known, inner, `${where}.${key}`);
      else this.#property(known, inner, `${where}.${key}`);
    }
    for (const [key, known] of tree) {
      const isMissing = !(known instanceof Map) && known.required && (this.#isRequest ? !known.readOnly : false);
      if (isMissing && fields[key] === undefined) this.wrong.push(`${where}.${key} is missing`);
    }
  }

  #property(property: Property, value: unknown, where: string): void {
    if (this.#isRequest && property.readOnly) this.wrong.push(`${where} is read-only`);
    else this.#type(property.type, value, where);
  }

  #type(type: PropertyType, value: unknown, where: string): void {
    if (value === null) this.wrong.push(`${where} is null`);
    else if (type.name === 'Composite') this.composite(type.className ?? '', value, where);
    else if (type.name === 'Sequence') this.#sequence(type, value, where);
    else if (type.name === 'Dictionary') this.#dictionary(type, value, where);
    else if (!isOf(type, value)) this.wrong.push(`${where} cannot be ${JSON.stringify(value)}`);
  }

  #sequence(type: PropertyType, value: unknown, where: string): void {
    if (!Array.isArray(value)) this.wrong.push(`${where} is no list`);
    else if (type.element)
      for (const [index, each] of value.entries()) this.#type(type.element.type, each, `${where}[${index}]`);
  }

  #dictionary(type: PropertyType, value: unknown, where: string): void {
    if (typeof value !== 'object' || Array.isArray(value)) this.wrong.push(`${where} is no dictionary`);
    else if (type.value)
      for (const [key, each] of Object.entries(value ?? {})) this.#type(type.value.type, each, `${where}.${key}`);
  }
}

function isOf({ name, allowedValues }: PropertyType, value: unknown): boolean {
  if (name === 'Enum') return allowedValues?.includes(value) ?? true;
  if (name === 'String' || name === 'DateTime' || name === 'Date') return typeof value === 'string';
  if (name === 'Number') return typeof value === 'number';
  return name === 'Boolean' ? typeof value === 'boolean' : true;
}

const trees = new WeakMap<object, Tree>();

/** "properties.hardwareProfile" stands for a field in a field. */
function treeOf(properties: Readonly<Record<string, Property>>): Tree {
  const known = trees.get(properties);
  if (known) return known;
  const root: Tree = new Map();
  for (const property of Object.values(properties)) {
    const path = property.serializedName.split(/(?<!\\)\./).map((word) => word.replaceAll('\\', ''));
    let tree = root;
    for (const word of path.slice(0, -1)) {
      const next = tree.get(word);
      const inner: Tree = next instanceof Map ? next : new Map();
      tree.set(word, inner);
      tree = inner;
    }
    tree.set(path.at(-1) ?? '', property);
  }
  trees.set(properties, root);
  return root;
}

/** The mappers know few enumerations; the schemas of templates know them all. */
const SCHEMAS: Readonly<Record<string, string>> = {
  'virtualMachines.createOrUpdate': 'azure/Microsoft.Compute.2026-03-01.schema.json virtualMachines',
  'virtualNetworks.createOrUpdate': 'azure/Microsoft.Network.2025-05-01.schema.json virtualNetworks',
  'networkSecurityGroups.createOrUpdate': 'azure/Microsoft.Network.2025-05-01.schema.json networkSecurityGroups',
  'publicIPAddresses.createOrUpdate': 'azure/Microsoft.Network.2025-05-01.schema.json publicIPAddresses',
  'networkInterfaces.createOrUpdate': 'azure/Microsoft.Network.2025-05-01.schema.json networkInterfaces',
};

const ajv = new ajvDraft4.default({ strict: false, validateFormats: false, allErrors: true });
const validators = new Map<string, ReturnType<typeof ajv.compile>>();

function wrongBySchema({ name }: Operation, body: unknown): string[] {
  const validate = validatorFor(name);
  if (!validate || validate(body)) return [];
  return (validate.errors ?? []).filter(isMeant).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The list of sizes in the schema ended years ago; it is the list of the location that counts. */
function isMeant({ instancePath, keyword }: { instancePath: string; keyword: string }): boolean {
  return instancePath !== '/properties/hardwareProfile/vmSize' || keyword !== 'enum';
}

function validatorFor(operation: string) {
  const known = validators.get(operation);
  const [file, type] = SCHEMAS[operation]?.split(' ') ?? [];
  if (known || file === undefined) return known;
  if (!ajv.getSchema(file)) ajv.addSchema({ ...(spec(file) as object), id: file }, file);
  const validate = ajv.compile({ $ref: `${file}#/resourceDefinitions/${type}` });
  validators.set(operation, validate);
  return validate;
}
