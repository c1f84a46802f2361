import type { Answer } from '../cloud.ts';
import type { Wrong } from './model.ts';

/** What a request may say, in botocore's words, where it is sent as JSON. */
interface Model {
  readonly metadata: { readonly targetPrefix: string };
  readonly operations: Readonly<Record<string, { readonly input: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

interface Asked {
  readonly ServiceCode: string;
  readonly Filters?: readonly { readonly Field: string; readonly Value: string }[];
}

/** AWS's list of prices, as far as tests buy. Requests are checked against the model; `complain` is told what is wrong. */
export function newPrices(model: Model, complain: (wrong: Wrong) => void): (target: string, body: string) => Answer {
  return (target, body) => {
    const [prefix, name = ''] = target.split('.');
    const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined;
    const asked: unknown = JSON.parse(body);
    const wrong =
      prefix === model.metadata.targetPrefix && operation
        ? wrongIn(model, operation.input.shape, asked, name)
        : [{ code: 'UnknownOperationException', what: target }];
    wrong.forEach(complain);
    if (wrong[0]) return refusal(wrong[0].code, wrong[0].what);
    const PriceList = productsFor(asked as Asked).map((each) => JSON.stringify(each));
    return json(200, { FormatVersion: 'aws_v1', PriceList });
  };
}

/** An answer of the service that says no. */
export function refusal(code: string, message: string): Exclude<Answer, 'drop'> {
  return json(400, { __type: code, message });
}

function json(status: number, body: unknown): Exclude<Answer, 'drop'> {
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

/** USD an hour. */
const PRICES = {
  'us-east-1': { 't3.micro': '0.0104000000', 't3.small': '0.0208000000' },
  'eu-central-1': { 't3.micro': '0.0120000000' },
} as const;

interface Product {
  readonly product: { readonly attributes: Readonly<Record<string, string>> };
}

function productsFor({ ServiceCode, Filters = [] }: Asked): Product[] {
  const all = Object.entries(PRICES).flatMap(([region, prices]) =>
    Object.entries(prices).flatMap(([type, price]) => [
      product({ regionCode: region, instanceType: type, operatingSystem: 'Windows' }, '9.2000000000'),
      product({ regionCode: region, instanceType: type, preInstalledSw: 'SQL Web' }, '9.4000000000'),
      product({ regionCode: region, instanceType: type, tenancy: 'Dedicated' }, '9.6000000000'),
      product({ regionCode: region, instanceType: type, capacitystatus: 'AllocatedCapacityReservation' }, '0'),
      product({ regionCode: region, instanceType: type }, price),
    ]),
  );
  const fits = ({ product: { attributes } }: Product) =>
    Filters.every(({ Field, Value }) => attributes[Field]?.toLowerCase() === Value.toLowerCase());
  return ServiceCode === 'AmazonEC2' ? all.filter(fits) : [];
}

function product(special: Readonly<Record<string, string>>, price: string) {
  const ordinary = { operatingSystem: 'Linux', preInstalledSw: 'NA', tenancy: 'Shared', capacitystatus: 'Used' };
  const dimension = (unit: string, amount: string) => ({ unit, pricePerUnit: { USD: amount } });
  return {
    product: { productFamily: 'Compute Instance', attributes: { ...ordinary, ...special } },
    serviceCode: 'AmazonEC2',
    terms: {
      OnDemand: { 'A.J': { priceDimensions: { 'A.J.6': dimension('Hrs', price) } } },
      Reserved: {
        'A.R': { priceDimensions: { 'A.R.2': dimension('Quantity', '63'), 'A.R.6': dimension('Hrs', '0') } },
      },
    },
  };
}

function wrongIn(model: Model, name: string, value: unknown, path: string): Wrong[] {
  const shape = model.shapes[name];
  if (!shape) return [invalid(path, value)];
  if (shape.type === 'structure') return wrongInStructure(model, shape, value, path);
  if (shape.type === 'list' && shape.member && Array.isArray(value)) {
    const { shape: item } = shape.member;
    return value.flatMap((each, at) => wrongIn(model, item, each, `${path}[${at}]`));
  }
  return fits(shape, value) ? [] : [invalid(path, value)];
}

function wrongInStructure(model: Model, shape: Shape, value: unknown, path: string): Wrong[] {
  if (typeof value !== 'object' || value === null) return [invalid(path, value)];
  const missing = (shape.required ?? []).filter((name) => !(name in value));
  const wrong = Object.entries(value).flatMap(([name, below]) => {
    const member = shape.members?.[name];
    return member ? wrongIn(model, member.shape, below, `${path}.${name}`) : [invalid(`${path}.${name}`, below)];
  });
  return [...wrong, ...missing.map((name) => invalid(`${path}.${name}`, undefined))];
}

function fits({ type, enum: choices, min = 0, max = Number.POSITIVE_INFINITY, pattern }: Shape, value: unknown) {
  if (type === 'integer') return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  if (type !== 'string' || typeof value !== 'string') return false;
  if (choices && !choices.includes(value)) return false;
  return value.length >= min && value.length <= max && (pattern === undefined || new RegExp(pattern).test(value));
}

function invalid(path: string, value: unknown): Wrong {
  return { code: 'InvalidParameterException', what: `${path} is ${JSON.stringify(value)}` };
}
